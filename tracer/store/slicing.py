"""Parts of packed events: some rows of them, and several put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.events import EVENT_TYPES, GradientAccumulated, GradientFlowed, HookFired
from .packing import Columns, PackedEvents
from .schema import COLUMN_DTYPES, COMMON_COLUMNS, EVENT_NUMBER, SCHEMAS

__all__ = ["concatenate_events", "map_own", "own_memory", "packed_bytes", "select_events", "values_in"]

Mask = NDArray[np.bool_]

_VALUE_COLUMNS = {
    EVENT_NUMBER[GradientFlowed]: ("gradient.value",),
    EVENT_NUMBER[GradientAccumulated]: ("before.value", "contribution.value", "after.value"),
    EVENT_NUMBER[HookFired]: ("before.value", "after.value"),
}


def packed_bytes(packed: PackedEvents) -> int:
    """How much memory the columns take."""
    return sum(values.nbytes for columns in (packed.common, *packed.own.values()) for values in columns.values())


def own_memory(packed: PackedEvents) -> PackedEvents:
    """The same events in columns that are nobody else's memory."""
    return PackedEvents(_owned(packed.common), {number: _owned(columns) for number, columns in packed.own.items()})


def _owned(columns: Columns) -> Columns:
    return {name: values if values.flags.owndata else values.copy() for name, values in columns.items()}


def select_events(packed: PackedEvents, keep: Mask) -> PackedEvents:
    """The events for which ``keep``, parallel to the common columns, is True."""
    if keep.all():
        return packed
    kinds = packed.common["kind"]
    own: dict[int, Columns] = {}
    for number, columns in packed.own.items():
        rows = keep[kinds == number]
        if rows.any():
            own[number] = _rows(number, columns, rows)
    return PackedEvents({name: values[keep] for name, values in packed.common.items()}, own)


def _rows(number: int, columns: Mapping[str, NDArray[Any]], rows: Mask) -> Columns:
    selected: Columns = {}
    for field in SCHEMAS[EVENT_TYPES[number]].fields:
        mask = rows
        if field.lengths:
            selected[field.lengths] = columns[field.lengths][rows]
            mask = np.repeat(rows, columns[field.lengths])
        selected.update((column.name, columns[column.name][mask]) for column in field.columns)
    return selected


def concatenate_events(parts: Sequence[PackedEvents]) -> PackedEvents:
    """All the events of the parts, whose ids follow on one another."""
    parts = [part for part in parts if len(part)]
    if len(parts) == 1:
        return parts[0]
    common = {
        name: np.concatenate([part.common[name] for part in parts]) if parts else np.zeros(0, COLUMN_DTYPES[column.kind])
        for name, column in COMMON_COLUMNS.items()
    }
    own: dict[int, Columns] = {}
    for number in sorted({number for part in parts for number in part.own}):
        with_it = [part.own[number] for part in parts if number in part.own]
        own[number] = {name: np.concatenate([columns[name] for columns in with_it]) for name in with_it[0]}
    return PackedEvents(common, own)


def map_own(packed: PackedEvents, number: int, column: str, change: Callable[[NDArray[Any]], NDArray[Any]]) -> PackedEvents:
    """The same events with one own column of one type of event changed."""
    if number not in packed.own:
        return packed
    changed = {**packed.own[number], column: change(packed.own[number][column])}
    return PackedEvents(packed.common, {**packed.own, number: changed})


def values_in(packed: PackedEvents) -> set[int]:
    """The ids of the arrays that events speak of."""
    columns = [packed.own[number][name] for number, names in _VALUE_COLUMNS.items() if number in packed.own for name in names]
    return set(np.unique(np.concatenate(columns)).tolist()) - {0} if columns else set()
