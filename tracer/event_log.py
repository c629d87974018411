"""Events on their way to the file: appended one by one, taken out as columns.

This is the form in plain Python, with a list of rows for each type of event; :mod:`.fast_log` is the same, compiled.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from ..core.events import EVENT_TYPES
from .store.interning import Strings
from .store.packing import COMMON_FIELDS, PackedEvents, Row, pack_rows

__all__ = ["EventLog"]

Mark = tuple[int, ...]


class EventLog:
    """Events not yet written; ``strings`` is where their texts and shapes are interned.

    Appending is safe in every thread; one thread at a time may ask for what is pending and drop it.
    """

    def __init__(self, strings: Strings) -> None:
        self._strings = strings
        self._rows: tuple[list[Row], ...] = tuple([] for _ in EVENT_TYPES)
        self._next_id = count().__next__
        self.last_id = -1

    def append(self, number: int, moment: int, thread: int, scope: str, source: int, fields: tuple[Any, ...]) -> int:
        """Add an event of the type with this number, its own fields as :mod:`.store.packing` describes them; returns its id."""
        event_id = self._next_id()
        self._rows[number].append((event_id, moment, thread, scope, source, *fields))
        self.last_id = event_id
        return event_id

    def clear_text(self, number: int, event_id: int, field: int) -> None:
        """Make the text in a field of the event empty if it is the last one and was not dropped."""
        rows = self._rows[number]
        if event_id == self.last_id and rows and rows[-1][0] == event_id:
            row, place = rows[-1], COMMON_FIELDS + field
            rows[-1] = (*row[:place], "", *row[place + 1 :])

    @property
    def empty(self) -> bool:
        """Whether everything was dropped."""
        return not any(self._rows)

    def pending(self) -> tuple[PackedEvents, Mark]:
        """What is in the log, as columns, and the mark to give to :meth:`drop` when that was written."""
        mark = tuple(len(rows) for rows in self._rows)  # other threads may be appending: take what is there now
        taken = {number: self._rows[number][:size] for number, size in enumerate(mark) if size}
        return pack_rows(taken, self._strings), mark

    def drop(self, mark: Mark) -> None:
        """Forget what :meth:`pending` gave out together with this mark."""
        for rows, size in zip(self._rows, mark, strict=True):
            del rows[:size]
