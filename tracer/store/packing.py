"""Rows of plain Python values -> columns.

A row is the tuple ``(id, time, thread, scope, source, *own fields)``, where ``scope`` is a string, ``source`` the number of a
position, and the own fields are in the order of their declaration. Field values are as in the events, with two short cuts for the
hot path: an output is any ``(tensor, shape, dtype)``, and a gradient any ``(shape, dtype, statistics, value)`` whose ``statistics``
is a tuple in the order of ``GradientStatistics`` or None.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.events import EVENT_TYPES, Event, Gradient, TensorInfo
from .interning import Positions, Strings
from .schema import COLUMN_DTYPES, COMMON_COLUMNS, EVENT_NUMBER, SCHEMAS, ColumnKind, Field, FieldType

__all__ = ["COMMON_FIELDS", "Columns", "PackedEvents", "Row", "event_to_row", "pack_rows"]

Row = tuple[Any, ...]
Columns = dict[str, NDArray[Any]]

COMMON_FIELDS = 5
"""How many entries of a row come before the own fields of its event."""

_NO_STATISTICS = (0, 0, 0, 0, 0, math.nan, math.nan, math.nan, math.nan)
_NO_GRADIENT = ((), "", None, 0)


@dataclass(frozen=True, slots=True)
class PackedEvents:
    """Some events as columns: the common ones over all events in order of id, the own ones per event type (by its number)."""

    common: Columns
    own: Mapping[int, Columns]

    def __len__(self) -> int:
        return len(self.common["id"])


# ------------------------------------------------------------------------------------------------------------ one field
def _pack_int(field: Field, values: Sequence[Any], strings: Strings) -> Columns:  # noqa: ARG001  one signature for all
    return {field.name: np.array(values, np.int64)}


def _pack_bool(field: Field, values: Sequence[Any], strings: Strings) -> Columns:  # noqa: ARG001
    return {field.name: np.array(values, np.bool_)}


def _pack_text(field: Field, values: Sequence[Any], strings: Strings) -> Columns:
    ids = strings.ids
    return {field.name: np.array([ids[text] for text in values], np.uint32)}


def _pack_mapping(field: Field, values: Sequence[Any], strings: Strings) -> Columns:
    texts = [json.dumps({str(key): str(item) for key, item in value.items()}) if value else "" for value in values]
    return _pack_text(field, texts, strings)


def _pack_shape(field: Field, values: Sequence[Any], strings: Strings) -> Columns:
    return {field.name: np.array([strings.shape_id(shape) for shape in values], np.uint32)}


def _pack_ragged(field: Field, rows: Sequence[Sequence[Any]], strings: Strings) -> Columns:
    packed: Columns = {field.lengths: np.array([len(row) for row in rows], np.int64)}
    flat = [item for row in rows for item in row]
    # INTS and TEXTS have one column, the items themselves; EDGES and OUTPUTS one column for each part of an item
    parts = [flat] if len(field.columns) == 1 else (list(zip(*flat, strict=True)) or [()] * len(field.columns))
    for column, part in zip(field.columns, parts, strict=True):
        values: Sequence[Any] = part
        if column.kind is ColumnKind.TEXT:
            values = [strings.ids[text] for text in part]
        elif column.kind is ColumnKind.SHAPE:
            values = [strings.shape_id(shape) for shape in part]
        packed[column.name] = np.array(values, column.dtype)
    return packed


def _pack_gradient(field: Field, values: Sequence[Any], strings: Strings) -> Columns:
    shapes, dtypes, statistics, value_ids = zip(*(value or _NO_GRADIENT for value in values), strict=True)
    parts: list[Sequence[Any]] = [
        [value is not None for value in values],
        [strings.shape_id(shape) for shape in shapes],
        [strings.ids[dtype] for dtype in dtypes],
        value_ids,
        [counted is not None for counted in statistics],
        *zip(*(counted or _NO_STATISTICS for counted in statistics), strict=True),
    ]
    return {column.name: np.array(part, column.dtype) for column, part in zip(field.columns, parts, strict=True)}


_PACKERS: Mapping[FieldType, Callable[[Field, Sequence[Any], Strings], Columns]] = {
    FieldType.INT: _pack_int,
    FieldType.BOOL: _pack_bool,
    FieldType.TEXT: _pack_text,
    FieldType.MAPPING: _pack_mapping,
    FieldType.SHAPE: _pack_shape,
    FieldType.INTS: _pack_ragged,
    FieldType.TEXTS: _pack_ragged,
    FieldType.EDGES: _pack_ragged,
    FieldType.OUTPUTS: _pack_ragged,
    FieldType.GRADIENT: _pack_gradient,
}


# -------------------------------------------------------------------------------------------------------------- all rows
def pack_rows(rows: Mapping[int, Sequence[Row]], strings: Strings) -> PackedEvents:
    """Pack rows, given by the number of their event type. New strings are added to ``strings``."""
    kinds: list[NDArray[np.int64]] = []
    common: list[tuple[NDArray[np.int64], ...]] = []
    own: dict[int, Columns] = {}
    for number, some_rows in rows.items():
        if not some_rows:
            continue
        # several threads may have appended out of order by a few places
        some_rows = sorted(some_rows, key=_row_id)
        fields = list(zip(*some_rows, strict=True))
        kinds.append(np.full(len(some_rows), number, np.int64))
        scopes = [strings.ids[scope] for scope in fields[3]]
        common.append(tuple(np.array(part, np.int64) for part in (*fields[:3], scopes, fields[4])))
        own[number] = {}
        event_fields = SCHEMAS[EVENT_TYPES[number]].fields
        for event_field, values in zip(event_fields, fields[COMMON_FIELDS:], strict=True):
            own[number].update(_PACKERS[event_field.type](event_field, values, strings))
    return PackedEvents(_in_order(kinds, common), own)


def _row_id(row: Row) -> int:
    event_id: int = row[0]
    return event_id


def _in_order(kinds: Sequence[NDArray[np.int64]], common: Sequence[tuple[NDArray[np.int64], ...]]) -> Columns:
    """Merge the common columns of all event types into one table in order of id."""
    if not kinds:
        return {name: np.zeros(0, COLUMN_DTYPES[column.kind]) for name, column in COMMON_COLUMNS.items()}
    columns = [np.concatenate(kinds), *(np.concatenate(part) for part in zip(*common, strict=True))]
    order = np.argsort(columns[1], kind="stable")
    return {
        name: values[order].astype(COLUMN_DTYPES[column.kind], copy=False)
        for (name, column), values in zip(COMMON_COLUMNS.items(), columns, strict=True)
    }


# --------------------------------------------------------------------------------------------------------- from an event
def event_to_row(event: Event, positions: Positions) -> tuple[int, Row]:
    """The number of an event's type and its row."""
    number = EVENT_NUMBER[type(event)]
    values: Iterable[Any] = (_plain(field.type, getattr(event, field.name)) for field in SCHEMAS[EVENT_TYPES[number]].fields)
    return number, (event.id, event.time, event.thread, event.scope, positions.add_position(event.source), *values)


def _plain(field_type: FieldType, value: Any) -> Any:
    if field_type is FieldType.OUTPUTS:
        return [(info.tensor, info.shape, info.dtype) if isinstance(info, TensorInfo) else info for info in value]
    if field_type is FieldType.GRADIENT and isinstance(value, Gradient):
        statistics = None if value.statistics is None else astuple(value.statistics)
        return (value.shape, value.dtype, statistics, value.value)
    return value
