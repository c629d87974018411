"""A pass at a glance: what ran, where gradients came out large, small or not at all, and what interfered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...core.events import DataWritten, HookFired, HookKind, VersionBumped
from ..replay.state import ReplayState
from .findings import Finding, nonfinite_origin
from .tensors import ACCUMULATE_OP

if TYPE_CHECKING:
    from .passes import Pass
    from .records import Leaf


@dataclass(frozen=True, slots=True)
class LeafNorm:
    """The L2 norm of the gradient that a pass brought to a leaf; ``node`` is its ``AccumulateGrad``."""

    name: str
    node: int
    norm: float


@dataclass(frozen=True, slots=True)
class HookUse:
    """How often a hook ran at a node during a pass, and how often it replaced the gradient; ``event`` is the first time."""

    hook: int
    kind: HookKind
    node: int
    event: int
    fired: int
    changed: int


@dataclass(frozen=True, slots=True)
class PassOverview:
    """Facts about a whole pass.

    ``not_run`` counts nodes of the graph that did not run; ``largest`` and ``smallest`` are the leaves with the largest and the
    smallest finite gradient of the pass; ``without_gradient`` the leaves that require a gradient and whose ``.grad`` is None when
    the pass is over; ``writes`` the ids of in-place writes (seen by autograd or not) between the making of the graph and the pass.
    """

    ran: int
    not_run: int
    largest: LeafNorm | None
    smallest: LeafNorm | None
    without_gradient: tuple[Leaf, ...]
    hooks: tuple[HookUse, ...]
    writes: tuple[int, ...]
    nonfinite: Finding | None


def overview(pass_: Pass) -> PassOverview:
    """Look over a pass (or the stand-in over all nodes, of which only the graph is known)."""
    arrays = pass_.arrays
    largest, smallest = _extremes(pass_)
    return PassOverview(
        ran=len(pass_.nodes),
        not_run=len(arrays) - int(np.count_nonzero(arrays.order >= 0)),
        largest=largest,
        smallest=smallest,
        without_gradient=_without_gradient(pass_),
        hooks=_hooks(pass_),
        writes=() if pass_.is_forward else _writes(pass_),
        nonfinite=None if pass_.is_forward else nonfinite_origin(pass_),
    )


def _extremes(pass_: Pass) -> tuple[LeafNorm | None, LeafNorm | None]:
    arrays = pass_.arrays
    leaves = np.flatnonzero(arrays.is_leaf & ~arrays.nonfinite & ~np.isnan(arrays.norm))
    if not len(leaves):
        return None, None
    ends = leaves[[np.argmax(arrays.norm[leaves]), np.argmin(arrays.norm[leaves])]].tolist()
    largest, smallest = (LeafNorm(arrays.variable_name[i], int(arrays.node[i]), float(arrays.norm[i])) for i in ends)
    return largest, smallest


def _without_gradient(pass_: Pass) -> tuple[Leaf, ...]:
    if pass_.call != "backward" or pass_.is_forward:
        return ()  # autograd.grad() leaves .grad alone
    gradients = ReplayState(pass_, pass_.last).leaf_grads
    leaves = pass_.trace.leaves
    return tuple(leaves[tensor] for tensor, gradient in gradients.items() if gradient is None and tensor in leaves)


def _hooks(pass_: Pass) -> tuple[HookUse, ...]:
    log, rows = pass_.trace.events, pass_.rows(HookFired)
    columns = log.columns(HookFired)
    first: dict[tuple[int, int], int] = {}
    fired: dict[tuple[int, int], int] = {}
    changed: dict[tuple[int, int], int] = {}
    for row, hook, node in zip(rows.tolist(), columns["hook"][rows].tolist(), columns["node"][rows].tolist(), strict=True):
        first.setdefault((hook, node), row)
        fired[hook, node] = fired.get((hook, node), 0) + 1
        changed[hook, node] = changed.get((hook, node), 0) + int(columns["changed"][row])
    return tuple(
        HookUse(hook, log.field(HookFired, "kind", row), node, int(columns["id"][row]), fired[hook, node], changed[hook, node])
        for (hook, node), row in first.items()
    )


def _writes(pass_: Pass) -> tuple[int, ...]:
    arrays, log = pass_.arrays, pass_.trace.events
    made = arrays.created[~arrays.is_leaf & (arrays.created >= 0)]
    built = int(made.min()) if len(made) else pass_.first
    rows = log.rows_between(VersionBumped, built, pass_.first)
    bumped = log.columns(VersionBumped)
    by_user = np.array([op != ACCUMULATE_OP for op in log.texts(bumped["op"][rows])], np.bool_)
    seen = bumped["id"][rows][by_user]
    unseen = log.columns(DataWritten)["id"][log.rows_between(DataWritten, built, pass_.first)]
    writes: list[int] = np.sort(np.concatenate([seen, unseen])).tolist()
    return tuple(writes)
