"""The events of a run, or the ones a filter keeps, as a table. Rows are built when they are looked at."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QObject

from ...core.events import Event
from ...tracer.model import Trace
from ...tracer.model.text import source_text
from ..event_kinds import KINDS, label
from ..translation import spoken
from .table import Column, TableModel

EVENT, TIME, KIND, WHAT, SOURCE = range(5)


class EventsModel(TableModel):
    """Event id, time, kind, what happened, source line."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), parent)
        self.columns = (
            Column(self.tr("#"), right=True, monospace=True),
            Column(self.tr("Time"), right=True, monospace=True),
            Column(self.tr("Kind")),
            Column(self.tr("What happened")),
            Column(self.tr("Source"), monospace=True),
        )
        self._trace: Trace | None = None
        self._ids: NDArray[np.int64] | None = None  # None: every event, row and id being the same
        self._event = lru_cache(maxsize=512)(self._build_event)
        self._describe = lru_cache(maxsize=512)(self._build_text)

    def set_trace(self, trace: Trace | None) -> None:
        """Show all events of this trace."""
        self._reset(trace, None)

    def set_ids(self, ids: NDArray[np.int64] | None) -> None:
        """Show only the events with these ids (ascending); None shows all."""
        self._reset(self._trace, ids)

    def add_ids(self, ids: NDArray[np.int64]) -> None:
        """Add events (ascending, all after those shown) to a filtered table."""
        if not len(ids):
            return
        shown = self._ids if self._ids is not None else np.empty(0, np.int64)
        self.beginInsertRows(QModelIndex(), len(shown), len(shown) + len(ids) - 1)
        self._ids = np.concatenate([shown, ids])
        self.endInsertRows()

    def _reset(self, trace: Trace | None, ids: NDArray[np.int64] | None) -> None:
        self.beginResetModel()
        self._trace, self._ids, self._current = trace, ids, -1
        self._event.cache_clear()
        self._describe.cache_clear()
        self.endResetModel()

    @property
    def total(self) -> int:
        """Number of events in the trace, filtered or not."""
        return len(self._trace.events) if self._trace is not None else 0

    def row_of(self, event: int) -> int:
        """The row of an event, -1 when the filter leaves it out."""
        if self._ids is None:
            return event if 0 <= event < self.total else -1
        row = int(np.searchsorted(self._ids, event))
        return row if row < len(self._ids) and self._ids[row] == event else -1

    # -------------------------------------------------------------------------------------------------- TableModel
    def row_count(self) -> int:
        """Number of events shown."""
        return self.total if self._ids is None else len(self._ids)

    def id_of(self, row: int) -> int:
        """The event's id."""
        return row if self._ids is None else int(self._ids[row])

    def text(self, row: int, column: int) -> str:
        """A cell's text; the event is built on demand and cached for a few screens."""
        event_id = self.id_of(row)
        if column == EVENT:
            return str(event_id)
        if column == WHAT:
            return self._describe(event_id)
        event = self._event(event_id)
        if column == TIME:
            return f"{event.time / 1e6:.3f} ms"
        if column == KIND:
            return label(type(event))
        return source_text(event.source)

    def tone(self, row: int, column: int) -> str:
        """The kind's tone on the kind; ids, times and positions stay in the background."""
        if column in (KIND, WHAT):
            tone = KINDS[type(self._event(self.id_of(row)))].tone
            return tone if column == KIND or tone in ("error", "muted") else ""
        return "muted"

    def _build_event(self, event_id: int) -> Event:
        assert self._trace is not None
        return self._trace.events[event_id]

    def _build_text(self, event_id: int) -> str:
        assert self._trace is not None
        return spoken(self._trace.describe(self._event(event_id)))
