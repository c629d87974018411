"""Gradients that are zero everywhere, always: a layer that cannot learn, and the operation that takes them away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...core.events import NONE, GradientAccumulated, GradientFlowed, HookFired, SourcePosition
from ..message import Message, template
from .finding import Finding, named_at, node_at, source_of
from .lookup import Ids, Mask
from .text import list_text

if TYPE_CHECKING:
    from .events import Column
    from .passes import Pass
    from .records import Leaf, NodeRecord
    from .trace import Trace

__all__ = ["always_zero"]

_PASSES = 3
"""In fewer passes zeros may be those of a beginning: a matrix that starts at zero, and the one it is multiplied with."""

_MOST_LEAVES = 64
_MOST_NODES = 2_000
"""So many leaves are followed, and so many nodes on the way of each."""

_OUTSIDE = template("none of its inputs was where its slope is other than 0 (a dead ReLU, or a clamp).")
_FLAT = template("its derivative is 0 everywhere.")
_SATURATED = template("its results were so close to their limits that the slope is 0 in {dtype}.")
_ALONE = template("a softmax over one element is 1 whatever its input: look at its dim.")
_FACTOR = template("what it multiplies by was 0 everywhere.")
_OWN = template("that is what its own backward() returned.")

_WHY: Mapping[str, str] = {
    **dict.fromkeys(("Relu", "Threshold", "Hardtanh", "Relu6", "Clamp", "ClampMin", "ClampMax"), _OUTSIDE),
    **dict.fromkeys(("Hardswish", "Hardsigmoid", "Hardshrink", "Softshrink"), _OUTSIDE),
    **dict.fromkeys(("Round", "Floor", "Ceil", "Trunc", "Sign", "Sgn"), _FLAT),
    **dict.fromkeys(("Sigmoid", "Tanh", "Softmax", "LogSoftmax", "LogSigmoid", "Erf", "Gelu", "Silu", "Elu"), _SATURATED),
}
"""By operation: why it may give zeros. With others (a selection) it is what the program asked for."""

_PRODUCTS = ("Mul", "Mm", "Addmm", "Bmm", "Convolution", "Linear", "Div")
"""Where zeros are a consequence: of another layer's zeros, or of a factor that the program wants to be 0."""


class _Culprit(NamedTuple):
    """Where a gradient became zero: a node, or a hook at it; ``event`` says so."""

    node: int
    event: int
    hook: int = NONE


def always_zero(trace: Trace) -> Iterator[Finding]:
    """Leaves whose gradient was zero in every element of every pass."""
    accumulated = trace.events.columns(GradientAccumulated)
    if len(accumulated["id"]) < _PASSES or trace.is_spread:
        return
    is_zero = _zero(accumulated, "contribution")
    tensors, first, place = np.unique(accumulated["tensor"], return_index=True, return_inverse=True)
    total = np.bincount(place, minlength=len(tensors))
    always = (np.bincount(place, is_zero, len(tensors)) == total) & (total >= _PASSES)
    ways: dict[int, _Way] = {}
    found: dict[_Culprit, list[tuple[Leaf, int]]] = {}
    for number in np.flatnonzero(always)[:_MOST_LEAVES].tolist():
        leaf, row = trace.leaves.get(int(tensors[number])), int(first[number])
        pass_ = trace.pass_of(int(accumulated["id"][row]))
        if leaf is None or pass_ is None:
            continue
        way = ways.setdefault(pass_.index, _Way(pass_))
        culprit = way.culprit(int(accumulated["node"][row]))
        if culprit is not None:
            found.setdefault(culprit, []).append((leaf, int(total[number])))
    for culprit, leaves in found.items():
        yield _finding(trace, culprit, [leaf for leaf, _ in leaves], min(count for _, count in leaves))


_ZERO = (
    template("The gradient of {names} was 0 in every element, in all {count} passes."),
    template("The gradients of {names} were 0 in every element, in all {count} passes."),
)
"""For one leaf, and for several."""


def _finding(trace: Trace, culprit: _Culprit, leaves: list[Leaf], count: int) -> Finding:
    record = trace.nodes[culprit.node]
    what = {
        "what": Message(_ZERO[len(leaves) > 1], names=list_text([leaf.name for leaf in leaves]), count=count),
        "node": node_at(trace, culprit.node),
    }
    why = _why(record)
    if culprit.hook != NONE:
        hook = named_at(trace.hook_name(culprit.hook), trace.hooks[culprit.hook].source if culprit.hook in trace.hooks else None)
        detail = Message("{what} The zeros begin with the hook {hook}, at {node}.", **what, hook=hook)
    elif why:
        detail = Message("{what} The zeros begin at {node}: {why}", **what, why=why)
    else:
        detail = Message("{what} The zeros begin at {node}.", **what)
    return Finding(
        "always-zero",
        "warning" if culprit.hook != NONE or (why and why.template != _FACTOR) else "info",
        Message("Gradient always zero"),
        detail,
        culprit.event,
        culprit.node,
        _place(trace, culprit),
    )


def _place(trace: Trace, culprit: _Culprit) -> SourcePosition | None:
    """Where to look: at the hook, when it was one."""
    hook = trace.hooks.get(culprit.hook)
    return hook.source if hook is not None and hook.source is not None else source_of(trace, culprit.node)


def _why(record: NodeRecord) -> Message | None:
    op = record.op.rstrip("0123456789")
    if op in ("Softmax", "LogSoftmax") and 1 in record.shape:
        return Message(_ALONE)
    if op in _WHY:
        return Message(_WHY[op], dtype=record.dtype)
    if op in _PRODUCTS:
        return Message(_FACTOR)
    return Message(_OWN) if record.name.endswith("Backward") else None  # those of PyTorch end in a number


def _zero(columns: Column, field: str) -> Mask:
    """Whether a gradient is known to be zero in all of its elements."""
    known = columns[f"{field}.present"] & columns[f"{field}.counted"] & (columns[f"{field}.count"] > 0)
    return np.asarray(known & (columns[f"{field}.zeros"] == columns[f"{field}.count"]), np.bool_)


class _Way:
    """The gradients of one pass, followed against the way they flowed."""

    def __init__(self, pass_: Pass) -> None:
        log = pass_.trace.events
        rows = pass_.rows(GradientFlowed)
        flows = log.columns(GradientFlowed)
        self._source: Ids = flows["node"][rows]
        self._target: Ids = flows["next_node"][rows]
        self._event: Ids = flows["id"][rows]
        self._zero = _zero(flows, "gradient")[rows]
        self._some = flows["gradient.present"][rows] & ~self._zero
        self._order = np.argsort(self._target, kind="stable")
        self._sorted = self._target[self._order]
        fired = log.columns(HookFired)
        mine = pass_.rows(HookFired)
        emptied = fired["changed"][mine] & _zero(fired, "after")[mine] & ~_zero(fired, "before")[mine]
        self._hooks = {int(fired["node"][row]): (int(fired["hook"][row]), int(fired["id"][row])) for row in mine[emptied].tolist()}

    def culprit(self, leaf: int) -> _Culprit | None:
        """What made the gradient of a leaf zero, from its ``AccumulateGrad``; None when nothing is known to have."""
        pending, seen = [leaf], {leaf}
        while pending and len(seen) < _MOST_NODES:
            node = pending.pop(0)
            if node in self._hooks:
                hook, event = self._hooks[node]
                return _Culprit(node, event, hook)
            for flow in self._flows_to(node):
                source = int(self._source[flow])
                if not self._zero[flow]:
                    return None  # added up to zero, or not known
                if source == NONE or source in seen:
                    continue
                if source not in self._hooks and self._some[self._flows_to(source)].any():
                    return _Culprit(source, int(self._event[flow]))
                seen.add(source)
                pending.append(source)
        return None

    def _flows_to(self, node: int) -> list[int]:
        first, last = np.searchsorted(self._sorted, (node, node + 1))
        flows: list[int] = self._order[first:last].tolist()
        return [flow for flow in flows if self._zero[flow] or self._some[flow]]
