"""Copies of gradients on their way to the file: within limits, and each array once when it is reported several times in a row."""

from __future__ import annotations

from collections import deque
from itertools import count

from ..core.events import NONE, Array
from .message import Message
from .store.arrays import ArrayRecord, copy_array
from .stored_sentences import ARRAYS_OVER_ROOM, ARRAYS_TOO_LARGE

__all__ = ["ArrayCopies"]

_REMEMBERED = 8


class ArrayCopies:
    """Takes copies of arrays, at most ``max_value_bytes`` each and ``max_total_bytes`` in all."""

    def __init__(self, max_value_bytes: int, max_total_bytes: int) -> None:
        self._max_value_bytes = max_value_bytes
        self._room = max_total_bytes
        self._next_id = count(1).__next__
        self._pending: list[ArrayRecord] = []
        self._recent: deque[ArrayRecord] = deque(maxlen=_REMEMBERED)
        self._too_large = 0
        self._over_room = 0
        self.pending_bytes = 0

    def keep(self, array: Array) -> int:
        """Copy the array as it is now; returns its value id, NONE when it is too large or of a dtype that traces cannot hold."""
        nbytes = array.nbytes
        if nbytes > self._max_value_bytes:
            self._too_large += 1
            return NONE
        copy = copy_array(NONE, array)
        if copy is None:
            return NONE
        # a gradient is often reported several times in a row: as what flowed, what was contributed, and what .grad became
        try:
            known = tuple(self._recent)
        except RuntimeError:  # another thread has added one in between
            known = ()
        for recent in known:
            if recent.data == copy.data and recent.shape == copy.shape and recent.dtype == copy.dtype:
                return recent.id
        if nbytes > self._room:
            self._over_room += 1
            return NONE
        record = ArrayRecord(self._next_id(), copy.dtype, copy.shape, copy.data)
        self._recent.append(record)
        self._pending.append(record)
        self.pending_bytes += nbytes
        self._room -= nbytes
        return record.id

    def take(self) -> list[ArrayRecord]:
        """The copies not yet written; other threads may go on adding."""
        size = len(self._pending)
        taken = self._pending[:size]
        del self._pending[:size]
        self.pending_bytes = 0
        return taken

    def put_back(self, taken: list[ArrayRecord]) -> None:
        """Undo :meth:`take`."""
        self._pending[:0] = taken
        self.pending_bytes += sum(len(record.data) for record in taken)

    def notes(self) -> list[str]:
        """Sentences for people about what was left out."""
        notes: list[str] = []
        if self._too_large:
            notes.append(Message(ARRAYS_TOO_LARGE, count=self._too_large, limit=f"{self._max_value_bytes:,}"))
        if self._over_room:
            notes.append(Message(ARRAYS_OVER_ROOM, count=self._over_room))
        return notes
