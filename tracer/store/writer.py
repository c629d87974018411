"""Writing a trace: frames are appended batch by batch; whatever happens to the program, the file is readable up to there."""

from __future__ import annotations

import errno
import math
import os
import stat
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.events import EVENT_TYPES, Event
from .arrays import ArrayRecord, encode_arrays
from .encoding import encode_table
from .errors import TraceFullError, TraceWriteError
from .frames import FILE_MAGIC, FrameType, encode_frame, encode_json, join_meta
from .head import COMMON_NUMBER, OWN_NUMBER, make_head
from .interning import Positions, Strings
from .packing import PackedEvents, Row, event_to_row, pack_rows
from .slicing import select_events, values_in

__all__ = ["LEAST_BYTES", "TraceWriter", "check_path"]

LEAST_BYTES = 16 << 10
"""About what a trace without events takes."""

_EVENTS_AT_ONCE = 8192
_END_BYTES = 4096
_COPIED_AT_ONCE = 1 << 20
_ATTEMPTS = 8

_HINTS: Mapping[type[OSError], str] = {
    FileNotFoundError: "create the folder first",
    PermissionError: "choose a folder that you may write to",
    IsADirectoryError: "give the name of a file, such as run.gtrace",
    NotADirectoryError: "one of the folders in the path is a file",
}


class TraceWriter:
    """Appends to a new trace file.

    ``notes`` for people are written at the end. A trace takes no more than ``max_events`` events, and no more than fit into
    ``max_bytes`` bytes together with what stands at its end: it raises :class:`TraceFullError` then, and can be closed. (Beginning
    and end alone take some :data:`LEAST_BYTES` bytes.)

    ``strings`` and ``positions`` are the interning tables that the rows refer to. After a failed write the file is cut back to the
    last intact frame, :class:`TraceWriteError` is raised, and nothing more is written.

    Raises TraceWriteError when the file cannot be created, or exists and is no trace.
    """

    max_events: int | None = None
    max_bytes: int | None = None
    batch_events = 1 << 15
    batch_bytes = 8 << 20
    """Events, and bytes of arrays, that are worth being written together."""

    def __init__(self, path: Path | str, header: Mapping[str, Any] | None = None, positions: Positions | None = None) -> None:
        self.path = Path(path)
        self.strings = Strings()
        self.positions = positions or Positions()
        self._written_strings = 1
        self._written_positions = 1
        self.notes: list[str] = []
        self._events = 0
        self._arrays = 0
        self._is_full = False
        self._lock = threading.RLock()
        self._file = self.path.absolute()  # the program may change folders
        self._head = encode_json(make_head(header or {}))
        self._room_at_end = len(self._copy_of_head()) + _END_BYTES
        self._size = 0
        self._descriptor = _create(self.path)
        try:
            self._append(self._beginning())
        except TraceWriteError:
            with suppress(OSError):
                self.path.unlink()
            raise

    @property
    def closed(self) -> bool:
        """True after :meth:`close`, :meth:`abandon` or a failed write."""
        return self._descriptor < 0

    def write(self, rows: Mapping[int, Sequence[Row]], arrays: Sequence[ArrayRecord] = ()) -> None:
        """Append events, as rows by the number of their type (see :mod:`.packing`), and arrays, which come first in the file.

        Raises TraceWriteError when the file cannot take them.
        """
        if arrays or any(rows.values()):
            self.write_packed(pack_rows(rows, self.strings), arrays)

    def write_packed(self, packed: PackedEvents, arrays: Sequence[ArrayRecord] = ()) -> None:
        """As :meth:`write`, for events that are columns already; their strings are numbers in :attr:`strings`."""
        with self._lock:
            room = len(packed) if self.max_events is None else min(len(packed), max(0, self.max_events - self._events))
            if room < len(packed):
                self._write_first(room, packed, arrays)
                raise TraceFullError(f"the trace has {self._events:,} events, and was to have no more than {self.max_events:,}")
            self._write_fitting(packed, arrays)

    def _write_fitting(self, packed: PackedEvents, arrays: Sequence[ArrayRecord]) -> None:
        """Write all of it, or what there is room for."""
        frames, strings, positions = self._frames(packed, arrays)
        need, room = sum(map(len, frames)), self._room()
        if need > room or self._is_full:
            most = 0 if self._is_full else len(packed) - 1
            self._is_full = True
            while most > 0 and need > room:  # sizes of compressed events are not known beforehand
                most = min(most - 1, int(most * 0.95 * room / need)) if room > 0 else 0
                part, used = _first_events(most, packed, arrays)
                frames, strings, positions = self._frames(part, used)
                need = sum(map(len, frames))
            if most > 0:
                self._put(frames, strings, positions, most, len(used))
            raise TraceFullError(f"the trace has {self._size:,} bytes, and was to have no more than {self.max_bytes:,}")
        self._put(frames, strings, positions, len(packed), len(arrays))

    def _write_first(self, count: int, packed: PackedEvents, arrays: Sequence[ArrayRecord]) -> None:
        if count:
            self._write_fitting(*_first_events(count, packed, arrays))

    def _frames(self, packed: PackedEvents, arrays: Sequence[ArrayRecord]) -> tuple[list[bytes], int, int]:
        """The frames for events and arrays, and how many strings and positions are written with them."""
        frames = [encode_arrays(arrays)] if arrays else []
        # positions bring new strings with them, and what is spoken of comes first in the file
        last_position = len(self.positions.rows)  # other threads may be adding
        positions = self._new_positions(last_position)
        last_string = len(self.strings.texts)
        frames += self._new_strings(last_string) + positions
        if len(packed):
            frames.append(_encode_events(packed))
        return frames, last_string, last_position

    def _put(self, frames: Sequence[bytes], strings: int, positions: int, events: int, arrays: int) -> None:
        self._append(frames)
        self._written_strings, self._written_positions = strings, positions
        self._events += events
        self._arrays += arrays

    def _room(self) -> float:
        """How many bytes may still be written before the end."""
        return math.inf if self.max_bytes is None else self.max_bytes - self._size - self._room_at_end

    def write_events(self, events: Iterable[Event]) -> None:
        """Append events given as dataclasses."""
        batch: dict[int, list[Row]] = {}
        size = 0
        for event in events:
            number, row = event_to_row(event, self.positions)
            batch.setdefault(number, []).append(row)
            size += 1
            if size == _EVENTS_AT_ONCE:
                self.write(batch)
                batch, size = {}, 0
        self.write(batch)

    def write_source_text(self, file: str, text: str) -> None:
        """Keep the text of a source file, if there is room for it."""
        body, _ = join_meta({"file": file}, text.encode("utf-8", "surrogatepass"))
        frame = encode_frame(FrameType.SOURCE_TEXT, body, count=1, compress=True)
        with self._lock:
            if len(frame) <= self._room():
                self._append([frame])

    def close(self, notes: Sequence[str] = ()) -> None:
        """Write a copy of the header and the end record with totals and ``notes`` for people, then close.

        Does nothing when closed already. Raises TraceWriteError when the file cannot take them.
        """
        with self._lock:
            if self.closed:
                return
            totals = {
                "events": self._events,
                "arrays": self._arrays,
                "strings": self._written_strings,
                "sources": self._written_positions,
                "notes": [*self.notes, *notes],
            }
            end = encode_frame(FrameType.END, encode_json(totals), count=self._events)
            self._append([self._copy_of_head(), end])
            self.abandon()

    def move(self, name: str, header: Mapping[str, Any]) -> None:
        """Go on in another file of the same folder, under another ``header``, with all that is written by now.

        The file of before goes, unless it is another process's meanwhile. Raises TraceWriteError when there cannot be such a file,
        and goes on in the old one.
        """
        with self._lock:
            if self.closed:
                return
            target = self._file.with_name(name)
            check_path(target)
            size, head = len(b"".join(self._beginning())), self._head
            self._head = encode_json(make_head(header))
            unfinished = target.with_name(f"{target.name}.{os.getpid()}")
            try:
                descriptor = _copy(self._descriptor, size, self._size, unfinished, b"".join(self._beginning()))
                was_ours = not self.is_replaced
                unfinished.replace(target)
            except OSError as error:
                self._head = head
                with suppress(OSError):
                    unfinished.unlink()
                raise _cannot_write(target, error) from error
            os.close(self._descriptor)
            if was_ours and self._file != target:
                with suppress(OSError):
                    self._file.unlink()
            self._size += len(b"".join(self._beginning())) - size
            self._descriptor, self._file, self.path = descriptor, target, self.path.with_name(name)

    @property
    def is_replaced(self) -> bool:
        """Whether the file of this name is another's by now: of a process that records under the same name."""
        try:
            return not self.closed and not os.path.samestat(os.fstat(self._descriptor), self._file.stat())
        except OSError:  # it is gone: somebody wanted that
            return False

    def abandon(self) -> None:
        """Close without an end record: readers will say that the recording was cut off."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            with suppress(OSError):
                os.close(descriptor)

    # ---------------------------------------------------------------------------------------------------------- frames
    def _beginning(self) -> list[bytes]:
        return [FILE_MAGIC, encode_frame(FrameType.HEAD, self._head)]

    def _copy_of_head(self) -> bytes:
        return encode_frame(FrameType.HEAD, self._head, compress=True)

    def _new_strings(self, stop: int) -> list[bytes]:
        first = self._written_strings
        new = self.strings.texts[first:stop]
        if not new:
            return []
        return [encode_frame(FrameType.STRINGS, encode_json(new), count=len(new), first=first, last=stop - 1, compress=True)]

    def _new_positions(self, stop: int) -> list[bytes]:
        first, ids = self._written_positions, self.strings.ids
        new = [
            [ids[file], line, ids[function], ids[target], caller]
            for file, line, function, target, caller in self.positions.rows[first:stop]
        ]
        if not new:
            return []
        return [encode_frame(FrameType.SOURCES, encode_json(new), count=len(new), first=first, last=stop - 1, compress=True)]

    def _append(self, frames: Sequence[bytes]) -> None:
        if self.closed:
            raise TraceWriteError(self.path, "the trace is closed")
        data = memoryview(b"".join(frames))
        size = self._size + len(data)
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError as error:
            # half a frame would swallow whatever came after it
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            self.abandon()
            raise TraceWriteError(self.path, error.strerror or str(error), "what was written before is readable") from error
        self._size = size


def _encode_events(packed: PackedEvents) -> bytes:
    columns: list[tuple[int, NDArray[Any]]] = [(COMMON_NUMBER[name], values) for name, values in packed.common.items()]
    for number, own in packed.own.items():
        numbers = OWN_NUMBER[EVENT_TYPES[number]]
        columns += [(numbers[name], values) for name, values in own.items()]
    ids = packed.common["id"]
    first, last = (int(ids[0]), int(ids[-1])) if len(ids) else (0, 0)
    return encode_frame(FrameType.EVENTS, encode_table(columns), count=len(ids), first=first, last=last)


def _first_events(count: int, packed: PackedEvents, arrays: Sequence[ArrayRecord]) -> tuple[PackedEvents, Sequence[ArrayRecord]]:
    """The first events, and of the arrays those that they speak of."""
    part = select_events(packed, np.arange(len(packed)) < count)
    used = values_in(part)
    return part, [array for array in arrays if array.id in used]


def _create(path: Path) -> int:
    """Create the file anew and return its descriptor. Raises TraceWriteError."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
    try:
        for _ in range(_ATTEMPTS):
            _remove_old(path)
            with suppress(FileExistsError):  # two processes that begin at the same time must not both have one file
                return os.open(path.resolve(), flags | os.O_EXCL, 0o666)
        return os.open(path, flags | os.O_TRUNC, 0o666)  # one that cannot be removed
    except OSError as error:
        raise _cannot_write(path, error) from error


def _copy(source: int, start: int, stop: int, path: Path, beginning: bytes) -> int:
    """A new file with ``beginning`` and what ``source`` has from ``start`` to ``stop``; its descriptor. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
    try:
        data = memoryview(beginning)
        while data:
            data = data[os.write(descriptor, data) :]
            if not data and start < stop:
                os.lseek(source, start, os.SEEK_SET)
                data = memoryview(os.read(source, min(_COPIED_AT_ONCE, stop - start)))
                start += len(data)
        os.lseek(source, stop, os.SEEK_SET)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _cannot_write(path: Path, error: OSError) -> TraceWriteError:
    hint = next((hint for kind, hint in _HINTS.items() if isinstance(error, kind)), "choose another place")
    return TraceWriteError(path, error.strerror or str(error), hint)


def _remove_old(path: Path) -> None:
    """Remove an older trace of that name, rather than cut it short under a window that shows it; leave any other file alone."""
    if _is_old_trace(path):
        with suppress(OSError):
            path.resolve().unlink()


def _is_old_trace(path: Path) -> bool:
    """Whether there is a file that may be replaced. Raises OSError or TraceWriteError when there is another."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(21, "it is a folder")
    if not stat.S_ISREG(mode):
        raise TraceWriteError(path, "it is no ordinary file", "give the name of a file, such as run.gtrace")
    with path.open("rb") as old:
        start = old.read(len(FILE_MAGIC))
    if start and start != FILE_MAGIC:
        raise TraceWriteError(path, "the file exists and is not a trace", "choose another name, or remove the file first")
    return True


def check_path(path: Path) -> None:
    """Raise TraceWriteError when a trace could not be written there; leave everything as it is."""
    try:
        exists = _is_old_trace(path)
        folder = path.parent
        if not folder.exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        if not os.access(path if exists else folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise _cannot_write(path, error) from error
