"""What is wrong with a run, as far as its events say so: one small function per fact, all of them in :data:`RULES`.

A finding is a statement of fact that points at events and lines of the program. Window, command line and ``info --json`` show the
same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from ...core.events import (
    NONE,
    DataWritten,
    ErrorRaised,
    Gradient,
    GradientAccumulated,
    GradientFlowed,
    GraphCut,
    HookFired,
    NodeCreated,
    NodeStarted,
    SavedFreed,
    SourcePosition,
    TensorSaved,
    VersionBumped,
)
from .describe import CUT_TEXT
from .lookup import Ids, Lookup
from .text import gradient_text, list_text, nonfinite_text, source_text

if TYPE_CHECKING:
    from .passes import Pass
    from .records import Leaf, SavedRecord
    from .trace import Trace

Severity = Literal["error", "warning", "info"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""From the worst to the mildest: the order in which findings are listed."""

NONFINITE_HINTS: Mapping[str, str] = {
    "Sqrt": "The slope of sqrt at 0 is infinite: look for zeros in its input.",
    "Rsqrt": "1 / sqrt(x) and its slope are infinite at 0: look for zeros in its input.",
    "Log": "The slope of log at 0 is infinite: look for zeros in its input.",
    "Log2": "The slope of log2 at 0 is infinite: look for zeros in its input.",
    "Log10": "The slope of log10 at 0 is infinite: look for zeros in its input.",
    "Div": "Look for zeros in the divisor.",
    "Reciprocal": "Look for zeros in its input.",
    "Pow": "The slope of x ** p at 0 is infinite for p < 1: look for zeros in its input.",
    "Exp": "Its result may have been too large for the dtype.",
}
"""By operation: where its gradient is not finite."""

CUTS_OF_GRAPH = ("detach", "data", "no_grad", "numpy", "non_differentiable", "dtype")
"""Kinds of ``GraphCut`` that lose a gradient on the way to a loss; ``item()`` mostly prints."""

MOST_CUTS = 1_000
"""So many cuts of the graph are looked at to explain a missing gradient: a loop repeats them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about a run.

    ``title`` says it in a few words, ``detail`` in one or two sentences with the lines of the program. ``event`` is where it shows
    (-1: nowhere in particular), ``cause`` the earlier event that made it inevitable (-1: not known), ``node`` and ``source`` what
    it is about.
    """

    rule: str
    severity: Severity
    title: str
    detail: str
    event: int = -1
    node: int = NONE
    source: SourcePosition | None = None
    cause: int = -1


def find_all(trace: Trace) -> list[Finding]:
    """Every finding, worst first; what happened again at the same lines is told once."""
    found = [finding for rule in RULES.values() for finding in _told_once(rule(trace))]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))


# ----------------------------------------------------------------------------------------------------------------- rules
def overwritten_saved(trace: Trace) -> Iterator[Finding]:
    """A backward failed, because a tensor saved for it had been written in place."""
    for error in trace.errors:
        bump = _cause(trace, error)
        if error.node == NONE or not isinstance(bump, VersionBumped):
            continue
        saved = _saved_in(trace, error.node, bump.storage)
        tensor = _best_name(trace, saved.tensor if saved else NONE, bump.tensor)
        version = f" at version {saved.version}" if saved else ""
        yield Finding(
            "overwritten-saved",
            "error",
            "Saved tensor overwritten",
            f"{_named_at(bump.op, bump.source)} wrote {tensor}, which {_node_at(trace, error.node)} had saved{version}.",
            error.id,
            error.node,
            _source_of(trace, error.node),
            bump.id,
        )


def freed_buffers(trace: Trace) -> Iterator[Finding]:
    """A backward failed, because an earlier one had freed the saved tensors."""
    for error in trace.errors:
        freed = _cause(trace, error)
        if error.node == NONE or not isinstance(freed, SavedFreed):
            continue
        first, second = _pass_at(trace, freed.pass_), _pass_at(trace, error.pass_)
        yield Finding(
            "freed-buffers",
            "error",
            "Saved tensors already freed",
            f"{first} freed what {_node_at(trace, error.node)} had saved, and {second} needs it again: "
            "retain_graph=True in the earlier call would keep it.",
            error.id,
            error.node,
            _source_of(trace, error.node),
            freed.id,
        )


def first_nonfinite(trace: Trace) -> Iterator[Finding]:
    """A gradient with a NaN or an infinity: where the first one of the run arose."""
    log = trace.events
    every = ((GradientFlowed, "gradient"), (GradientAccumulated, "contribution"), (HookFired, "after"))
    if not any(log.nonfinite(event_type, field, np.arange(len(log.ids(event_type)))).any() for event_type, field in every):
        return
    found = [finding for pass_ in trace.passes if (finding := nonfinite_origin(pass_)) is not None]
    if found:
        others = f" {len(found)} of {len(trace.passes)} passes have NaN or Inf." if len(found) > 1 else ""
        yield replace(found[0], detail=found[0].detail + others)


def nonfinite_origin(pass_: Pass) -> Finding | None:
    """Where the first NaN or infinity of one pass arose: the node (or hook) that got finite gradients and gave one that is not."""
    trace, event_id = pass_.trace, pass_.first_nonfinite()
    hook = _first_nonfinite_hook(pass_)
    if hook is not None and (event_id < 0 or hook.id < event_id):
        detail = f"The hook {trace.hook_name(hook.hook)} at {_node_at(trace, hook.node)} made it: {_broken(hook.after)}."
        return _nonfinite(pass_, detail, hook.id, hook.node)
    if event_id < 0:
        return None
    event = trace.events[event_id]
    if isinstance(event, GradientAccumulated):
        detail = f"The sum that reached {trace.tensor_name(event.tensor)} has {_broken(event.contribution)}."
        return _nonfinite(pass_, detail, event_id, event.node)
    assert isinstance(event, GradientFlowed)
    if event.node == NONE:
        detail = f"The gradient that entered at {_node_at(trace, event.next_node)} was not finite: {_broken(event.gradient)}."
        return _nonfinite(pass_, detail, event_id, event.next_node)
    record = trace.nodes.get(event.node)
    hint = NONFINITE_HINTS.get(record.op, "") if record is not None else ""
    detail = f"{_node_at(trace, event.node)} got finite gradients and gave {_broken(event.gradient)}. {hint}".rstrip()
    return _nonfinite(pass_, detail, event_id, event.node)


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
        tensor = _best_name(trace, int(saved["tensor"][save]), event.tensor)
        yield Finding(
            "silent-write",
            "warning",
            "Gradient silently wrong",
            f"{_named_at(event.op, event.source)} wrote {tensor} unseen by autograd after {_node_at(trace, node)} had saved it, "
            "and the backward then computed with the new values.",
            event.id,
            node,
            event.source,
            int(saved["id"][save]),
        )


def leaves_without_gradient(trace: Trace) -> Iterator[Finding]:
    """Leaves that require a gradient and got none, though a whole backward ran: never used, or cut off."""
    whole = [pass_ for pass_ in trace.passes if pass_.call == "backward" and pass_.outcome == "finished" and not pass_.inputs]
    if not whole:
        return
    flows = trace.events.columns(GradientFlowed)
    touched = {*trace.events.columns(GradientAccumulated)["tensor"].tolist()}
    touched.update(_variables(trace, flows["next_node"][flows["gradient.present"]]))
    missing = [
        leaf for leaf in trace.leaves.values() if leaf.requires_grad and leaf.id not in touched and leaf.created < whole[-1].first
    ]
    unused = [leaf for leaf in missing if leaf.node == NONE]
    apart = [leaf for leaf in missing if leaf.node != NONE]
    if unused:
        yield _no_gradient(unused, "Nothing was computed from them." if len(unused) > 1 else "Nothing was computed from it.")
    if apart:
        cut = _first_cut(trace, apart)
        if cut is None:
            yield _no_gradient(apart, "No backward began at anything computed from it.")
        else:
            how = f"{trace.tensor_name(cut.tensor)} left the graph by {CUT_TEXT.get(cut.how, cut.how)}"
            yield replace(_no_gradient(apart, f"{_named_at(how, cut.source)}."), event=cut.id, source=cut.source)


RULES: Mapping[str, Callable[[Trace], Iterable[Finding]]] = {
    "overwritten-saved": overwritten_saved,
    "freed-buffers": freed_buffers,
    "first-nonfinite": first_nonfinite,
    "silent-write": silent_writes,
    "no-gradient": leaves_without_gradient,
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
        replace(finding, detail=f"{finding.detail} ({counts[key]} times.)") if counts[key] > 1 else finding
        for key, finding in first.items()
    ]


def _nonfinite(pass_: Pass, detail: str, event: int, node: int) -> Finding:
    title = f"First NaN/Inf in {pass_.name}"
    return Finding("first-nonfinite", "warning", title, detail, event, node, _source_of(pass_.trace, node))


def _broken(gradient: Gradient | None) -> str:
    """What is wrong with a gradient: ``2 NaN in 12 elements``, or the one element itself."""
    statistics = gradient.statistics if gradient is not None else None
    if statistics is None or statistics.count == 1:
        return gradient_text(gradient)
    return f"{nonfinite_text(statistics).removesuffix(f' of {statistics.count}')} in {statistics.count} elements"


def _first_nonfinite_hook(pass_: Pass) -> HookFired | None:
    """The first hook of a pass that made a finite gradient a broken one."""
    log, rows = pass_.trace.events, pass_.rows(HookFired)
    broke = log.nonfinite(HookFired, "after", rows) & ~log.nonfinite(HookFired, "before", rows)
    broke &= log.columns(HookFired)["changed"][rows]
    event = log[int(log.ids(HookFired)[rows[broke][0]])] if broke.any() else None
    return event if isinstance(event, HookFired) else None


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


def _no_gradient(leaves: list[Leaf], why: str) -> Finding:
    names = list_text([leaf.name for leaf in leaves])
    verb = "require" if len(leaves) > 1 else "requires"
    detail = f"{names} {verb} a gradient, and no backward of the run brought one. {why}"
    first = leaves[0]
    return Finding("no-gradient", "warning", "No gradient", detail, first.created, first.node, first.source)


def _first_cut(trace: Trace, leaves: list[Leaf]) -> GraphCut | None:
    """The first place where something computed from these leaves left the graph."""
    ids = trace.events.ids(GraphCut)[:MOST_CUTS].tolist()
    cuts = [event for event_id in ids if isinstance(event := trace.events[event_id], GraphCut) and event.how in CUTS_OF_GRAPH]
    outputs = trace.events.columns(NodeCreated)["outputs.tensor"]
    maker = Lookup(outputs.values)
    wanted = trace.topology.rows(np.array([leaf.node for leaf in leaves], np.int64))
    for cut in cuts:
        entries = maker.rows(cut.tensor)
        below = trace.topology.reachable(outputs.rows[entries]) if len(entries) else np.zeros(0, np.int64)
        if np.isin(wanted, below).any():
            return cut
    return None


def _cause(trace: Trace, error: ErrorRaised) -> object:
    return trace.events[error.cause] if 0 <= error.cause < len(trace.events) else None


def _saved_in(trace: Trace, node: int, storage: int) -> SavedRecord | None:
    """The tensor of that storage among those a node saved; one that was overwritten if there is a choice."""
    records = [saved for saved in trace.saved_by(node) if saved.storage == storage]
    return next((saved for saved in records if saved.overwritten >= 0), records[0] if records else None)


def _best_name(trace: Trace, *tensors: int) -> str:
    """The first of these tensors that has a name of its own."""
    names = [trace.tensor_name(tensor) for tensor in tensors if tensor != NONE]
    return next((name for name in names if not name.startswith("tensor ")), names[0] if names else "a tensor")


def _source_of(trace: Trace, node: int) -> SourcePosition | None:
    record = trace.nodes.get(node)
    return record.source if record is not None else None


def _named_at(name: str, source: SourcePosition | None) -> str:
    return f"{name} at {source_text(source)}" if source is not None else name


def _node_at(trace: Trace, node: int) -> str:
    where = source_text(_source_of(trace, node))
    return f"{trace.node_name(node)} ({where})" if where else trace.node_name(node)


def _pass_at(trace: Trace, pass_: int) -> str:
    source = next((one.source for one in trace.passes if one.id == pass_), None)
    where = source_text(source)
    return f"{trace.pass_name(pass_)} ({where})" if where else trace.pass_name(pass_)
