"""The flight recorder: the last steps of a run in memory, and a file only when somebody asks or something has gone wrong."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..core.events import ErrorRaised, Marked, NodeCreated
from .lasting import Lasting
from .message import Message
from .ranks import rank_name
from .store.arrays import ArrayRecord
from .store.interning import Positions, Strings
from .store.packing import PackedEvents
from .store.schema import EVENT_NUMBER
from .store.slicing import concatenate_events, map_own, own_memory, packed_bytes, select_events, values_in
from .store.writer import TraceWriter, check_path
from .stored_sentences import FORGOTTEN

__all__ = ["FlightWriter"]

_MARKED, _ERROR_RAISED, _NODE_CREATED = (EVENT_NUMBER[cls] for cls in (Marked, ErrorRaised, NodeCreated))
_EVENT_BYTES = 256  # about what one takes in columns
_LEAST_EVENTS = 256
_ARRAYS_SHARED = 16  # the last arrays of a batch: the next one may speak of them too


@dataclass(frozen=True, slots=True)
class _Batch:
    events: PackedEvents
    arrays: Sequence[ArrayRecord]
    last: int
    nbytes: int


@dataclass(frozen=True, slots=True)
class _Begun:
    """A step began at ``event``; ``index`` -1: it is what comes before the first one."""

    event: int
    index: int
    label: str


class FlightWriter(TraceWriter):
    """Takes what a :class:`TraceWriter` takes, and keeps the last ``steps`` steps of it, in at most about ``max_bytes`` bytes.

    :meth:`dump` writes an ordinary trace: the first into ``path``, further ones into ``NAME-2``, ``NAME-3`` and so on.
    :meth:`close` writes one when ``wanted`` says so. Raises TraceWriteError when nothing could be written at ``path``.
    """

    def __init__(self, path: Path | str, header: Mapping[str, Any], *, steps: int, max_bytes: int) -> None:
        self.path = Path(path).absolute()  # the program may change folders
        check_path(self.path)
        self.strings = Strings()
        self.positions = Positions()
        self.notes: list[str] = []
        self.wanted = True
        self.written_at_end = ""
        self.dumps: list[Path] = []
        self._header = header
        self._steps = steps
        self._max_bytes = max_bytes
        self.batch_bytes = min(self.batch_bytes, max(max_bytes // 4, 1))
        self.batch_events = min(self.batch_events, max(max_bytes // 4 // _EVENT_BYTES, _LEAST_EVENTS))
        self._batches: deque[_Batch] = deque()
        self._bytes = 0
        self._forgotten_to = 0
        self._squeezed = False
        self._lasting = Lasting()
        self._shared: deque[ArrayRecord] = deque(maxlen=_ARRAYS_SHARED)
        self._begun: deque[_Begun] = deque([_Begun(0, 0, "step 0")])
        self._texts: dict[str, str] = {}
        self._is_closed = False
        self._lock = threading.RLock()

    @property
    def closed(self) -> bool:
        """True at the end of the recording."""
        return self._is_closed

    @property
    def kept_events(self) -> int:
        """How many events are in memory."""
        with self._lock:
            return sum(len(batch.events) for batch in self._batches)

    # --------------------------------------------------------------------------------------------------------- taking in
    def write_packed(self, packed: PackedEvents, arrays: Sequence[ArrayRecord] = ()) -> None:
        """Keep events and arrays, and forget what is older than the steps to be kept."""
        if not len(packed) and not arrays:
            return
        packed = own_memory(packed)
        nbytes = packed_bytes(packed) + sum(len(array.data) for array in arrays)
        with self._lock:
            last = int(packed.common["id"][-1]) if len(packed) else self._batches[-1].last if self._batches else 0
            self._batches.append(_Batch(packed, arrays, last, nbytes))
            self._bytes += nbytes
            self._forget()

    def write_source_text(self, file: str, text: str) -> None:
        """Keep the text of a source file."""
        self._texts[file] = text

    def step_began(self, event: int, index: int, label: str) -> None:
        """Step ``index`` begins with ``event``."""
        with self._lock:
            if index == 0:  # the program tells where its steps begin
                self._begun = deque([_Begun(0, -1, "")])
            elif self._lasting.first_end is None:
                self._lasting.first_end = event
            self._begun.append(_Begun(event, index, label))
            while len(self._begun) > self._steps + 1:
                self._begun.popleft()

    def _forget(self) -> None:
        first = self._begun[0].event
        while len(self._batches) > 1 and (self._batches[0].last < first or self._bytes > self._max_bytes):
            batch = self._batches.popleft()
            self._squeezed |= batch.last >= first
            self._bytes -= batch.nbytes
            self._forgotten_to = batch.last + 1
            self._lasting.add(batch.events)
            self._shared.extend(batch.arrays[-_ARRAYS_SHARED:])

    def move(self, name: str, header: Mapping[str, Any]) -> None:
        """Traces are to have another name and header from now on. Raises TraceWriteError when there cannot be one of that name."""
        check_path(self.path.with_name(name))
        with self._lock:
            self.path, self._header = self.path.with_name(name), header

    @property
    def is_replaced(self) -> bool:
        """Nothing has been written that could be."""
        return False

    # --------------------------------------------------------------------------------------------------------- giving out
    def close(self, notes: Sequence[str] = ()) -> None:
        """The recording is over: write what is there when that is wanted, and forget it."""
        if self._is_closed:
            return
        try:
            if self.wanted:
                what = self.summary()
                self.dump(notes)
                self.written_at_end = what
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Forget everything."""
        self._is_closed = True
        with self._lock:
            self._batches.clear()
            self._shared.clear()

    def dump(self, notes: Sequence[str] = (), why: str = "") -> Path:
        """Write what is kept into a new file, whose name is returned, and go on. Raises TraceWriteError."""
        with self._lock:
            batches, shared = list(self._batches), list(self._shared)
            steps, shown, total = self._steps_to_show(batches)
            first = max(steps[0].event, self._forgotten_to)
            older, kept = _split(batches, first)
            lasting = self._lasting_before(older, kept)
            squeezed = self._squeezed and self._forgotten_to > steps[0].event
        selection = {"keep_last": self._steps, "steps_kept": shown, "steps_in_all": total, "asked_by": why}
        header = {**self._header, "selection": {**self._header.get("selection", {}), **selection}}
        if squeezed:
            notes = [*notes, Message(FORGOTTEN, limit=f"{self._max_bytes:,}")]
        path = self._next_path()
        writer = TraceWriter(path, header, self.positions)
        writer.strings, writer.notes = self.strings, self.notes
        events = self._finished(concatenate_events([lasting, *kept]), steps)
        used = values_in(events)
        arrays = [array for array in (*shared, *(one for batch in batches for one in batch.arrays)) if array.id in used]
        writer.write_packed(events, arrays)
        for file, text in list(self._texts.items()):
            writer.write_source_text(file, text)
        writer.close(notes)
        self.dumps.append(path)
        return path

    def summary(self) -> str:
        """``"the last 3 of 1,200 steps are"``: what :meth:`dump` would write now."""
        with self._lock:
            _, shown, total = self._steps_to_show(list(self._batches))
        return "the only step is" if shown == total == 1 else f"the last {shown:,} of {total:,} steps are"

    def _steps_to_show(self, batches: Sequence[_Batch]) -> tuple[list[_Begun], int, int]:
        """The steps to write, how many that are, and how many there have been. The one under way counts once it has made a node."""
        current = self._begun[-1]
        counts = len(self._begun) == 1 or any(_has_node(batch, current.event) for batch in reversed(batches))
        begun = list(self._begun)[-self._steps :] if counts else list(self._begun)
        shown = sum(step.index >= 0 for step in begun) - (not counts)
        return begun, shown, current.index + counts

    def _lasting_before(self, older: PackedEvents, kept: Sequence[PackedEvents]) -> PackedEvents:
        """What lasts of the events that were forgotten, and of those in memory that are older than the steps to show."""
        lasting = Lasting()
        lasting.first_end = self._lasting.first_end
        everything = concatenate_events([*kept, older])
        lasting.add(self._lasting.events(everything))
        lasting.add(older)
        return lasting.events(concatenate_events(kept))

    def _finished(self, events: PackedEvents, steps: Sequence[_Begun]) -> PackedEvents:
        """The events with ids from 0 on, and the steps' own names."""
        old = events.common["id"]
        order = np.argsort(old, kind="stable")

        def renumbered(ids: Any) -> Any:
            place = np.searchsorted(old, ids, sorter=order)
            place = order[np.minimum(place, len(order) - 1)]
            return np.where(old[place] == ids, place, -1)

        names = {step.event: step.label for step in steps}
        marks = old[events.common["kind"] == _MARKED].tolist()
        ids = self.strings.ids
        new_texts = [ids[names[mark]] if mark in names else -1 for mark in marks]
        events = map_own(
            events, _MARKED, "text", lambda texts: np.where(np.array(new_texts) >= 0, new_texts, texts).astype(texts.dtype)
        )
        events = map_own(events, _ERROR_RAISED, "cause", renumbered)
        return PackedEvents({**events.common, "id": np.arange(len(old))}, events.own)

    def _next_path(self) -> Path:
        number = len(self.dumps) + 1
        if number == 1:
            return self.path
        rank = rank_name(self.path)
        if rank is not None:
            return self.path.with_name(str(replace(rank, stem=f"{rank.stem}-{number}")))
        return self.path.with_name(f"{self.path.stem}-{number}{self.path.suffix}")


def _has_node(batch: _Batch, first: int) -> bool:
    common = batch.events.common
    return bool((common["id"][common["kind"] == _NODE_CREATED] >= first).any())


def _split(batches: Sequence[_Batch], first: int) -> tuple[PackedEvents, list[PackedEvents]]:
    """The events before ``first``, and those from it on."""
    older = [select_events(batch.events, batch.events.common["id"] < first) for batch in batches]
    kept = [select_events(batch.events, batch.events.common["id"] >= first) for batch in batches]
    return concatenate_events(older), kept
