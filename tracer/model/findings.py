"""What is wrong with a run, as far as its events say so: one small function per fact, all of them in :data:`RULES`.

A finding is a statement of fact that points at events and lines of the program. Window, command line and ``info --json`` show the
same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...core.events import (
    NONE,
    DataWritten,
    ErrorRaised,
    GradientFlowed,
    GraphCut,
    NodeCreated,
    NodeStarted,
    OptimizerStepped,
    SavedFreed,
    TensorSaved,
    VersionBumped,
)
from ..message import Message, sentences, template
from .discarded import cleared_before_step, clipped_after_step
from .finding import SEVERITIES, Finding, Severity, best_name, named_at, node_at, pass_at, source_of
from .keeping import graphs_kept, reaching_back
from .lookup import Ids
from .losses import every_pair, twice_normalised
from .missing import MissingGradients, Reason
from .nonfinite import NONFINITE_HINTS, first_nonfinite, nonfinite_origin
from .renewed import made_anew, never_stepped
from .scale import exploding, vanishing
from .selection import tempered
from .text import list_text
from .uncleared import never_cleared
from .updates import never_updated
from .zeros import always_zero

if TYPE_CHECKING:
    from .records import Leaf, SavedRecord
    from .trace import Trace

__all__ = [
    "NONFINITE_HINTS",
    "RULES",
    "SEVERITIES",
    "Finding",
    "Severity",
    "find_all",
    "leaves_never_reached",
    "nonfinite_origin",
    "way_back",
]


def find_all(trace: Trace) -> list[Finding]:
    """Every finding, worst first; what happened again at the same lines is told once."""
    found = tempered([finding for rule in RULES.values() for finding in _told_once(rule(trace))], trace.selection)
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))


# ----------------------------------------------------------------------------------------------------------------- rules
def overwritten_saved(trace: Trace) -> Iterator[Finding]:
    """A backward failed, because a tensor saved for it had been written in place."""
    for error in trace.errors:
        bump = _cause(trace, error)
        if error.node == NONE or not isinstance(bump, VersionBumped):
            continue
        saved = _saved_in(trace, error.node, bump.storage)
        tensor = best_name(trace, saved.tensor if saved else NONE, bump.tensor)
        what = {"op": named_at(bump.op, bump.source), "tensor": tensor, "node": node_at(trace, error.node)}
        yield Finding(
            "overwritten-saved",
            "error",
            Message("Saved tensor overwritten"),
            Message("{op} wrote {tensor}, which {node} had saved at version {version}.", **what, version=saved.version)
            if saved
            else Message("{op} wrote {tensor}, which {node} had saved.", **what),
            error.id,
            error.node,
            source_of(trace, error.node),
            bump.id,
        )


def freed_buffers(trace: Trace) -> Iterator[Finding]:
    """A backward failed, because an earlier one had freed the saved tensors."""
    for error in trace.errors:
        freed = _cause(trace, error)
        if error.node == NONE or not isinstance(freed, SavedFreed):
            continue
        yield Finding(
            "freed-buffers",
            "error",
            Message("Saved tensors already freed"),
            Message(
                "{first} freed what {node} had saved, and {second} needs it again: {advice}",
                first=pass_at(trace, freed.pass_),
                node=node_at(trace, error.node),
                second=pass_at(trace, error.pass_),
                advice=way_back(trace, error) or Message("retain_graph=True in the earlier call would keep it."),
            ),
            error.id,
            error.node,
            source_of(trace, error.node),
            freed.id,
        )


def way_back(trace: Trace, error: ErrorRaised) -> str:
    """How the graph of a failed pass leads back into an earlier one that was freed; empty when it is the same graph."""
    again = next((pass_ for pass_ in trace.passes if pass_.id == error.pass_), None)
    if again is None or "in-place" in error.message or "inplace" in error.message:
        return ""
    freed_in = next((pass_ for pass_ in trace.passes[: again.index][::-1] if error.node in pass_.nodes), None)
    if freed_in is None:
        return ""
    topology = trace.topology
    created = trace.events.columns(NodeCreated)["id"]
    rows = topology.rows(np.array([root.node for root in again.roots], np.int64))
    reached = topology.reachable(rows[rows >= 0])
    old = set(reached[created[reached] < freed_in.last].tolist())
    for row in reached[created[reached] > freed_in.last].tolist():
        for entry in range(topology.offsets[row], topology.offsets[row + 1]):
            target = int(topology.edge_row[entry])
            if target not in old or trace.nodes[int(topology.ids[target])].is_leaf:
                continue
            behind = topology.reachable(np.array([target], np.int64))
            if np.isin(topology.row(error.node), behind):
                user, maker = int(topology.ids[row]), trace.nodes[int(topology.ids[target])]
                return Message(
                    "its own graph goes back into the earlier one, as {user} was given {name} of {maker}. Unless both are to be "
                    "trained together, detach() it in between.",
                    user=node_at(trace, user),
                    name=maker.target or Message("a result"),
                    maker=node_at(trace, maker.id),
                )
    return ""


def silent_writes(trace: Trace) -> Iterator[Finding]:
    """A saved tensor was written where autograd does not look (``.data``, NumPy), and then used in a backward."""
    log = trace.events
    writes, saved, ran = log.columns(DataWritten), log.columns(TensorSaved), log.columns(NodeStarted)
    if not len(writes["id"]):
        return
    last_run = _last_events(saved["node"], ran["node"], ran["id"])
    row = _first_write_after(saved["storage"], saved["id"], writes["storage"], writes["id"])
    used = (row >= 0) & (writes["id"][row] < last_run)
    for save, write in zip(np.flatnonzero(used).tolist(), row[used].tolist(), strict=True):
        event = log[int(writes["id"][write])]
        assert isinstance(event, DataWritten)
        node = int(saved["node"][save])
        in_part = event.op == "__setitem__" and _saves_parts(trace, node)  # perhaps another one: the record has no indices
        what = {
            "op": named_at(event.op, event.source),
            "tensor": best_name(trace, int(saved["tensor"][save]), event.tensor),
            "node": node_at(trace, node),
        }
        yield Finding(
            "silent-write",
            "info" if in_part else "warning",
            Message("Gradient possibly wrong") if in_part else Message("Gradient silently wrong"),
            Message(
                "{op} wrote into {tensor} unseen by autograd after {node} had saved it or another part of it. If it is the part "
                "that was saved, the backward computed with the new values.",
                **what,
            )
            if in_part
            else Message(
                "{op} wrote {tensor} unseen by autograd after {node} had saved it, and the backward then computed with the new "
                "values.",
                **what,
            ),
            event.id,
            node,
            event.source,
            int(saved["id"][save]),
        )


_PARTS = {"Slice", "Select", "Split", "SplitWithSizes", "Unbind", "Narrow", "Diagonal", "Unfold", "AsStrided"}


def _saves_parts(trace: Trace, node: int) -> bool:
    """Whether a node was given parts of larger tensors."""
    given = (trace.nodes.get(edge.node) for edge in trace.nodes[node].edges) if node in trace.nodes else ()
    return any(maker is not None and maker.op in _PARTS for maker in given)


def leaves_without_gradient(trace: Trace) -> Iterator[Finding]:
    """Leaves that require a gradient and got none, though a whole backward ran: never used, or cut off."""
    for leaves, reason in MissingGradients(trace).of_leaves(leaves_never_reached(trace)):
        yield _no_gradient(trace, leaves, reason)


def leaves_never_reached(trace: Trace) -> list[Leaf]:
    """The leaves that require a gradient and that no backward of the run brought one; none while no whole backward ran."""
    whole = [pass_ for pass_ in trace.passes if pass_.call == "backward" and pass_.outcome == "finished" and not pass_.inputs]
    if not whole or any(pass_.unobserved for pass_ in trace.passes):  # which may have reached any
        return []
    if trace.is_spread:  # gradients come from other processes
        return []
    flows = trace.events.columns(GradientFlowed)
    touched = {*trace.leaf_gradients.given.tolist()}
    touched.update(_variables(trace, flows["next_node"][flows["gradient.present"]]))
    return [
        leaf for leaf in trace.leaves.values() if leaf.requires_grad and leaf.id not in touched and leaf.created < whole[-1].first
    ]


RULES: Mapping[str, Callable[[Trace], Iterable[Finding]]] = {
    "overwritten-saved": overwritten_saved,
    "freed-buffers": freed_buffers,
    "first-nonfinite": first_nonfinite,
    "silent-write": silent_writes,
    "no-gradient": leaves_without_gradient,
    "never-updated": never_updated,
    "made-anew": made_anew,
    "never-stepped": never_stepped,
    "never-cleared": never_cleared,
    "cleared-before-step": cleared_before_step,
    "clipped-after-step": clipped_after_step,
    "always-zero": always_zero,
    "exploding": exploding,
    "vanishing": vanishing,
    "loss-of-probabilities": twice_normalised,
    "every-pair": every_pair,
    "graphs-kept": graphs_kept,
    "reaching-back": reaching_back,
}
"""Every rule by the name that its findings carry."""


# --------------------------------------------------------------------------------------------------------------- helpers
def _told_once(findings: Iterable[Finding]) -> list[Finding]:
    """Findings of one rule; those whose words are the same become one."""
    counts: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        key = (finding.title, finding.detail)
        counts[key] = counts.get(key, 0) + 1
        first.setdefault(key, finding)
    return [
        replace(finding, detail=Message("{detail} ({count} times.)", detail=finding.detail, count=counts[key]))
        if counts[key] > 1
        else finding
        for key, finding in first.items()
    ]


def _last_events(wanted: Ids, keys: Ids, events: Ids) -> Ids:
    """For each of ``wanted`` the last event of that key, or -1."""
    order = np.lexsort((events, keys))
    keys, events = keys[order], events[order]
    place = np.searchsorted(keys, wanted, "right") - 1
    if not len(keys):
        return np.full(len(wanted), -1, np.int64)
    return np.where((place >= 0) & (keys[place] == wanted), events[place], -1)


def _first_write_after(storage: Ids, saved: Ids, written: Ids, events: Ids) -> Ids:
    """For each saved tensor the row of the first write to its storage after it was saved, or -1. ``events`` are in order."""
    order = np.lexsort((events, written))
    span = int(max(saved.max(initial=0), events.max(initial=0))) + 1
    names = np.unique(written)
    rank = np.searchsorted(names, storage)
    known = names[np.minimum(rank, len(names) - 1)] == storage
    places = np.searchsorted(names, written[order]) * span + events[order]
    found = np.searchsorted(places, rank * span + saved, "right")
    inside = known & (found < len(places))
    row = order[np.minimum(found, len(places) - 1)]
    return np.where(inside & (written[row] == storage), row, -1)


def _variables(trace: Trace, nodes: Ids) -> list[int]:
    """The leaves whose ``AccumulateGrad`` is among these nodes."""
    created = trace.events.columns(NodeCreated)
    is_there = np.isin(created["node"], nodes) & (created["variable"] != NONE)
    variables: list[int] = created["variable"][is_there].tolist()
    return variables


_NONE_CAME = (
    template("{names} requires a gradient, and no backward of the run brought one."),
    template("{names} require a gradient, and no backward of the run brought one."),
)
_NONE_RECORDED = (
    template("{names} requires a gradient, and no recorded backward brought one."),
    template("{names} require a gradient, and no recorded backward brought one."),
)
"""For one leaf, and for several."""


def _no_gradient(trace: Trace, leaves: list[Leaf], reason: Reason) -> Finding:
    said = _NONE_CAME if trace.selection is None else _NONE_RECORDED
    what = Message(said[len(leaves) > 1], names=list_text([leaf.name for leaf in leaves]))
    first = leaves[0]
    event, source = (reason.event, reason.source) if reason.source is not None else (first.created, first.source)
    severity: Severity = "info" if trace.selection is not None or _of_no_concern(trace, leaves, reason) else "warning"
    detail = sentences(what, reason.of(len(leaves)))
    return Finding("no-gradient", severity, Message("No gradient"), detail, event, first.node, source)


def _of_no_concern(trace: Trace, leaves: list[Leaf], reason: Reason) -> bool:
    """Whether something else is trained, and these are used under no_grad only, as a target network is, or left over.

    Left over is what no optimizer has, and what has no use or no name: the weight that ``weight_norm()`` has made others from, or
    a tensor whose numbers were given to a parameter by ``.data = ``.
    """
    if not len(trace.events.ids(OptimizerStepped)):
        return False
    stepped = {*trace.events.columns(OptimizerStepped)["tensors"].values.tolist()}
    event = trace.events[reason.event] if reason.event >= 0 else None
    unused = all(leaf.node == NONE for leaf in leaves)
    under_no_grad = unused and isinstance(event, GraphCut) and event.how == "no_grad"
    unnamed = all(leaf.name == f"tensor {leaf.id}" for leaf in leaves)
    return under_no_grad or ((unused or unnamed) and stepped.isdisjoint(leaf.id for leaf in leaves))


def _cause(trace: Trace, error: ErrorRaised) -> object:
    return trace.events[error.cause] if 0 <= error.cause < len(trace.events) else None


def _saved_in(trace: Trace, node: int, storage: int) -> SavedRecord | None:
    """The tensor of that storage among those a node saved; one that was overwritten if there is a choice."""
    records = [saved for saved in trace.saved_by(node) if saved.storage == storage]
    return next((saved for saved in records if saved.overwritten >= 0), records[0] if records else None)
