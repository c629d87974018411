"""Reading a trace: every frame is checked, what is damaged is left out and said so.

Nothing in a file is trusted: sizes are checked before they are used, data types come from an allow-list, a budget bounds what
a file may unfold into, and nothing is ever executed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.events import EVENT_TYPES, Array
from ..message import Message, clauses
from .arrays import StoredArray, index_arrays, read_array
from .encoding import Entry, decode_column, read_directory
from .errors import TraceFormatError
from .frames import FILE_MAGIC, FLAG_ZLIB, Budget, Damage, Frame, FrameType, RandomAccessFile, decode_json, scan, split_meta, unzip
from .head import FileSchema, read_head
from .interning import PositionRow, positions_from_rows
from .packing import Columns
from .schema import COLUMN_DTYPES, COMMON_COLUMNS, SCHEMAS
from .tables import LOST, Tables

__all__ = ["TraceReader", "read_tables"]

_LOST = "(lost)"
_LOST_POSITION: PositionRow = ("", 0, "", "", 0)

_BUDGET_FLOOR = 1 << 30
_BUDGET_RATIO = 300  # bytes in memory for a byte in the file: traces have about 30

_ID_RATIO = 16  # event ids for a byte in the file
_GAP_LIMIT = 1 << 20  # interned numbers or event ids that may be missing


class TraceReader:
    """Opens a trace and reads its frames; :attr:`tables` is what it holds.

    Own columns, arrays and source texts are read from the file when they are asked for, so the reader stays open as long as its
    tables are used. Raises TraceFormatError when the file is no trace, has no readable header, or needs a newer gradtrace.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.problems: list[str] = []
        self._file = RandomAccessFile(self.path)
        self._budget = Budget(_BUDGET_FLOOR + _BUDGET_RATIO * self._file.size)
        self._schema: FileSchema | None = None
        self._header: Mapping[str, Any] = {}
        self._strings: list[str] = [""]
        self._positions: list[tuple[Any, ...]] = [_LOST_POSITION]
        self._event_frames: list[tuple[Frame, bytes]] = []
        self._chunks: list[FileChunk] = []
        self._arrays: dict[int, StoredArray] = {}
        self._source_frames: dict[str, tuple[Frame, int]] = {}
        self._totals: Mapping[str, Any] | None = None
        self._lock = threading.Lock()
        try:
            self.tables = self._read()
        except MemoryError as error:
            self.close()
            raise TraceFormatError(Message("the trace {path} is too large for this machine's memory", path=self.path)) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file: columns, arrays and source texts not read yet are then out of reach."""
        self._file.close()

    # ----------------------------------------------------------------------------------------------------------- frames
    def _read(self) -> Tables:
        self._check_magic()
        damage: list[Damage] = []
        for frame, body in scan(self._file, damage, self._budget):
            self._take(frame, body)
        if self._schema is None:
            raise TraceFormatError(
                Message("{path} has no readable header; it is damaged, or the recording never began", path=self.path)
            )
        for frame, body in self._event_frames:  # came before the header's copy
            self._take_events(frame, body)
        self._drop_repeated_ids()
        self._report(damage)
        return Tables(
            chunks=self._chunks,
            strings=self._strings,
            sources=positions_from_rows([self._position(row) for row in self._positions]),
            header=self._header,
            problems=self.problems,
            notes=self._notes(),
            read_value=self._value,
            read_source=self._source_text,
            source_files=list(self._source_frames),
            close=self.close,
        )

    def _check_magic(self) -> None:
        start = self._file.read(0, len(FILE_MAGIC))
        if not start:
            raise TraceFormatError(Message("{path} is empty; the recording never began", path=self.path))
        if start != FILE_MAGIC:
            raise TraceFormatError(Message("{path} is not a gradtrace trace", path=self.path))

    def _take(self, frame: Frame, body: bytes) -> None:
        if frame.type == FrameType.HEAD:
            if self._schema is None:
                try:
                    self._header, self._schema = read_head(decode_json(body))
                except TraceFormatError as error:
                    raise TraceFormatError(Message("cannot read {path}: {reason}", path=self.path, reason=str(error))) from error
            return
        take = _TAKERS.get(frame.type)
        if take is None:
            return  # of a later version
        try:
            take(self, frame, body)
        except TraceFormatError as error:
            self._problem(Message("the part at byte {byte} was left out: {reason}", byte=frame.offset, reason=error.message))

    def _take_strings(self, frame: Frame, body: bytes) -> None:
        texts = decode_json(body)
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise TraceFormatError("it holds no list of strings")
        self._fill_gap(self._strings, frame.first, _LOST)
        self._strings += texts

    def _take_sources(self, frame: Frame, body: bytes) -> None:
        rows = decode_json(body)
        if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) >= 5 for row in rows):
            raise TraceFormatError("it holds no list of source positions")
        if not all(type(value) is int and 0 <= value < 1 << 62 for row in rows for value in row[:5]):
            raise TraceFormatError("it holds no list of source positions")
        self._fill_gap(self._positions, frame.first, _LOST_POSITION)
        self._positions += [tuple(row[:5]) for row in rows]

    def _fill_gap(self, table: list[Any], first: int, placeholder: Any) -> None:
        """Let ``table`` go on at ``first``: the definitions between may have been in a damaged frame."""
        if not len(table) <= first <= len(table) + _GAP_LIMIT:
            raise TraceFormatError("its numbers do not follow on those before")
        missing = first - len(table)
        if missing:
            self._problem("some names or source positions were lost")
            table += [placeholder] * missing

    def _take_events(self, frame: Frame, body: bytes) -> None:
        if self._schema is None:
            self._event_frames.append((frame, body))
            return
        chunk = FileChunk(self, frame, body, self._schema)
        ids = chunk.common["id"]
        if len(ids) and int(ids[-1]) >= _ID_RATIO * self._file.size + _GAP_LIMIT:
            raise TraceFormatError("its event ids make no sense")
        self._chunks.append(chunk)

    def _take_arrays(self, frame: Frame, body: bytes) -> None:
        self._arrays.update(index_arrays(frame, body))

    def _take_source_text(self, frame: Frame, body: bytes) -> None:
        meta, start = split_meta(body)
        if not isinstance(meta, dict) or not isinstance(meta.get("file"), str):
            raise TraceFormatError("it does not say which source file it holds")
        self._source_frames[meta["file"]] = (frame, start)

    def _take_end(self, frame: Frame, body: bytes) -> None:  # noqa: ARG002  one signature for all
        totals = decode_json(body)
        if not isinstance(totals, dict):
            raise TraceFormatError("the end record makes no sense")
        self._totals = totals

    def _drop_repeated_ids(self) -> None:
        """Each event has one id: of chunks that claim the same one the first is right."""
        ids = [chunk.common["id"] for chunk in self._chunks]
        everything = np.concatenate(ids) if ids else np.zeros(0, np.int64)
        if (np.diff(everything) > 0).all() or len(np.unique(everything)) == len(everything):
            return
        seen = np.zeros(int(everything.max()) + 1, np.bool_)
        kept: list[FileChunk] = []
        for chunk, chunk_ids in zip(self._chunks, ids, strict=True):
            if not seen[chunk_ids].any():
                seen[chunk_ids] = True
                kept.append(chunk)
        self._chunks = kept
        self._problem("parts of the trace that repeat events were left out")

    # --------------------------------------------------------------------------------------------------------- reporting
    def _problem(self, sentence: str) -> None:
        if sentence not in self.problems:
            self.problems.append(sentence)

    def _report(self, damage: list[Damage]) -> None:
        for stretch in damage:
            size = stretch.stop - stretch.start
            if not stretch.tail:
                self._problem(Message("{size} bytes at byte {byte} are damaged and were left out", size=size, byte=stretch.start))
        if self._totals is None:
            rest = sum(stretch.stop - stretch.start for stretch in damage if stretch.tail)
            parts = [Message("the recording was cut off, or is still being written: there is no end record")]
            parts += [Message("the last {rest} bytes are incomplete and were left out", rest=rest)] if rest else []
            self._problem(clauses(*parts))
        elif any(stretch.tail for stretch in damage):
            self._problem("the file ends with bytes that do not belong to the trace; they were left out")
        self._report_missing()

    def _report_missing(self) -> None:
        read = sum(len(chunk.common["id"]) for chunk in self._chunks)
        last = max((int(chunk.common["id"][-1]) for chunk in self._chunks if len(chunk.common["id"])), default=-1)
        total = self._totals.get("events") if self._totals else None
        expected = max(last + 1, total) if type(total) is int else last + 1
        if expected > read:
            self._problem(Message("{lost} of {total} events could not be read", lost=expected - read, total=expected))
        if self._schema and self._schema.unknown_types:
            unknown = sum(int((chunk.common["kind"] == LOST).sum()) for chunk in self._chunks)
            if unknown:
                names = ", ".join(sorted(self._schema.unknown_types.values()))[:200]
                said = {"count": unknown, "names": names}
                self._problem(Message("events of types that only a newer gradtrace knows were left out: {count} ({names})", **said))

    def _notes(self) -> list[str]:
        notes = self._totals.get("notes") if self._totals else None
        return [note for note in notes if isinstance(note, str)] if isinstance(notes, list) else []

    # ---------------------------------------------------------------------------------------------------------- contents
    def _position(self, row: tuple[Any, ...]) -> PositionRow:
        if row is _LOST_POSITION:
            return _LOST_POSITION
        file, line, function, target, caller = row
        text = self._text
        return (text(file), line, text(function), text(target), caller)

    def _text(self, number: int) -> str:
        return self._strings[number] if number < len(self._strings) else _LOST

    def _value(self, value_id: int) -> Array | None:
        stored = self._arrays.get(value_id)
        if stored is None:
            return None
        try:
            return read_array(self._file, stored)
        except TraceFormatError as error:
            self._problem(Message("the recorded array {number} cannot be shown: {reason}", number=value_id, reason=error.message))
            return None

    def _source_text(self, file: str) -> str | None:
        found = self._source_frames.get(file)
        if found is None:
            return None
        frame, start = found
        try:
            body = _reread(self._file, frame, self._budget)
        except TraceFormatError as error:
            self._problem(Message("the recorded text of {file} cannot be shown: {reason}", file=file, reason=error.message))
            return None
        return body[start:].decode("utf-8", "replace")

    def read_columns(self, chunk: FileChunk, number: int) -> Columns:
        """The own columns of one event type of a chunk; unreadable ones are left out."""
        columns: Columns = {}
        for entry, name in chunk.own_entries.get(number, ()):
            try:
                columns[name] = self._read_column(chunk, entry, number, name)
            except TraceFormatError as error:
                self._problem(_left_out(number, name, error.message))
        return _consistent(columns, number, chunk.rows(number), self._problem)

    def _read_column(self, chunk: FileChunk, entry: Entry, number: int, name: str) -> NDArray[Any]:
        data = self._file.read(chunk.frame.body + entry.offset, entry.length)
        kind = SCHEMAS[EVENT_TYPES[number]].columns[name].kind
        try:
            with self._lock:
                return decode_column(entry, data, kind, self._budget)
        except MemoryError as error:
            raise TraceFormatError("it does not fit into memory") from error


_TAKERS: Mapping[int, Callable[[TraceReader, Frame, bytes], None]] = {
    FrameType.STRINGS: TraceReader._take_strings,
    FrameType.SOURCES: TraceReader._take_sources,
    FrameType.EVENTS: TraceReader._take_events,
    FrameType.VALUES: TraceReader._take_arrays,
    FrameType.SOURCE_TEXT: TraceReader._take_source_text,
    FrameType.END: TraceReader._take_end,
}


class FileChunk(Mapping[int, Mapping[str, NDArray[Any]]]):
    """The events of one EVENTS frame; as a mapping it gives the own columns by event type, read when asked for.

    Raises TraceFormatError when the columns common to all events make no sense.
    """

    def __init__(self, reader: TraceReader, frame: Frame, body: bytes, schema: FileSchema) -> None:
        self._reader = reader
        self.frame = frame
        self.common: Columns = {}
        self.own_entries: dict[int, list[tuple[Entry, str]]] = {}
        for entry in read_directory(body):
            data = body[entry.offset : entry.offset + entry.length]
            if entry.column in schema.common:
                column = schema.common[entry.column]
                self.common[column.name] = decode_column(entry, data, column.kind, reader._budget)
            elif entry.column in schema.own:
                number, column = schema.own[entry.column]
                self.own_entries.setdefault(number, []).append((entry, column.name))
        self._complete_common(schema)

    @property
    def own(self) -> Mapping[int, Mapping[str, NDArray[Any]]]:
        """The own columns by the number of the event type."""
        return self

    def rows(self, number: int) -> int:
        """How many events of a type there are."""
        return int((self.common["kind"] == number).sum())

    def __getitem__(self, number: int) -> Mapping[str, NDArray[Any]]:
        return self._reader.read_columns(self, number)

    def __iter__(self) -> Iterator[int]:
        return iter(self.own_entries)

    def __len__(self) -> int:
        return len(self.own_entries)

    def _complete_common(self, schema: FileSchema) -> None:
        ids, kinds = self.common.get("id"), self.common.get("kind")
        if ids is None or kinds is None or any(len(values) != len(ids) for values in self.common.values()):
            raise TraceFormatError("its columns do not fit together")
        if len(ids) and (int(ids[0]) < 0 or (ids[1:] <= ids[:-1]).any()):
            raise TraceFormatError("its event ids are not in order")
        for name, column in COMMON_COLUMNS.items():
            if name not in self.common:
                self.common[name] = np.zeros(len(ids), COLUMN_DTYPES[column.kind])
        here = np.full(len(ids), LOST, np.int64)
        for number in np.unique(kinds).tolist():
            here[kinds == number] = schema.kinds.get(number, LOST)
        self.common["kind"] = here


def _consistent(columns: Columns, number: int, rows: int, problem: Any) -> Columns:
    """Without the columns whose length does not fit the number of rows, or the row lengths that go with them."""
    kept: Columns = {}
    for field in SCHEMAS[EVENT_TYPES[number]].fields:
        lengths = columns.get(field.lengths)
        names = [column.name for column in field.columns if column.name in columns]
        if field.lengths:
            fits = lengths is not None and len(lengths) == rows and not (lengths < 0).any()
            values = int(lengths.sum(dtype=object)) if lengths is not None and fits else -1
            if lengths is not None and fits and all(len(columns[name]) == values for name in names):
                kept[field.lengths] = lengths
                kept.update((name, columns[name]) for name in names)
            elif names:
                problem(_left_out(number, field.name, Message("its rows make no sense")))
            continue
        for name in names:
            if len(columns[name]) == rows:
                kept[name] = columns[name]
            else:
                problem(_left_out(number, name, Message("it has the wrong length")))
    return kept


def _left_out(number: int, name: str, reason: Message) -> Message:
    return Message("a column was left out: {column}: {reason}", column=f"{EVENT_TYPES[number].__name__}.{name}", reason=reason)


def _reread(file: RandomAccessFile, frame: Frame, budget: Budget) -> bytes:
    """The body of a frame that was read before."""
    data = file.read(frame.body, frame.length)
    return unzip(data, budget) if frame.flags & FLAG_ZLIB else data


def read_tables(path: Path | str) -> Tables:
    """Open a trace. Raises TraceFormatError when it cannot be read; what merely is damaged is listed in ``problems``."""
    return TraceReader(path).tables
