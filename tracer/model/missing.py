"""Why a gradient is missing: what happened to the things that were computed from a leaf.

What the graph says is exact: what was computed from a leaf, and whether a backward went there. That a certain cut is the *reason*
is a judgement, as nothing is recorded of tensors without history: see :func:`_rank`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...core.events import (
    NONE,
    BackwardEnded,
    BackwardStarted,
    GradientAccumulated,
    GradModeChanged,
    GradReset,
    GraphCut,
    NodeCreated,
    SourcePosition,
)
from ..message import Message
from .describe import CUT_TEXT
from .finding import node_at
from .lookup import Ids, Lookup, Mask
from .text import source_text

if TYPE_CHECKING:
    from .passes import Pass
    from .records import Leaf
    from .topology import Topology
    from .trace import Trace

__all__ = ["MissingGradients", "Reason"]

CUTS_ON_PURPOSE = ("detach", "data", "numpy")
"""Kinds of ``GraphCut`` that are there to end the graph; the others also happen where somebody prints or measures."""

MOST_CUTS = 2_000
"""So many cuts of the graph are looked at for one reason: a loop repeats them."""

MOST_REASONS = 16
"""So many different reasons are looked for; each is a walk over the graph."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a sentence about one tensor; ``event`` and ``source`` are where (-1 and None: nowhere)."""

    text: Message
    event: int = -1
    source: SourcePosition | None = None

    def of(self, count: int) -> Message:
        """The same sentence about so many tensors."""
        return self.text.with_values(it=Message("them")) if count > 1 else self.text


def _nothing_made() -> Reason:
    return Reason(Message("Nothing was computed from {it}.", it=_it()))


def _it() -> Message:
    return Message("it")


class MissingGradients:
    """Answers for one trace; what several answers need is worked out once."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._topology: Topology = trace.topology
        self._users = Users(trace.topology)
        created = trace.events.columns(NodeCreated)
        self._variable = Lookup(created["variable"])
        self._outputs = created["outputs.tensor"]
        self._maker = Lookup(self._outputs.values)
        self._cuts = trace.events.columns(GraphCut)
        self._last_backward = int(trace.events.ids(BackwardStarted).max(initial=-1))

    # ------------------------------------------------------------------------------------------------------------ leaves
    def of_leaves(self, leaves: Sequence[Leaf]) -> Iterator[tuple[list[Leaf], Reason]]:
        """Leaves without a gradient, put together by the reason."""
        pending = sorted(leaves, key=lambda leaf: leaf.node != NONE)  # the unused ones first
        for _ in range(MOST_REASONS):
            if not pending:
                return
            first = pending[0]
            reason, row = self._of_leaf(first.id)
            alike = {leaf.id for leaf in self._alike(pending, row, reason)} | {first.id}
            yield [leaf for leaf in pending if leaf.id in alike], reason
            pending = [leaf for leaf in pending if leaf.id not in alike]
        if pending:
            yield pending, Reason(Message(""))

    def of_tensor(self, tensor: int) -> Reason:
        """Why one tensor has no gradient; it is known that it has none."""
        return self._reset(tensor) or self._of_leaf(tensor)[0]

    def _of_leaf(self, tensor: int) -> tuple[Reason, int]:
        """The reason, and the row of the last node on the way (-1: there is none)."""
        rows = self._rows_of(tensor)
        if not len(rows):
            cut = self._best_cut(np.flatnonzero(self._cuts["tensor"] == tensor), {})
            return (self._cut_reason(cut), -1) if cut >= 0 else (_nothing_made(), -1)
        behind = self._users.below(rows)
        makers = self._cut_makers(behind, tensor)
        ends = self._users.ends(behind)
        cut = self._best_cut(np.array(sorted(makers), np.int64), {row: makers[row] in ends for row in makers})
        if cut >= 0:
            return self._cut_reason(cut), makers[cut] if makers[cut] >= 0 else int(rows[0])
        last = int(np.flatnonzero(behind)[-1])
        return self._dead_end(last, rows, behind), last

    def _dead_end(self, row: int, leaf_rows: Ids, behind: Mask) -> Reason:
        """Nothing was cut: the graph ends in ``row``, and no backward began there."""
        trace = self._trace
        if row in leaf_rows.tolist():
            return _nothing_made()
        node = int(self._topology.ids[row])
        created = int(trace.events.ids(NodeCreated)[row])
        asked = next(({"pass": one.name} for one in trace.passes if one.call == "grad" and self._begins_in(one, behind)), None)
        if asked is not None:
            text = Message("Only {pass} began at what was computed from {it}, and asked for other gradients.", it=_it(), **asked)
        elif not (trace.events.ids(BackwardStarted) > created).any():
            text = Message("No backward has run since {node} was computed from {it}.", node=node_at(trace, node), it=_it())
        else:
            text = Message(
                "No backward began at anything computed from {it}; the last such was {node}.", it=_it(), node=node_at(trace, node)
            )
        return Reason(text, created, trace.nodes[node].source)

    def _begins_in(self, pass_: Pass, behind: Mask) -> bool:
        rows = self._topology.rows(np.array([root.node for root in pass_.roots], np.int64))
        return bool(behind[rows[rows >= 0]].any())

    def _reset(self, tensor: int) -> Reason | None:
        """It had a gradient once, which was cleared."""
        log = self._trace.events
        accumulated = log.columns(GradientAccumulated)
        got = accumulated["id"][accumulated["tensor"] == tensor]
        reset = log.columns(GradReset)["tensors"]
        rows = np.searchsorted(reset.offsets, np.flatnonzero(reset.values == tensor), "right") - 1
        if not len(got) or not len(rows):
            return None
        event = log[int(log.ids(GradReset)[rows[-1]])]
        if event.id < got[-1] or not isinstance(event, GradReset) or event.to != "none":
            return None
        if event.source is None:
            text = Message("It was set to None, and no backward has brought another since.")
        else:
            place = source_text(event.source)
            text = Message("It was set to None at {place}, and no backward has brought another since.", place=place)
        return Reason(text, event.id, event.source)

    def _alike(self, leaves: Iterable[Leaf], row: int, reason: Reason) -> list[Leaf]:
        """The leaves to which the same happened: the node in ``row`` was computed from them, or all are unused in the same way."""
        if row < 0:
            return [leaf for leaf in leaves if not len(self._rows_of(leaf.id)) and self._of_leaf(leaf.id)[0].text == reason.text]
        marks = self._marked(np.array([row], np.int64))
        return [leaf for leaf in leaves if marks[self._rows_of(leaf.id)].any()]

    # -------------------------------------------------------------------------------------------------------------- graph
    def unreached(self, tensors: Iterable[int], roots: Sequence[int]) -> list[int]:
        """Those of ``tensors`` (leaves or not) that the graph below the nodes ``roots`` does not contain."""
        rows = self._topology.rows(np.array(list(roots), np.int64))
        marks = self._marked(rows[rows >= 0])
        return [tensor for tensor in tensors if not marks[self._rows_of(tensor)].any()]

    def lost_root(self, tensor: int, at: int) -> list[Reason]:
        """Why ``tensor``, at which a backward was to begin at event ``at``, has no history; the likeliest first."""
        log = self._trace.events
        mine = np.flatnonzero((self._cuts["result"] == tensor) & (tensor != NONE))
        if len(mine):
            return [self._cut_reason(int(mine[-1]))]
        switched = log.ids(GradModeChanged)
        switched = switched[switched < at]
        mode = log[int(switched[-1])] if len(switched) else None
        if isinstance(mode, GradModeChanged) and not mode.enabled:
            if mode.source is None:
                text = Message("Gradient recording was switched off and not on again.")
            else:
                place = source_text(mode.source)
                text = Message("Gradient recording was switched off at {place} and not on again.", place=place)
            return [Reason(text, mode.id, mode.source)]
        ended = log.ids(BackwardEnded)
        since = int(ended[ended < at][-1]) if (ended < at).any() else -1
        rows = np.flatnonzero((self._cuts["id"] > since) & (self._cuts["id"] < at))[-MOST_CUTS:]
        reasons = {reason.text: reason for reason in map(self._cut_reason, self._leaks(rows)[::-1])}
        return list(reasons.values())

    def _leaks(self, rows: Ids) -> list[int]:
        """The cuts behind which the graph does not go on, in order; without these, all of them."""
        ends = []
        for row in rows.tolist():
            maker = self._maker.row(int(self._cuts["tensor"][row]))
            at = int(self._row_of_entry(np.array([maker]))[0]) if maker >= 0 else -1
            if at < 0 or not self._users.has_any(at):
                ends.append(row)
        return ends or rows.tolist()

    def _marked(self, rows: Ids) -> Mask:
        """bool[n]: what ``rows`` were computed from, themselves included."""
        marks = np.zeros(len(self._topology), np.bool_)
        marks[self._topology.reachable(rows)] = True
        return marks

    def _rows_of(self, tensor: int) -> Ids:
        """The rows where a tensor is in the graph: its ``AccumulateGrad`` nodes, or the node that made it."""
        rows = self._variable.rows(tensor)
        return rows if len(rows) else self._row_of_entry(self._maker.rows(tensor))

    def _row_of_entry(self, entries: Ids) -> Ids:
        return (np.searchsorted(self._outputs.offsets, entries, "right") - 1).astype(np.int64)

    # --------------------------------------------------------------------------------------------------------------- cuts
    def _cut_makers(self, behind: Mask, tensor: int) -> dict[int, int]:
        """The cuts of what was computed from a leaf: their rows, and the row of the node whose result was cut (-1: the leaf)."""
        cut = self._cuts["tensor"]
        entries = self._maker.first(cut)
        makers = np.where(entries >= 0, self._row_of_entry(np.maximum(entries, 0)), -1)
        found = np.flatnonzero(((makers >= 0) & behind[np.maximum(makers, 0)] if len(behind) else False) | (cut == tensor))
        return {int(row): int(makers[row]) for row in found[:MOST_CUTS]}

    def _best_cut(self, rows: Ids, at_end: dict[int, bool]) -> int:
        """The row of the cut that explains a missing gradient best, or -1; one after the last backward only when no other does."""
        late = self._cuts["id"][rows] > self._last_backward
        for candidates in (rows[~late].tolist(), rows[late].tolist()):
            ranked = [(self._rank(row, at_end.get(row)), row) for row in candidates]
            best = min(ranked, default=((_NOT_A_REASON, 0), -1))
            if best[0][0] < _NOT_A_REASON:
                return best[1]
        return -1

    def _rank(self, row: int, at_end: bool | None) -> tuple[int, int]:
        """How well a cut explains: those made on purpose first, then those where the graph ended."""
        event = self._trace.events[int(self._cuts["id"][row])]
        assert isinstance(event, GraphCut)
        if event.how in CUTS_ON_PURPOSE:
            return 0, not at_end
        return (1, 0) if at_end or at_end is None else (_NOT_A_REASON, 0)

    def _cut_reason(self, row: int) -> Reason:
        event = self._trace.events[int(self._cuts["id"][row])]
        assert isinstance(event, GraphCut)
        return Reason(cut_text(self._trace, event), event.id, event.source)


_NOT_A_REASON = 2


def cut_text(trace: Trace, event: GraphCut) -> Message:
    """``a left the graph by detach() at train.py:5.``; a leaf is ``It``."""
    name = Message("It") if event.tensor in trace.leaves else trace.tensor_name(event.tensor)
    if name.startswith("tensor "):
        maker = _maker_of(trace, event.tensor)
        name = Message("The result of {node}", node=node_at(trace, maker)) if maker != NONE else name
    what = {"name": name, "how": CUT_TEXT.get(event.how, event.how)}
    if event.source is None:
        return Message("{name} left the graph by {how}.", **what)
    return Message("{name} left the graph by {how} at {place}.", **what, place=source_text(event.source))


def _maker_of(trace: Trace, tensor: int) -> int:
    outputs = trace.events.columns(NodeCreated)["outputs.tensor"]
    entries = np.flatnonzero(outputs.values == tensor)
    if not len(entries):
        return NONE
    return int(trace.topology.ids[np.searchsorted(outputs.offsets, entries[0], "right") - 1])


class Users:
    """The edges of a topology the other way: which nodes used a node's results."""

    def __init__(self, topology: Topology) -> None:
        self._order: Ids = np.argsort(topology.edge_row, kind="stable").astype(np.int64)
        self._targets: Ids = topology.edge_row[self._order]
        self._offsets = topology.offsets
        self._count = len(topology)

    def of(self, row: int) -> list[int]:
        """The rows that have an edge to ``row``."""
        first, last = np.searchsorted(self._targets, (row, row + 1))
        found: list[int] = (np.searchsorted(self._offsets, self._order[first:last], "right") - 1).tolist()
        return found

    def has_any(self, row: int) -> bool:
        """Whether anything was computed from the node in ``row``."""
        first, last = np.searchsorted(self._targets, (row, row + 1))
        return bool(last > first)

    def below(self, rows: Ids) -> Mask:
        """bool[n]: everything computed from ``rows``, themselves included."""
        marks = np.zeros(self._count, np.bool_)
        marks[rows] = True
        pending: list[int] = rows.tolist()
        while pending:
            for user in self.of(pending.pop()):
                if not marks[user]:
                    marks[user] = True
                    pending.append(user)
        return marks

    def ends(self, behind: Mask) -> set[int]:
        """The rows of ``behind`` that nothing was computed from."""
        return {row for row in np.flatnonzero(behind).tolist() if not self.has_any(row)}
