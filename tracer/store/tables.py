"""A run as columns in memory, one table per event type.

Whether the events come from a file, from a running recorder or from a test, this is the form in which they are read::

    tables = Tables.from_events([RunStarted(id=0), NodeCreated(id=1, node=1, name="MulBackward0"), ...])
    created = tables.columns(NodeCreated)
    created["id"], created["node"]          # int64: event ids, and a column of the event's own
    created["name"]                         # uint32: tables.strings[number]; tables.texts(column) for all of it
    created["edges.node"][0]                # Ragged: the nodes that row 0's edges lead to
    tables.columns(GradientFlowed)["gradient.norm"]   # float64, NaN where "gradient.counted" is False
    tables.event(1)                         # the frozen dataclass, built on demand

Rows of a table are in order of event id. Columns are shared, not copied: treat them as read-only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ...core.events import EVENT_TYPES, Array, Event, Shape, SourcePosition
from .interning import Positions, Strings, parse_shape, positions_from_rows
from .packing import Columns, PackedEvents, Row, event_to_row, pack_rows
from .ragged import Ragged
from .schema import COLUMN_DTYPES, COMMON_COLUMNS, SCHEMAS, Column, ColumnKind, EventSchema
from .unpacking import unpack_field

__all__ = ["LOST", "Chunk", "Tables"]

LOST = 255
"""The ``kind`` of an event id that nothing was read for: lost to damage, or of a type that only a newer gradtrace knows."""

_LOST_TEXT = "(lost)"


class Chunk(Protocol):
    """Some events as columns; those of one event type may be read from a file only when they are asked for."""

    @property
    def common(self) -> Columns:
        """``kind, id, time, thread, scope, source`` of all events."""
        ...

    @property
    def own(self) -> Mapping[int, Mapping[str, NDArray[Any]]]:
        """The physical columns of each event type, by its number."""
        ...


class Tables:
    """The events of a run.

    Attributes:
        header: what the recorder said about the run and the file (empty for hand-made events).
        strings: the interned strings; a text column holds indices into it.
        sources: the interned source positions; a ``source`` column holds indices into it, entry 0 is None.
        kind: uint8 per event id, the index of its type in ``EVENT_TYPES``, or :data:`LOST`.
        row: int64 per event id, the row in the table of its type, or -1.
        problems: sentences for people about what could not be read.
        notes: sentences for people about what the recorder left out on purpose.
        source_files: the files whose text is in the trace.
    """

    def __init__(
        self,
        *,
        chunks: Sequence[Chunk],
        strings: list[str],
        sources: list[SourcePosition | None],
        header: Mapping[str, Any] | None = None,
        problems: list[str] | None = None,
        notes: list[str] | None = None,
        read_value: Callable[[int], Array | None] = lambda _: None,
        read_source: Callable[[str], str | None] = lambda _: None,
        source_files: Sequence[str] = (),
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.header: Mapping[str, Any] = header or {}
        self.strings = strings
        self.sources = sources
        self.problems: list[str] = problems if problems is not None else []
        self.notes: list[str] = notes if notes is not None else []
        self.source_files = list(source_files)
        self._chunks = chunks
        self._read_value = read_value
        self._read_source = read_source
        self._close = close
        self._shapes: dict[int, Shape] = {0: ()}
        self._cache: dict[type[Event], dict[str, Any]] = {}
        self._common = self._sorted_common()
        self.kind, self.row = self._directory()

    @classmethod
    def from_events(
        cls,
        events: Iterable[Event],
        *,
        values: Mapping[int, Array] | None = None,
        source_texts: Mapping[str, str] | None = None,
        header: Mapping[str, Any] | None = None,
    ) -> Tables:
        """Tables of hand-made events, with the arrays behind their value ids and the texts of source files when given.

        Raises ValueError when two events have the same id or an id is negative.
        """
        strings, positions = Strings(), Positions()
        rows: dict[int, list[Row]] = {}
        for event in events:
            number, row = event_to_row(event, positions)
            rows.setdefault(number, []).append(row)
        packed: PackedEvents = pack_rows(rows, strings)
        ids = packed.common["id"]
        if len(ids) and (int(ids[0]) < 0 or not (np.diff(ids) > 0).all()):
            raise ValueError("event ids must be distinct and not negative")
        arrays, texts = dict(values or {}), dict(source_texts or {})
        return cls(
            chunks=[packed],
            strings=strings.texts,
            sources=positions_from_rows(positions.rows),
            header=header,
            read_value=arrays.get,
            read_source=texts.get,
            source_files=list(texts),
        )

    @property
    def chunks(self) -> Sequence[Chunk]:
        """The parts the events are read from."""
        return self._chunks

    def with_chunks(self, chunks: Sequence[Chunk], strings: list[str]) -> Tables:
        """The same run with other events; ``strings`` begins with those there are."""
        return Tables(
            chunks=chunks,
            strings=strings,
            sources=self.sources,
            header=self.header,
            problems=self.problems,
            notes=self.notes,
            read_value=self._read_value,
            read_source=self._read_source,
            source_files=self.source_files,
            close=self._close,
        )

    # ---------------------------------------------------------------------------------------------------------- events
    def __len__(self) -> int:
        """The number of event ids, those of lost events included."""
        return len(self.kind)

    def event_type(self, event_id: int) -> type[Event]:
        """The type of an event; plain ``Event`` when the event was lost."""
        number = int(self.kind[event_id])
        return Event if number == LOST else EVENT_TYPES[number]

    def event(self, event_id: int) -> Event:
        """The event of that id as a dataclass; a plain ``Event`` with nothing but the id when it was lost.

        Raises IndexError when the trace has no such id.
        """
        if not 0 <= event_id < len(self.kind):
            raise IndexError(f"the trace has events 0 to {len(self.kind) - 1}, not {event_id}")
        event_type = self.event_type(event_id)
        if event_type is Event:
            return Event(id=event_id)
        columns, row = self.columns(event_type), int(self.row[event_id])
        own = {field.name: unpack_field(field, columns, row, self) for field in SCHEMAS[event_type].fields}
        return event_type(
            id=event_id,
            time=int(columns["time"][row]),
            thread=int(columns["thread"][row]),
            scope=self.text(int(columns["scope"][row])),
            source=self.sources[columns["source"][row]],
            **own,
        )

    def events(self, first: int = 0, last: int | None = None) -> Iterator[Event]:
        """The events from ``first`` up to and without ``last``, lost ones left out."""
        for event_id in range(first, len(self) if last is None else min(last, len(self))):
            if self.kind[event_id] != LOST:
                yield self.event(event_id)

    def count(self, event_type: type[Event]) -> int:
        """How many events of a type there are (without reading their columns)."""
        return int(np.count_nonzero(self.kind == SCHEMAS[event_type].number))

    def ids(self, event_type: type[Event]) -> NDArray[np.int64]:
        """The ids of all events of a type, ascending."""
        return np.flatnonzero(self.kind == SCHEMAS[event_type].number)

    # --------------------------------------------------------------------------------------------------------- columns
    def columns(self, event_type: type[Event]) -> dict[str, Any]:
        """The columns of an event type by name: an array for each, or a :class:`Ragged`.

        Common to all: ``id, time, thread`` (int64), ``scope`` (text), ``source`` (int64, index into :attr:`sources`). Own columns
        follow from the type's fields (see :mod:`.schema`): ``int`` int64, ``bool`` bool, text and shapes uint32 (:meth:`texts`,
        :meth:`shape`), tuples as ragged columns, ``edges`` as ``edges.node`` and ``edges.input_nr``, ``outputs`` as
        ``outputs.tensor/shape/dtype``, a gradient ``g`` as ``g.present, g.shape, g.dtype, g.value, g.counted, g.count, g.nan,
        g.pos_inf, g.neg_inf, g.zeros, g.min, g.max, g.mean, g.norm``.
        """
        known = self._cache.get(event_type)
        if known is None:
            known = self._cache[event_type] = self._read_columns(SCHEMAS[event_type])
        return known

    def text(self, number: int) -> str:
        """The interned string of that number."""
        return self.strings[number]

    def texts(self, numbers: Iterable[int] | NDArray[Any]) -> list[str]:
        """The strings of a text column (or of one row of a ragged one)."""
        strings = self.strings
        listed = numbers.tolist() if isinstance(numbers, np.ndarray) else numbers
        return [strings[number] for number in listed]

    def shape(self, number: int) -> Shape:
        """The shape that a value of a shape column stands for."""
        shape = self._shapes.get(number)
        if shape is None:
            try:
                shape = parse_shape(self.strings[number])
            except ValueError:
                shape = ()
                self._problem("a shape in the trace is unreadable and is shown as that of a scalar")
            self._shapes[number] = shape
        return shape

    def value(self, value_id: int) -> Array | None:
        """The recorded array of a ``Gradient.value``, or None when it was not recorded or is damaged (see :attr:`problems`)."""
        return self._read_value(value_id) if value_id else None

    def source_text(self, file: str) -> str | None:
        """The text of one of the user's files as it was when it was recorded, or None."""
        return self._read_source(file)

    def close(self) -> None:
        """Let go of the file, if there is one: columns, arrays and source texts not read yet are then out of reach."""
        self._close()

    # -------------------------------------------------------------------------------------------------------- building
    def _problem(self, sentence: str) -> None:
        if sentence not in self.problems:
            self.problems.append(sentence)

    def _sorted_common(self) -> Columns:
        common: Columns = {}
        for name, column in COMMON_COLUMNS.items():
            parts = [chunk.common[name] for chunk in self._chunks]
            common[name] = np.concatenate(parts) if parts else np.zeros(0, COLUMN_DTYPES[column.kind])
        ids = common["id"]
        if not (np.diff(ids) > 0).all():
            order = np.argsort(ids, kind="stable")
            common = {name: values[order] for name, values in common.items()}
        common["scope"] = self._known_texts(common["scope"])
        source = common["source"]
        if len(source) and (int(source.max()) >= len(self.sources) or int(source.min()) < 0):
            self._problem("some source positions were lost")
            common["source"] = np.where((source >= 0) & (source < len(self.sources)), source, 0)
        return common

    def _directory(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        ids, kinds = self._common["id"], self._common["kind"]
        n_events = int(ids[-1]) + 1 if len(ids) else 0
        kind = np.full(n_events, LOST, np.uint8)
        row = np.full(n_events, -1, np.int64)
        for number in np.unique(kinds).tolist():
            if 0 <= number < len(EVENT_TYPES):
                of_type = ids[kinds == number]
                kind[of_type] = number
                row[of_type] = np.arange(len(of_type))
        return kind, row

    def _known_texts(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """Point numbers beyond the known strings at a placeholder: the definitions of a damaged part may be missing."""
        if not len(numbers) or int(numbers.max()) < len(self.strings):
            return numbers
        if self.strings[-1] != _LOST_TEXT:
            self.strings.append(_LOST_TEXT)
            self._problem("some names were lost")
        known: NDArray[Any] = np.minimum(numbers, np.uint32(len(self.strings) - 1))
        return known

    def _read_columns(self, schema: EventSchema) -> dict[str, Any]:
        of_type = self._common["kind"] == schema.number
        columns: dict[str, Any] = {name: self._common[name][of_type] for name in COMMON_COLUMNS if name != "kind"}
        sizes, ids = self._rows_per_chunk(schema.number)
        order = None if (np.diff(ids) > 0).all() else np.argsort(ids, kind="stable")
        chunks = [(chunk.own.get(schema.number, {}), size) for chunk, size in zip(self._chunks, sizes, strict=True) if size]
        physical = {name: _concatenated(chunks, column, schema) for name, column in schema.columns.items()}
        for field in schema.fields:
            for column in field.columns:
                values = physical[column.name]
                if column.kind in (ColumnKind.TEXT, ColumnKind.SHAPE):
                    values = self._known_texts(values)
                if field.lengths:
                    ragged = Ragged.from_lengths(physical[field.lengths], values)
                    columns[column.name] = ragged if order is None else ragged.take(order)
                else:
                    columns[column.name] = values if order is None else values[order]
        return columns

    def _rows_per_chunk(self, number: int) -> tuple[list[int], NDArray[np.int64]]:
        ids = [chunk.common["id"][chunk.common["kind"] == number] for chunk in self._chunks]
        return [len(part) for part in ids], np.concatenate(ids) if ids else np.zeros(0, np.int64)


def _concatenated(chunks: Sequence[tuple[Mapping[str, NDArray[Any]], int]], column: Column, schema: EventSchema) -> NDArray[Any]:
    """One physical column over all chunks; where a chunk does not have it, the default of the field."""
    parts: list[NDArray[Any]] = []
    for own, size in chunks:
        if column.name in own:
            parts.append(own[column.name])
        elif not column.lengths:
            parts.append(np.full(size, column.default, column.dtype))
        elif column.lengths in own:  # a ragged column of a newer or older schema beside one that is there
            parts.append(np.zeros(int(own[column.lengths].sum()), column.dtype))
    return np.concatenate(parts) if parts else np.zeros(0, schema.columns[column.name].dtype)
