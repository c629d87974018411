"""Writing a trace: frames are appended batch by batch; whatever happens to the program, the file is readable up to there."""

from __future__ import annotations

import errno
import os
import stat
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
from .slicing import select_events

__all__ = ["TraceWriter", "check_path"]

_EVENTS_AT_ONCE = 8192

_HINTS: Mapping[type[OSError], str] = {
    FileNotFoundError: "create the folder first",
    PermissionError: "choose a folder that you may write to",
    IsADirectoryError: "give the name of a file, such as run.gtrace",
    NotADirectoryError: "one of the folders in the path is a file",
}


class TraceWriter:
    """Appends to a new trace file. Not safe for several threads at once.

    ``notes`` for people are written at the end. A trace takes no more than ``max_events`` events, and nothing once it has
    ``max_bytes`` bytes: it raises :class:`TraceFullError` then, and can be closed.

    ``strings`` and ``positions`` are the interning tables that the rows refer to. After a failed write the file is cut back to the
    last intact frame, :class:`TraceWriteError` is raised, and nothing more is written.

    Raises TraceWriteError when the file cannot be created, or exists and is no trace.
    """

    max_events: int | None = None
    max_bytes: int | None = None

    def __init__(self, path: Path | str, header: Mapping[str, Any] | None = None, positions: Positions | None = None) -> None:
        self.path = Path(path)
        self.strings = Strings()
        self.positions = positions or Positions()
        self._written_strings = 1
        self._written_positions = 1
        self.notes: list[str] = []
        self._events = 0
        self._arrays = 0
        self._head = encode_json(make_head(header or {}))
        self._size = 0
        self._descriptor = _create(self.path)
        try:
            self._append([FILE_MAGIC, encode_frame(FrameType.HEAD, self._head)])
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
        self._check_limits()
        if self.max_events is not None and self._events + len(packed) > self.max_events:
            self.write_packed(select_events(packed, np.arange(len(packed)) < self.max_events - self._events), arrays)
            self._check_limits()
        frames = [encode_arrays(arrays)] if arrays else []
        # positions bring new strings with them, and what is spoken of comes first in the file
        last_position = len(self.positions.rows)  # other threads may be adding
        positions = self._new_positions(last_position)
        last_string = len(self.strings.texts)
        frames += self._new_strings(last_string) + positions
        if len(packed):
            frames.append(_encode_events(packed))
        self._append(frames)
        self._written_strings, self._written_positions = last_string, last_position
        self._events += len(packed)
        self._arrays += len(arrays)

    def _check_limits(self) -> None:
        for size, limit, unit in ((self._events, self.max_events, "events"), (self._size, self.max_bytes, "bytes")):
            if limit is not None and size >= limit:
                raise TraceFullError(f"the trace has {size:,} {unit}, and was to have no more than {limit:,}")

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
        """Keep the text of a source file."""
        body, _ = join_meta({"file": file}, text.encode("utf-8", "surrogatepass"))
        self._append([encode_frame(FrameType.SOURCE_TEXT, body, count=1, compress=True)])

    def close(self, notes: Sequence[str] = ()) -> None:
        """Write a copy of the header and the end record with totals and ``notes`` for people, then close.

        Does nothing when closed already. Raises TraceWriteError when the file cannot take them.
        """
        if self.closed:
            return
        totals = {
            "events": self._events,
            "arrays": self._arrays,
            "strings": self._written_strings,
            "sources": self._written_positions,
            "notes": [*self.notes, *notes],
        }
        head = encode_frame(FrameType.HEAD, self._head, compress=True)
        self._append([head, encode_frame(FrameType.END, encode_json(totals), count=self._events)])
        self.abandon()

    def abandon(self) -> None:
        """Close without an end record: readers will say that the recording was cut off."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            with suppress(OSError):
                os.close(descriptor)

    # ---------------------------------------------------------------------------------------------------------- frames
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


def _create(path: Path) -> int:
    """Create the file anew and return its descriptor. Raises TraceWriteError."""
    try:
        _remove_old(path)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        return os.open(path, flags, 0o666)
    except OSError as error:
        raise _cannot_write(path, error) from error


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
