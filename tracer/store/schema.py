"""Which columns each event type has.

The event dataclasses of :mod:`gradtrace.core.events` are the source: the annotation of a field picks its :class:`FieldType`, and
that says which physical columns the field is stored in. A field ``edges: tuple[Edge, ...]`` of ``NodeCreated`` becomes the ragged
columns ``edges.node`` and ``edges.input_nr``, which share the row lengths in ``edges.lengths``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum, StrEnum
from typing import Any

import numpy as np

from ...core.events import EVENT_TYPES, Event, own_fields

__all__ = [
    "COLUMN_DTYPES",
    "COMMON_COLUMNS",
    "EVENT_NUMBER",
    "SCHEMAS",
    "STATISTICS",
    "Column",
    "ColumnKind",
    "EventSchema",
    "Field",
    "FieldType",
]


class ColumnKind(StrEnum):
    """What one physical column holds; the value is its name in the file's self-description."""

    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    TEXT = "text"  # id of an interned string, 0 is ""
    SHAPE = "shape"  # id of an interned string such as "2x3", 0 is the shape ()


COLUMN_DTYPES: Mapping[ColumnKind, np.dtype[Any]] = {
    ColumnKind.INT: np.dtype(np.int64),
    ColumnKind.FLOAT: np.dtype(np.float64),
    ColumnKind.BOOL: np.dtype(np.bool_),
    ColumnKind.TEXT: np.dtype(np.uint32),
    ColumnKind.SHAPE: np.dtype(np.uint32),
}
"""The in-memory dtype of each kind of column."""


class FieldType(Enum):
    """How a field of an event is spread over columns."""

    INT = "int"
    BOOL = "bool"
    TEXT = "text"
    SHAPE = "shape"
    MAPPING = "mapping"  # JSON text
    INTS = "ints"
    TEXTS = "texts"
    EDGES = "edges"
    OUTPUTS = "outputs"
    GRADIENT = "gradient"


_TYPE_OF_ANNOTATION: Mapping[str, FieldType] = {
    "int": FieldType.INT,
    "bool": FieldType.BOOL,
    "str": FieldType.TEXT,
    "HookKind": FieldType.TEXT,
    "CutKind": FieldType.TEXT,
    "ResetKind": FieldType.TEXT,
    "RunOutcome": FieldType.TEXT,
    "PassOutcome": FieldType.TEXT,
    "Shape": FieldType.SHAPE,
    "Mapping[str, str]": FieldType.MAPPING,
    "tuple[int, ...]": FieldType.INTS,
    "tuple[str, ...]": FieldType.TEXTS,
    "tuple[Edge, ...]": FieldType.EDGES,
    "tuple[TensorInfo, ...]": FieldType.OUTPUTS,
    "Gradient | None": FieldType.GRADIENT,
}

STATISTICS = ("count", "nan", "pos_inf", "neg_inf", "zeros", "min", "max", "mean", "norm")
"""The fields of ``GradientStatistics`` in their order; the first five are integers, the others floats."""

_GRADIENT_PARTS = (
    ("present", ColumnKind.BOOL),
    ("shape", ColumnKind.SHAPE),
    ("dtype", ColumnKind.TEXT),
    ("value", ColumnKind.INT),
    ("counted", ColumnKind.BOOL),  # whether there are statistics
    *((name, ColumnKind.INT) for name in STATISTICS[:5]),
    *((name, ColumnKind.FLOAT) for name in STATISTICS[5:]),
)

_FLAT_PARTS: Mapping[FieldType, tuple[tuple[str, ColumnKind], ...]] = {
    FieldType.INT: (("", ColumnKind.INT),),
    FieldType.BOOL: (("", ColumnKind.BOOL),),
    FieldType.TEXT: (("", ColumnKind.TEXT),),
    FieldType.SHAPE: (("", ColumnKind.SHAPE),),
    FieldType.MAPPING: (("", ColumnKind.TEXT),),
    FieldType.GRADIENT: _GRADIENT_PARTS,
}

_RAGGED_PARTS: Mapping[FieldType, tuple[tuple[str, ColumnKind], ...]] = {
    FieldType.INTS: (("", ColumnKind.INT),),
    FieldType.TEXTS: (("", ColumnKind.TEXT),),
    FieldType.EDGES: (("node", ColumnKind.INT), ("input_nr", ColumnKind.INT)),
    FieldType.OUTPUTS: (("tensor", ColumnKind.INT), ("shape", ColumnKind.SHAPE), ("dtype", ColumnKind.TEXT)),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One physical column.

    ``lengths`` names the column with the number of values of each row when this one is ragged. ``default`` stands in for the values
    of a column that a file does not have.
    """

    name: str
    kind: ColumnKind
    lengths: str = ""
    default: int | float = 0

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the column in memory."""
        return COLUMN_DTYPES[self.kind]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an event and the columns that hold it; ``lengths`` is the name of its lengths column, or ``""``."""

    name: str
    type: FieldType
    columns: tuple[Column, ...]
    lengths: str = ""


@dataclass(frozen=True, slots=True)
class EventSchema:
    """The fields an event type has of its own, and all their physical columns (lengths columns included) by name."""

    event_type: type[Event]
    number: int
    fields: tuple[Field, ...]
    columns: Mapping[str, Column]

    @property
    def name(self) -> str:
        """The name of the event type."""
        return self.event_type.__name__


COMMON_COLUMNS: Mapping[str, Column] = {
    "kind": Column("kind", ColumnKind.INT),
    "id": Column("id", ColumnKind.INT),
    "time": Column("time", ColumnKind.INT),
    "thread": Column("thread", ColumnKind.INT),
    "scope": Column("scope", ColumnKind.TEXT),
    "source": Column("source", ColumnKind.INT),
}
"""The columns that every event has, whatever its type; ``kind`` is the number of the type."""


def _joined(field_name: str, part: str) -> str:
    return f"{field_name}.{part}" if part else field_name


def _field(name: str, annotation: str, default: object) -> Field:
    field_type = _TYPE_OF_ANNOTATION[annotation]
    if field_type in _RAGGED_PARTS:
        lengths = f"{name}.lengths"
        columns = tuple(Column(_joined(name, part), kind, lengths) for part, kind in _RAGGED_PARTS[field_type])
        return Field(name, field_type, columns, lengths)
    number = default if isinstance(default, int) else 0
    columns = tuple(
        Column(_joined(name, part), kind, default=float("nan") if kind is ColumnKind.FLOAT else number)
        for part, kind in _FLAT_PARTS[field_type]
    )
    return Field(name, field_type, columns)


def _schema(number: int, event_type: type[Event]) -> EventSchema:
    own = set(own_fields(event_type))
    declared = [f for f in fields(event_type) if f.name in own]
    event_fields = tuple(_field(f.name, str(f.type), None if f.default is MISSING else f.default) for f in declared)
    columns: dict[str, Column] = {}
    for event_field in event_fields:
        if event_field.lengths:
            columns[event_field.lengths] = Column(event_field.lengths, ColumnKind.INT)
        columns.update((column.name, column) for column in event_field.columns)
    return EventSchema(event_type, number, event_fields, columns)


SCHEMAS: Mapping[type[Event], EventSchema] = {cls: _schema(number, cls) for number, cls in enumerate(EVENT_TYPES)}
"""The schema of every event type."""

EVENT_NUMBER: Mapping[type[Event], int] = {cls: number for number, cls in enumerate(EVENT_TYPES)}
"""The number of each event type in :data:`Tables.kind <gradtrace.tracer.store.tables.Tables.kind>`."""
