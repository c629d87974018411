"""The frame: the unit of a trace file that is written at once, checked on its own, and skipped when unknown.

A file is :data:`FILE_MAGIC` followed by frames; a frame is a header of 56 bytes and a body. See ``docs/trace-format.md``.
"""

from __future__ import annotations

import json
import os
import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from ..message import Message
from .errors import TraceFormatError

__all__ = [
    "FILE_MAGIC",
    "FLAG_ZLIB",
    "FRAME_MAGIC",
    "HEADER_SIZE",
    "Budget",
    "Damage",
    "Frame",
    "FrameType",
    "RandomAccessFile",
    "decode_json",
    "encode_frame",
    "encode_json",
    "join_meta",
    "scan",
    "split_meta",
    "unzip",
]

FILE_MAGIC = b"\x89GTR\r\n\x1a\n"
"""First bytes of every trace: like PNG's they show when a transfer has mangled line ends or the eighth bit."""

FRAME_MAGIC = b"\xf7GTF"

FLAG_ZLIB = 1
"""The whole body is one zlib stream."""

_KNOWN_FLAGS = FLAG_ZLIB
_MUST_UNDERSTAND = 0x00FF  # a frame with an unknown flag among these is skipped; the other flags may be ignored

_HEADER = struct.Struct("<4sHHIIQQQIIII")
_HEADER_CRC = struct.Struct("<I")
_META_LENGTH = struct.Struct("<I")

HEADER_SIZE = _HEADER.size

_SEARCH_BLOCK = 1 << 20
_MAX_CHECKED = 1 << 30


class FrameType(IntEnum):
    """What a frame holds. Numbers are never reused; 8 to 13 are reserved for what the format's document foresees."""

    HEAD = 1
    STRINGS = 2
    SOURCES = 3
    EVENTS = 4
    VALUES = 5
    SOURCE_TEXT = 6
    END = 7


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame's header, and where its body is.

    ``count``, ``first`` and ``last`` mean what the type says; ``checked`` is how many bytes at the start of the body ``checksum``
    covers (all but in VALUES frames, whose arrays have a checksum each).
    """

    type: int
    flags: int
    count: int
    checksum: int
    first: int
    last: int
    length: int
    checked: int
    offset: int

    @property
    def body(self) -> int:
        """Where the body begins in the file."""
        return self.offset + HEADER_SIZE

    @property
    def end(self) -> int:
        """Where the next frame begins."""
        return self.body + self.length


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of the file that is no readable frame; ``tail`` when it reaches the end and looks like an unfinished write."""

    start: int
    stop: int
    tail: bool


class Budget:
    """How many bytes reading a file may still produce: a small file must not unfold into all of the memory."""

    def __init__(self, nbytes: int) -> None:
        self.left = nbytes

    def take(self, nbytes: int) -> None:
        """Spend. Raises TraceFormatError when nothing is left."""
        if nbytes < 0 or nbytes > self.left:
            raise TraceFormatError("the trace claims to hold far more data than a file of its size can; it was not read further")
        self.left -= nbytes


class RandomAccessFile:
    """A file read by position. Never memory-mapped: a file truncated under a mapping kills the process that reads it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise TraceFormatError(
                Message("cannot open the trace {path}: {reason}", path=path, reason=error.strerror or error)
            ) from error
        self._lock = threading.Lock()
        try:
            self.size = os.fstat(self._descriptor).st_size
            if path.is_dir():
                raise TraceFormatError(Message("{path} is a folder, not a trace", path=path))
        except BaseException:
            self.close()
            raise

    def read(self, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset``; fewer at the end of the file. Raises TraceFormatError when reading fails."""
        try:
            if hasattr(os, "pread"):
                return os.pread(self._descriptor, length, offset)
            with self._lock:  # Windows has no pread
                os.lseek(self._descriptor, offset, os.SEEK_SET)
                return os.read(self._descriptor, length)
        except (OSError, OverflowError) as error:
            raise TraceFormatError(Message("cannot read the trace {path}: {reason}", path=self.path, reason=str(error))) from error

    def close(self) -> None:
        """Close; more than once does no harm."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            self.close()


# --------------------------------------------------------------------------------------------------------------- writing
def encode_frame(
    frame_type: FrameType,
    body: bytes,
    *,
    count: int = 0,
    first: int = 0,
    last: int = 0,
    checked: int | None = None,
    compress: bool = False,
) -> bytes:
    """A whole frame.

    ``checked`` bytes of the body are covered by its checksum (default: all); ``compress`` when that makes it smaller.
    """
    flags = 0
    if compress:
        zipped = zlib.compress(body, 1)
        if len(zipped) < len(body):
            body, flags = zipped, FLAG_ZLIB
    covered = len(body) if checked is None else checked
    header = _HEADER.pack(
        FRAME_MAGIC, frame_type, flags, count, zlib.crc32(body[:covered]), first, last, len(body), covered, 0, 0, 0
    )
    header = header[: -_HEADER_CRC.size]
    return header + _HEADER_CRC.pack(zlib.crc32(header)) + body


def encode_json(value: Any) -> bytes:
    """Compact ASCII JSON (lone surrogates, as in undecodable file names, survive as escapes)."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def join_meta(meta: Any, payload: bytes) -> tuple[bytes, int]:
    """A body of JSON followed by raw bytes, and the length of its JSON part."""
    text = encode_json(meta)
    head = _META_LENGTH.pack(len(text)) + text
    return head + payload, len(head)


# --------------------------------------------------------------------------------------------------------------- reading
def decode_json(data: bytes) -> Any:
    """Parse JSON of a file. Raises TraceFormatError when it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise TraceFormatError(Message("a part of the trace is not valid JSON: {reason}", reason=str(error))) from error


def split_meta(body: bytes) -> tuple[Any, int]:
    """The JSON at the start of a body, and where the raw bytes after it begin. Raises TraceFormatError."""
    if len(body) < _META_LENGTH.size:
        raise TraceFormatError("a frame of the trace is too short")
    (length,) = _META_LENGTH.unpack_from(body)
    start = _META_LENGTH.size + length
    if start > len(body):
        raise TraceFormatError("a frame of the trace is too short")
    return decode_json(body[_META_LENGTH.size : start]), start


def unzip(data: bytes, budget: Budget, expected: int | None = None) -> bytes:
    """Decompress within the budget; to exactly ``expected`` bytes when given. Raises TraceFormatError."""
    limit = budget.left if expected is None else expected
    try:
        # a max_length of 0 would mean "no limit"
        result = zlib.decompressobj().decompress(data, limit + 1)
    except zlib.error as error:
        raise TraceFormatError(Message("a compressed part of the trace is damaged: {reason}", reason=str(error))) from error
    if expected is not None and len(result) != expected:
        raise TraceFormatError("a compressed part of the trace has the wrong length")
    budget.take(len(result))
    return result


def scan(file: RandomAccessFile, damage: list[Damage], budget: Budget) -> Iterator[tuple[Frame, bytes]]:
    """All intact frames with the checked part of their bodies (decompressed).

    What lies between them is appended to ``damage``: after a bad header or body the search goes on for the next intact frame.
    """
    # a file full of false headers could make us check the same bytes over and over
    checks = Budget(4 * file.size + (1 << 26))
    offset = len(FILE_MAGIC)
    bad_since: int | None = None
    unfinished = False
    while offset < file.size:
        frame = _read_header(file, offset)
        body = None
        if frame is not None:
            unfinished = unfinished or frame.end > file.size
            body = _read_body(file, frame, checks)
        if frame is None or body is None:
            bad_since = offset if bad_since is None else bad_since
            offset = _find_header(file, offset + 1)
            continue
        if bad_since is not None:
            damage.append(Damage(bad_since, offset, tail=False))
            bad_since, unfinished = None, False
        offset = frame.end
        if frame.flags & _MUST_UNDERSTAND & ~_KNOWN_FLAGS:
            continue
        yield frame, unzip(body, budget) if frame.flags & FLAG_ZLIB else body
    if bad_since is not None:
        short = file.size - bad_since < HEADER_SIZE
        damage.append(Damage(bad_since, file.size, tail=unfinished or short))


def _read_header(file: RandomAccessFile, offset: int) -> Frame | None:
    data = file.read(offset, HEADER_SIZE)
    if len(data) < HEADER_SIZE:
        return None
    magic, kind, flags, count, checksum, first, last, length, checked, _, _, header_checksum = _HEADER.unpack(data)
    if magic != FRAME_MAGIC or zlib.crc32(data[: -_HEADER_CRC.size]) != header_checksum:
        return None
    return Frame(kind, flags, count, checksum, first, last, length, checked, offset)


def _read_body(file: RandomAccessFile, frame: Frame, checks: Budget) -> bytes | None:
    if frame.end > file.size or frame.checked > frame.length or frame.checked > _MAX_CHECKED:
        return None
    checks.take(frame.checked)
    body = file.read(frame.body, frame.checked)
    if len(body) != frame.checked or zlib.crc32(body) != frame.checksum:
        return None
    return body


def _find_header(file: RandomAccessFile, offset: int) -> int:
    """Where the next frame magic is from ``offset`` on, or the end of the file."""
    while offset < file.size:
        block = file.read(offset, _SEARCH_BLOCK)
        found = block.find(FRAME_MAGIC)
        if found >= 0:
            return offset + found
        if len(block) < _SEARCH_BLOCK:
            break
        offset += len(block) - len(FRAME_MAGIC) + 1
    return file.size
