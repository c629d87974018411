"""The events of a run, by id, by type and as columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from ...core.events import Event, Gradient, GradientStatistics, Shape
from ..store.schema import SCHEMAS, STATISTICS
from ..store.tables import Tables
from ..store.unpacking import unpack_field
from .lookup import Floats, Ids, Mask

Column = Any
"""A NumPy array, or a :class:`~gradtrace.tracer.store.ragged.Ragged` for fields that are tuples."""


class EventLog(Sequence[Event]):
    """All events of a run in their total order; ``log[id]`` is the event of that id, built when asked for.

    An event that was lost to damage is a plain :class:`~gradtrace.core.events.Event` that has nothing but its id.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._ids: dict[type[Event], Ids] = {}

    def __len__(self) -> int:
        return len(self._tables)

    @overload
    def __getitem__(self, key: int) -> Event: ...

    @overload
    def __getitem__(self, key: slice) -> list[Event]: ...

    def __getitem__(self, key: int | slice) -> Event | list[Event]:
        if isinstance(key, slice):
            return [self._tables.event(event_id) for event_id in range(*key.indices(len(self)))]
        event_id = int(key)
        return self._tables.event(event_id + len(self) if event_id < 0 else event_id)

    def __iter__(self) -> Iterator[Event]:
        return (self._tables.event(event_id) for event_id in range(len(self)))

    def kind(self, event_id: int) -> type[Event]:
        """The type of an event, without building it; plain ``Event`` for a lost one."""
        return self._tables.event_type(event_id)

    @property
    def kinds(self) -> NDArray[np.uint8]:
        """uint8[len]: each event's type as an index into ``EVENT_TYPES``; 255 for a lost one."""
        return self._tables.kind

    def ids(self, event_type: type[Event]) -> Ids:
        """The ids of all events of one type, ascending; int64[k]."""
        if event_type not in self._ids:
            self._ids[event_type] = self._tables.ids(event_type).astype(np.int64, copy=False)
        return self._ids[event_type]

    def columns(self, event_type: type[Event]) -> Mapping[str, Column]:
        """The columns of one event type; row ``r`` is the event ``ids(event_type)[r]``. See ``store/tables.py`` for their names."""
        return self._tables.columns(event_type)

    # ----------------------------------------------------------------------------------------------------- ranges of rows
    def rows_between(self, event_type: type[Event], first: int, last: int) -> slice:
        """The rows of ``event_type`` whose event ids lie in ``first`` to ``last``, both included."""
        ids = self.ids(event_type)
        return slice(int(np.searchsorted(ids, first, "left")), int(np.searchsorted(ids, last, "right")))

    def count_until(self, event_type: type[Event], event_id: int) -> int:
        """How many events of ``event_type`` there are up to and including ``event_id``."""
        return int(np.searchsorted(self.ids(event_type), event_id, "right"))

    # ------------------------------------------------------------------------------------------------- fields of one row
    def field(self, event_type: type[Event], name: str, row: int) -> Any:
        """One field of one row as the event would have it, without building the whole event."""
        schema = next(field for field in SCHEMAS[event_type].fields if field.name == name)
        return unpack_field(schema, self._tables.columns(event_type), row, self._tables)

    def gradient(self, event_type: type[Event], name: str, row: int) -> Gradient | None:
        """A gradient field of one row."""
        gradient: Gradient | None = self.field(event_type, name, row)
        return gradient

    def norms(self, event_type: type[Event], name: str, rows: Ids) -> Floats:
        """L2 norms of a gradient field, nan where there is no gradient or no statistics; float64[len(rows)]."""
        columns = self.columns(event_type)
        known = columns[f"{name}.present"][rows] & columns[f"{name}.counted"][rows]
        return np.where(known, columns[f"{name}.norm"][rows], np.nan)

    def nonfinite(self, event_type: type[Event], name: str, rows: Ids) -> Mask:
        """Whether a gradient field has NaN or infinite elements; bool[len(rows)]."""
        columns = self.columns(event_type)
        counts = [columns[f"{name}.{count}"][rows] for count in ("nan", "pos_inf", "neg_inf")]
        known = columns[f"{name}.present"][rows] & columns[f"{name}.counted"][rows]
        return np.asarray(known & (sum(counts) > 0), np.bool_)

    def gradients(self, event_type: type[Event], name: str, rows: Ids) -> list[Gradient | None]:
        """A gradient field of many rows: as :meth:`gradient`, but read column by column."""
        columns = self.columns(event_type)

        def part(part_name: str) -> list[Any]:
            listed: list[Any] = columns[f"{name}.{part_name}"][rows].tolist()
            return listed

        statistics = [
            GradientStatistics(*numbers) if counted else None
            for counted, numbers in zip(part("counted"), zip(*map(part, STATISTICS), strict=True), strict=True)
        ]
        return [
            Gradient(self.shape(shape), self.text(dtype), counted, value) if present else None
            for present, shape, dtype, counted, value in zip(
                part("present"), part("shape"), part("dtype"), statistics, part("value"), strict=True
            )
        ]

    def text(self, number: int) -> str:
        """The string that one value of a text column stands for."""
        return self._tables.text(number)

    def shape(self, number: int) -> Shape:
        """The shape that one value of a shape column stands for."""
        return self._tables.shape(number)

    def texts(self, numbers: Iterable[int] | NDArray[Any]) -> list[str]:
        """The strings that a text column (or part of it) stands for."""
        return self._tables.texts(numbers)
