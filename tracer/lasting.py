"""What a flight recorder keeps of steps that it forgets: the leaves, their names and accumulators, and the hooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from ..core.events import HookRegistered, HookRemoved, LeafCreated, LeafNamed, NodeCreated, RunStarted
from .store.packing import PackedEvents
from .store.schema import EVENT_NUMBER
from .store.slicing import concatenate_events, select_events

__all__ = ["Lasting"]

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]

_MOST_LATER = 4096  # leaves and hooks that came after the first step: a loop may make new ones in every step
_TIDY_AT = 4096  # rows

_RUN_STARTED, _LEAF_CREATED, _LEAF_NAMED, _NODE_CREATED, _HOOK_REGISTERED, _HOOK_REMOVED = (
    EVENT_NUMBER[cls] for cls in (RunStarted, LeafCreated, LeafNamed, NodeCreated, HookRegistered, HookRemoved)
)
_KINDS = (_RUN_STARTED, _LEAF_CREATED, _LEAF_NAMED, _NODE_CREATED, _HOOK_REGISTERED, _HOOK_REMOVED)


class Lasting:
    """Collects the lasting events of forgotten batches; bounded. ``first_end`` is the event at which the first step ended."""

    def __init__(self) -> None:
        self.first_end: int | None = None
        self._parts: list[PackedEvents] = []
        self._rows = 0
        self._tidy_at = _TIDY_AT

    def add(self, packed: PackedEvents) -> None:
        """Keep of these events, which are later than those before, what lasts."""
        part = select_events(packed, _lasting(packed))
        if len(part):
            self._parts.append(part)
            self._rows += len(part)
            if self._rows >= self._tidy_at:
                self._tidy()

    def events(self, kept: PackedEvents) -> PackedEvents:
        """What lasts, as far as the ``kept`` events need it: old accumulators and late leaves only when they speak of them."""
        self._tidy()
        if not self._parts:
            return concatenate_events([])
        packed = self._parts[0]
        nodes = kept.own.get(_NODE_CREATED, {})
        spoken_of = [columns[name] for columns in kept.own.values() for name in _NODE_COLUMNS if name in columns]
        used = np.isin(_column(packed, _NODE_CREATED, "node"), np.unique(np.concatenate([_NO_IDS, *spoken_of])))
        variables = _column(packed, _NODE_CREATED, "variable")[used]
        packed = _keep_rows(packed, _NODE_CREATED, lambda _: used)
        tensors = np.concatenate([variables, nodes.get("variable", _NO_IDS), *_tensors_in(kept)])
        ids = _ids(packed, _LEAF_CREATED)
        leaf = _column(packed, _LEAF_CREATED, "tensor")
        wanted = np.isin(leaf, tensors) | (ids < self._limit())
        packed = _keep_rows(packed, _LEAF_CREATED, lambda _: wanted)
        return _keep_rows(packed, _LEAF_NAMED, lambda columns: np.isin(columns, leaf[wanted]), "tensor")

    def _limit(self) -> int:
        return np.iinfo(np.int64).max if self.first_end is None else self.first_end

    def _tidy(self) -> None:
        """Forget what later rows have replaced, and late leaves and hooks beyond a number."""
        packed = concatenate_events(self._parts)
        packed = _keep_rows(packed, _LEAF_CREATED, self._early_or_latest(packed, _LEAF_CREATED))
        leaves = _column(packed, _LEAF_CREATED, "tensor")
        for number, column in ((_LEAF_NAMED, "tensor"), (_NODE_CREATED, "variable")):
            packed = _keep_rows(packed, number, lambda values: _last_of_each(values) & np.isin(values, leaves), column)
        removed = _column(packed, _HOOK_REMOVED, "hook")
        packed = _keep_rows(packed, _HOOK_REGISTERED, self._early_or_latest(packed, _HOOK_REGISTERED))
        packed = _keep_rows(packed, _HOOK_REGISTERED, lambda hooks: ~np.isin(hooks, removed), "hook")
        packed = _keep_rows(packed, _HOOK_REMOVED, lambda hooks: np.zeros(len(hooks), np.bool_), "hook")
        self._parts = [packed] if len(packed) else []
        self._rows = len(packed)
        self._tidy_at = 2 * self._rows + _TIDY_AT

    def _early_or_latest(self, packed: PackedEvents, number: int) -> Callable[[Ids], Mask]:
        ids = _ids(packed, number)
        keep = ids < self._limit()
        keep[max(0, len(ids) - _MOST_LATER) :] = True
        return lambda _: keep


_NO_IDS = np.zeros(0, np.int64)
_NODE_COLUMNS = ("node", "next_node", "roots.node", "edges.node")


def _tensors_in(kept: PackedEvents) -> Iterable[Ids]:
    return [columns[name] for columns in kept.own.values() for name in ("tensor", "tensors") if name in columns]


def _lasting(packed: PackedEvents) -> Mask:
    kinds = packed.common["kind"]
    keep = np.isin(kinds, _KINDS)
    if _NODE_CREATED in packed.own:
        keep[kinds == _NODE_CREATED] = packed.own[_NODE_CREATED]["variable"] != 0
    return keep


def _ids(packed: PackedEvents, number: int) -> Ids:
    ids: Ids = packed.common["id"][packed.common["kind"] == number]
    return ids


def _column(packed: PackedEvents, number: int, name: str) -> Ids:
    values: Ids = packed.own[number][name] if number in packed.own else _NO_IDS
    return values


def _keep_rows(packed: PackedEvents, number: int, rows: Callable[[Ids], Mask], column: str = "") -> PackedEvents:
    """Without those rows of one type of event for which ``rows``, given an own column of theirs, is False."""
    if number not in packed.own:
        return packed
    keep = np.ones(len(packed), np.bool_)
    keep[packed.common["kind"] == number] = rows(packed.own[number][column] if column else _NO_IDS)
    return select_events(packed, keep)


def _last_of_each(values: Ids) -> Mask:
    keep = np.zeros(len(values), np.bool_)
    _, from_end = np.unique(values[::-1], return_index=True)
    keep[len(values) - 1 - from_end] = True
    return keep
