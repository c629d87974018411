"""When pending events are written, and what goes with them."""

from __future__ import annotations

import threading
from time import perf_counter_ns

from .copies import ArrayCopies
from .environment import read_source
from .event_log import EventLog
from .store.arrays import ArrayRecord
from .store.writer import TraceWriter

__all__ = ["Batches"]

_AFTER = 1_000_000_000  # ns
_SHARE = 100  # writing may take a hundredth of the time, when it is not the number of events that asks for it

_SOURCE_BYTES = 32 << 20


class Batches:
    """The events and arrays not yet written, and the writer they go to.

    Memory is bounded: a batch is due after thousands of events, some megabytes of arrays, or a second; :meth:`flush_soon` asks for
    one earlier. One thread at a time writes, while others go on adding.
    """

    def __init__(self, writer: TraceWriter, log: EventLog, copies: ArrayCopies, sources: bool) -> None:
        self._log = log
        self._writer = writer
        self._events, self._bytes = writer.batch_events, writer.batch_bytes  # a batch costs milliseconds however small it is
        self._copies = copies
        self._lock = threading.Lock()
        now = perf_counter_ns()
        self._full_at = self._next_full(0)
        self._due = now + _AFTER
        self._soon = now
        self._source_room = _SOURCE_BYTES if sources else 0
        self._searched_positions = 1
        self._searched_files: set[str] = set()

    def is_due(self, event_id: int, now: int) -> bool:
        """Whether it is time to write, at event ``event_id`` and clock reading ``now``."""
        return event_id >= self._full_at or now >= self._due or self._copies.pending_bytes >= self._bytes

    def _next_full(self, event_id: int) -> int:
        """The event at which there are enough to write: a batch of them, or as many as the trace may have."""
        limit = self._writer.max_events
        return event_id + self._events if limit is None else min(event_id + self._events, max(event_id + 1, limit))

    def flush_soon(self, event_id: int) -> None:
        """Write now, unless that would take too large a share of the time and there is not much to write."""
        began = perf_counter_ns()
        if began >= self._soon or event_id >= self._full_at:
            self.flush(event_id)
            ended = perf_counter_ns()
            self._soon = ended + _SHARE * (ended - began)

    def flush(self, event_id: int, wait: bool = False) -> None:
        """Write what is pending; when another thread is just doing that, leave it to it, or ``wait`` for it first.

        Raises TraceWriteError when the file cannot take it.
        """
        if not self._lock.acquire(blocking=wait):
            return
        try:
            began = perf_counter_ns()
            self._full_at = self._next_full(event_id)
            self._write_pending()
            ended = perf_counter_ns()
            self._due = ended + _AFTER + _SHARE * (ended - began)
        finally:
            self._lock.release()

    def _write_pending(self) -> None:
        if self._log.empty and not self._copies.pending_bytes:
            return
        arrays: list[ArrayRecord] = []
        try:
            packed, mark = self._log.pending()
            arrays = self._copies.take()  # after the events that speak of them
            self._writer.write_packed(packed, arrays)
        except RecursionError:  # too deep in the program's calls: there will be a better moment
            self._copies.put_back(arrays)
            return
        self._log.drop(mark)
        self._write_sources()

    def _write_sources(self) -> None:
        """Keep the text of the files that new positions are in."""
        rows = self._writer.positions.rows
        stop = len(rows)
        for file in dict.fromkeys(row[0] for row in rows[self._searched_positions : stop]):
            if file in self._searched_files or not self._source_room:
                continue
            self._searched_files.add(file)
            text = read_source(file, self._source_room)
            if text is not None:
                self._source_room = max(0, self._source_room - len(text))
                self._writer.write_source_text(file, text)
        self._searched_positions = stop
