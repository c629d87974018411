"""Which gradient a node received in a pass, in total and up to any event.

Events tell of contributions: one ``GradientFlowed`` per edge. What a node computed with is their sum, changed perhaps by hooks. The
events say so themselves where they can: the ``contribution`` of a ``GradientAccumulated`` and the ``before``/``after`` of a tensor
hook, node pre-hook or ``retain_grad`` *are* the sum at that moment. Elsewhere a single contribution is the total, and several are
added up here when their arrays were recorded. When only statistics were recorded, the statistics of a sum are unknown, and are left
out rather than guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...core.events import (
    NONE,
    Array,
    Event,
    Gradient,
    GradientAccumulated,
    GradientFlowed,
    GradientStatistics,
    HookFired,
)
from ..statistics import gradient_statistics
from .events import EventLog
from .lookup import Floats, Ids, Lookup, Mask

TOTAL_HOOKS = ("tensor", "node_pre", "retain_grad")
"""The hook kinds that are handed the total gradient of their node."""

MOST_PARTS = 20_000
MOST_ELEMENTS = 20_000_000
"""Sums for the norms of a whole pass are computed up to this many contributions and elements; a single node's always."""

_FLOAT_DTYPES = ("float16", "float32", "float64")
_FLOW, _HOOK_BEFORE, _HOOK_AFTER, _ACCUMULATED = range(4)
_FIELDS: Sequence[tuple[type[Event], str]] = (
    (GradientFlowed, "gradient"),
    (HookFired, "before"),
    (HookFired, "after"),
    (GradientAccumulated, "contribution"),
)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One gradient that came to a node: from node ``sender`` (NONE: from outside), by event ``event``, to input ``input_nr``."""

    event: int
    sender: int
    input_nr: int
    gradient: Gradient | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Per node of a graph: float64[n] ``norm`` (nan: none known), bool[n] ``exact`` and ``nonfinite``, as in GraphArrays."""

    norm: Floats
    exact: Mask
    nonfinite: Mask


class ReceivedGradients:
    """The gradients that came to the nodes of one pass. ``nodes`` finds the index of a node id in the pass's graph."""

    def __init__(
        self,
        log: EventLog,
        pass_rows: Callable[[type[Event]], Ids],
        nodes: Lookup,
        count: int,
        read_value: Callable[[int], Array | None],
    ) -> None:
        self._log = log
        self._count = count
        self._read_value = read_value
        self._sums: dict[tuple[int, ...], tuple[Gradient | None, Array | None]] = {}
        node, input_nr, event, source, row = self._collect(pass_rows, nodes)
        order = np.lexsort((event, input_nr, node))
        self._node, self._input_nr, self._event = node[order], input_nr[order], event[order]
        self._source, self._row = source[order], row[order]

    # ------------------------------------------------------------------------------------------------------ of one node
    def total(self, index: int, until: int | None = None, input_nr: int | None = None) -> Gradient | None:
        """The gradient node ``index`` has received, up to and including event ``until``; None: nothing, or undefined.

        ``input_nr`` says of which of its inputs; by default the first that received one. Statistics are None when several gradients
        were added whose arrays are not in the trace.
        """
        return self._total(index, until, input_nr)[0]

    def array(self, index: int, until: int | None = None, input_nr: int | None = None) -> Array | None:
        """The array of :meth:`total`, or None when it was not recorded."""
        gradient, array = self._total(index, until, input_nr)
        return self._read_value(gradient.value) if array is None and gradient is not None else array

    def inputs(self, index: int, until: int | None = None) -> list[int]:
        """Which inputs of node ``index`` have received something, ascending."""
        entries = self._entries(index, until)
        numbers: list[int] = np.unique(self._input_nr[entries]).tolist()
        return numbers

    def contributions(self, index: int, until: int | None = None) -> list[Contribution]:
        """Every gradient that flowed to node ``index``, in the order of arrival."""
        entries = self._entries(index, until)
        flows = entries[self._source[entries] == _FLOW]
        sender = self._log.columns(GradientFlowed)["node"]
        return [
            Contribution(int(self._event[entry]), int(sender[self._row[entry]]), int(self._input_nr[entry]), self._gradient(entry))
            for entry in flows[np.argsort(self._event[flows], kind="stable")].tolist()
        ]

    # ---------------------------------------------------------------------------------------------------- of every node
    def totals(self) -> list[Gradient | None]:
        """:meth:`total` of every node by the end of the pass, read column by column."""
        totals: list[Gradient | None] = [None] * self._count
        first, last = self._groups()
        # where one entry is the whole story it is read with all others like it; what was added up is looked at one by one
        alone = (first == last) | (self._source[last] != _FLOW)
        alone &= np.bincount(self._node[first], minlength=self._count)[self._node[first]] == 1
        for number, (event_type, field) in enumerate(_FIELDS):
            entries = last[alone & (self._source[last] == number)]
            gradients = self._log.gradients(event_type, field, self._row[entries])
            for index, gradient in zip(self._node[entries].tolist(), gradients, strict=True):
                totals[index] = gradient
        for index in np.unique(self._node[first[~alone]]).tolist():
            totals[index] = self.total(index)
        return totals

    def summary(self) -> Summary:
        """Norm and health of what every node received by the end of the pass, without a loop over nodes."""
        norm = self._entry_values(lambda kind, field, rows: self._log.norms(kind, field, rows), np.float64)
        broken = self._entry_values(lambda kind, field, rows: self._log.nonfinite(kind, field, rows), np.bool_)
        is_flow = self._source == _FLOW
        first, last = self._groups()
        if not len(first):
            nothing = np.zeros(self._count, np.bool_)
            return Summary(norm=np.full(self._count, np.nan), exact=~nothing, nonfinite=nothing)
        by_event = ~is_flow[last]  # an event says what the total was
        parts = np.add.reduceat((is_flow & ~np.isnan(norm)).astype(np.int64), first)
        with np.errstate(over="ignore"):
            added = np.add.reduceat(np.where(is_flow & ~np.isnan(norm), norm, 0.0), first)
        group_norm = np.where(by_event, norm[last], np.where(parts > 0, added, np.nan))
        group_broken = np.where(by_event, broken[last], np.logical_or.reduceat(broken, first))
        several = np.flatnonzero(~by_event & (parts > 1))
        inexact = np.zeros(len(first), bool)
        inexact[several] = True
        if self._may_add(several, first, last):
            for group in several.tolist():
                total = self._group_total(np.arange(first[group], last[group] + 1))[0]
                if total is not None and total.statistics is not None:
                    group_norm[group] = total.statistics.norm
                    group_broken[group] = not total.statistics.finite
                    inexact[group] = False
        return self._per_node(self._node[first], group_norm, group_broken.astype(bool), inexact)

    # -------------------------------------------------------------------------------------------------------- internals
    def _collect(self, pass_rows: Callable[[type[Event]], Ids], nodes: Lookup) -> tuple[Ids, Ids, Ids, Ids, Ids]:
        """Every event that tells what a node received: node index, input, event id, source (see ``_FIELDS``) and row."""
        flow_rows = pass_rows(GradientFlowed)
        flows = self._log.columns(GradientFlowed)
        flow_node = nodes.first(flows["next_node"][flow_rows])
        flow_input = flows["input_nr"][flow_rows]

        hook_rows = pass_rows(HookFired)
        hooks = self._log.columns(HookFired)
        total_kinds = [number for number in np.unique(hooks["kind"]).tolist() if self._log.texts([number])[0] in TOTAL_HOOKS]
        hook_rows = hook_rows[np.isin(hooks["kind"][hook_rows], total_kinds)]
        changed = hooks["changed"][hook_rows] & hooks["after.present"][hook_rows]
        hook_rows, changed = _kept(changed | hooks["before.present"][hook_rows], hook_rows, changed)

        leaf_rows = pass_rows(GradientAccumulated)
        leaves = self._log.columns(GradientAccumulated)
        leaf_rows = leaf_rows[leaves["contribution.present"][leaf_rows]]

        total_rows = np.concatenate([hook_rows, leaf_rows])
        total_node = nodes.first(np.concatenate([hooks["node"][hook_rows], leaves["node"][leaf_rows]]))
        total_event = np.concatenate([hooks["id"][hook_rows], leaves["id"][leaf_rows]])
        total_source = np.concatenate(
            [np.where(changed, _HOOK_AFTER, _HOOK_BEFORE), np.full(len(leaf_rows), _ACCUMULATED, np.int64)]
        )
        sole_input, ambiguous = self._sole_input(flow_node, flow_input)
        keep = (total_node >= 0) & ~ambiguous[total_node]
        total_node, total_event, total_source, total_rows = _kept(keep, total_node, total_event, total_source, total_rows)
        flow_node, flow_input, flow_rows = _kept(flow_node >= 0, flow_node, flow_input, flow_rows)
        return (
            np.concatenate([flow_node, total_node]),
            np.concatenate([flow_input, sole_input[total_node]]),
            np.concatenate([flows["id"][flow_rows], total_event]),
            np.concatenate([np.full(len(flow_rows), _FLOW, np.int64), total_source]),
            np.concatenate([flow_rows, total_rows]),
        )

    def _sole_input(self, flow_node: Ids, flow_input: Ids) -> tuple[Ids, Mask]:
        """Per node the input its gradients came to, and whether there were several: then a hook event does not say which it saw."""
        lowest, highest = np.full(self._count, np.iinfo(np.int64).max), np.full(self._count, -1)
        known = flow_node >= 0
        np.minimum.at(lowest, flow_node[known], flow_input[known])
        np.maximum.at(highest, flow_node[known], flow_input[known])
        return np.where(highest < 0, 0, lowest), (highest >= 0) & (lowest != highest)

    def _entries(self, index: int, until: int | None) -> Ids:
        first, last = np.searchsorted(self._node, index, "left"), np.searchsorted(self._node, index, "right")
        entries = np.arange(first, last, dtype=np.int64)
        return entries if until is None else entries[self._event[entries] <= until]

    def _total(self, index: int, until: int | None, input_nr: int | None) -> tuple[Gradient | None, Array | None]:
        entries = self._entries(index, until)
        if input_nr is not None:
            return self._group_total(entries[self._input_nr[entries] == input_nr])
        for number in np.unique(self._input_nr[entries]).tolist():
            found = self._group_total(entries[self._input_nr[entries] == number])
            if found[0] is not None:
                return found
        return None, None

    def _group_total(self, entries: Ids) -> tuple[Gradient | None, Array | None]:
        """The total over entries of one input of one node, in order of event; its array only when it was added up here."""
        if not len(entries):
            return None, None
        if self._source[entries[-1]] != _FLOW:
            return self._gradient(int(entries[-1])), None
        flows = entries[self._source[entries] == _FLOW]
        defined = flows[self._log.columns(GradientFlowed)["gradient.present"][self._row[flows]]]
        if len(defined) <= 1:
            return (self._gradient(int(defined[0])), None) if len(defined) else (None, None)
        key = tuple(defined.tolist())
        if key not in self._sums:
            self._sums[key] = add_gradients([self._gradient(entry) for entry in key], self._read_value)
        return self._sums[key]

    def _gradient(self, entry: int) -> Gradient | None:
        event_type, field = _FIELDS[int(self._source[entry])]
        return self._log.gradient(event_type, field, int(self._row[entry]))

    def _groups(self) -> tuple[Ids, Ids]:
        """The first and the last entry of every (node, input)."""
        if not len(self._node):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        changes = np.flatnonzero((np.diff(self._node) != 0) | (np.diff(self._input_nr) != 0))
        return np.append(0, changes + 1), np.append(changes, len(self._node) - 1)

    def _entry_values(self, read: Callable[[type[Event], str, Ids], Array], dtype: type[np.generic]) -> Array:
        values = np.zeros(len(self._node), dtype)
        for number, (event_type, field) in enumerate(_FIELDS):
            of_source = self._source == number
            values[of_source] = read(event_type, field, self._row[of_source])
        return values

    def _may_add(self, several: Ids, first: Ids, last: Ids) -> bool:
        """Whether adding up these groups is cheap enough to do for a whole pass, and the arrays to do it with were recorded."""
        if not len(several):
            return False
        counts = last[several] - first[several] + 1
        if int(counts.sum()) > MOST_PARTS:
            return False
        owner = np.repeat(first[several] - np.cumsum(counts) + counts, counts)
        entries = owner + np.arange(len(owner), dtype=np.int64)
        flows = self._log.columns(GradientFlowed)
        rows = self._row[entries[self._source[entries] == _FLOW]]
        counts = flows["gradient.count"][rows]
        known = (flows["gradient.value"][rows] != NONE) | (counts == 1)
        return bool(known.any()) and int(counts.sum()) <= MOST_ELEMENTS

    def _per_node(self, node: Ids, norm: Floats, broken: Mask, inexact: Mask) -> Summary:
        known = ~np.isnan(norm)
        node_of_norm, norm = node[known], norm[known]
        largest = np.zeros(self._count)
        np.maximum.at(largest, node_of_norm, norm)
        scale = np.where(largest > 0, largest, 1.0)  # so that no square overflows
        squares = np.bincount(node_of_norm, np.square(norm / scale[node_of_norm]), self._count)
        has_norm = np.bincount(node_of_norm, minlength=self._count) > 0
        return Summary(
            norm=np.where(has_norm, scale * np.sqrt(squares), np.nan),
            exact=np.bincount(node[inexact], minlength=self._count) == 0,
            nonfinite=np.bincount(node[broken], minlength=self._count) > 0,
        )


def _kept(mask: Mask, *columns: Array) -> tuple[Array, ...]:
    return tuple(column[mask] for column in columns)


def _array_of(gradient: Gradient, read_value: Callable[[int], Array | None]) -> Array | None:
    """The recorded array; a single element is known from its statistics as well."""
    if gradient.value != NONE:
        return read_value(gradient.value)
    statistics = gradient.statistics
    if statistics is None or statistics.count != 1:
        return None
    special = np.nan if statistics.nan else np.inf if statistics.pos_inf else -np.inf
    element = statistics.mean if statistics.finite else special
    with np.errstate(over="ignore"):
        return np.full(gradient.shape, element, gradient.dtype if gradient.dtype in _FLOAT_DTYPES else "float32")


def _rounded(array: Array, dtype: str) -> Array:
    """``array`` as a tensor of that dtype would hold it: a trace has bfloat16 numbers as float32."""
    if dtype != "bfloat16":
        return array
    bits = np.atleast_1d(array).view(np.uint32)
    even = ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).view(np.float32).reshape(array.shape)
    return np.where(np.isnan(array), array, even)


def add_gradients(
    parts: Sequence[Gradient | None], read_value: Callable[[int], Array | None]
) -> tuple[Gradient | None, Array | None]:
    """The sum of gradients as the engine adds them, in their dtype and order; without statistics when an array is missing."""
    defined = [part for part in parts if part is not None]
    if not defined:
        return None, None
    shape, dtype = defined[0].shape, defined[0].dtype
    total: Array | None = None
    for part in defined:
        array = _array_of(part, read_value)
        if array is None or array.shape != shape:
            return Gradient(shape, dtype), None
        with np.errstate(all="ignore"):
            total = array.copy() if total is None else _rounded(total + array, dtype)
    assert total is not None
    return Gradient(shape, dtype, GradientStatistics(*gradient_statistics(total))), total
