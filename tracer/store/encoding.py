"""Columns as bytes: each is stored constant, plain or as differences, in the narrowest integers that hold it, then with zlib.

A table of columns is a count, a directory entry of 24 bytes for each column, and the columns' bytes end to end.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import TraceFormatError
from .frames import Budget, unzip
from .schema import COLUMN_DTYPES, ColumnKind

__all__ = ["Entry", "decode_column", "encode_table", "read_directory"]

_COUNT = struct.Struct("<I")
_ENTRY = struct.Struct("<HBBBBHIIq")  # column, codec, stored dtype, packing, 0, 0, values, bytes, first value


class _Codec(IntEnum):
    PLAIN = 0
    CONSTANT = 1
    DELTA = 2


class _Packing(IntEnum):
    NONE = 0
    ZLIB = 1
    SHUFFLED_ZLIB = 2  # first bytes of all values, then all second bytes, ...


_STORED = tuple(np.dtype(code) for code in ("<u1", "<i1", "<u2", "<i2", "<u4", "<i4", "<i8", "<f4", "<f8"))
_STORED_NUMBER = {dtype: number for number, dtype in enumerate(_STORED)}
_INTEGERS = tuple((int(np.iinfo(dtype).min), int(np.iinfo(dtype).max), dtype) for dtype in _STORED[:7])
_NOTHING, _NOTHING_FLOAT = np.zeros(0, "<u1"), np.zeros(0, "<f8")

_WORTH_ZLIB = 64  # bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A column in the directory of a table: its number, how it is stored, and where, relative to the table's start."""

    column: int
    codec: int
    stored: int
    packing: int
    count: int
    length: int
    first: int
    offset: int


# --------------------------------------------------------------------------------------------------------------- writing
def encode_table(columns: Sequence[tuple[int, NDArray[Any]]]) -> bytes:
    """The bytes of a table of ``(column number, values)``."""
    entries: list[bytes] = []
    data: list[bytes] = []
    for number, values in columns:
        codec, stored, first = _encode(values)
        packing, packed = _pack(stored)
        entries.append(_ENTRY.pack(number, codec, _STORED_NUMBER[stored.dtype], packing, 0, 0, len(values), len(packed), first))
        data.append(packed)
    return b"".join([_COUNT.pack(len(entries)), *entries, *data])


def _encode(values: NDArray[Any]) -> tuple[_Codec, NDArray[Any], int]:
    constant = _is_constant(values)
    if values.dtype.kind == "f":
        if constant:
            return _Codec.CONSTANT, _NOTHING_FLOAT, int(values[:1].view(np.int64)[0])
        return _Codec.PLAIN, _narrow_floats(values), 0
    if not len(values):
        return _Codec.PLAIN, _NOTHING, 0
    if constant:
        return _Codec.CONSTANT, _NOTHING, int(values[0])
    integers = values.astype(np.int64, copy=False)
    first = int(integers[0])
    plain, delta = _narrow(integers), _narrow(integers[1:] - integers[:-1])
    if delta.itemsize < plain.itemsize or (delta.itemsize == plain.itemsize and _variety(delta) < _variety(plain)):
        return _Codec.DELTA, delta, first
    return _Codec.PLAIN, plain, 0


def _is_constant(values: NDArray[Any]) -> bool:
    """Whether all values are the same, to the bit. Most columns are, so this is made of few and quick steps."""
    raw = values.tobytes()
    value = raw[: values.itemsize]
    return bool(raw) and raw.endswith(value) and raw == value * len(values)


def _narrow(integers: NDArray[np.int64]) -> NDArray[Any]:
    low, high = int(np.minimum.reduce(integers)), int(np.maximum.reduce(integers))
    for lowest, highest, dtype in _INTEGERS:
        if lowest <= low and high <= highest:
            return integers.astype(dtype)
    raise AssertionError("int64 holds every int64")


def _narrow_floats(values: NDArray[np.float64]) -> NDArray[Any]:
    """As float32 when that keeps every bit: minima and maxima of float32 gradients do."""
    with np.errstate(all="ignore"):
        narrow = values.astype("<f4")
        same = narrow.astype(np.float64).tobytes() == values.tobytes()
    return narrow if same else values.astype("<f8", copy=False)


def _variety(values: NDArray[Any]) -> int:
    """How many different values there are among the first: fewer compress better."""
    return len(set(values[:64].tolist()))


def _pack(values: NDArray[Any]) -> tuple[_Packing, bytes]:
    raw = values.tobytes()
    if len(raw) < _WORTH_ZLIB or (values.dtype.kind == "f" and values.itemsize == 8):  # means and norms: noise, for the most part
        return _Packing.NONE, raw
    packing = _Packing.ZLIB
    loose = raw
    if values.itemsize > 1:
        packing = _Packing.SHUFFLED_ZLIB
        loose = np.frombuffer(raw, np.uint8).reshape(-1, values.itemsize).T.tobytes()
    packed = zlib.compress(loose, 1)
    return (packing, packed) if len(packed) < 0.9 * len(raw) else (_Packing.NONE, raw)


# --------------------------------------------------------------------------------------------------------------- reading
def read_directory(table: bytes) -> list[Entry]:
    """The directory of a table. Raises TraceFormatError when it does not fit the table."""
    if len(table) < _COUNT.size:
        raise TraceFormatError("a table of the trace is too short")
    (count,) = _COUNT.unpack_from(table)
    offset = _COUNT.size + count * _ENTRY.size
    if offset > len(table):
        raise TraceFormatError("a table of the trace is too short for its directory")
    entries: list[Entry] = []
    for fields in _ENTRY.iter_unpack(table[_COUNT.size : offset]):
        column, codec, stored, packing, _, _, values, length, first = fields
        entries.append(Entry(column, codec, stored, packing, values, length, first, offset))
        offset += length
    if offset > len(table):
        raise TraceFormatError("a column of the trace reaches beyond its table")
    return entries


def decode_column(entry: Entry, data: bytes, kind: ColumnKind, budget: Budget) -> NDArray[Any]:
    """The values of a column from its bytes, in the in-memory dtype of ``kind``. Raises TraceFormatError."""
    dtype = COLUMN_DTYPES[kind]
    if entry.stored >= len(_STORED) or (_STORED[entry.stored].kind == "f") != (kind is ColumnKind.FLOAT):
        raise TraceFormatError("a column of the trace has an unknown data type")
    stored = _STORED[entry.stored]
    budget.take(entry.count * 8)  # whatever the kind: it goes through int64
    if entry.codec == _Codec.CONSTANT:
        if kind is ColumnKind.FLOAT:
            return np.full(entry.count, entry.first, np.int64).view(np.float64)
        return _as_kind(np.full(entry.count, entry.first, np.int64), dtype)
    if entry.codec == _Codec.PLAIN:
        return _as_kind(_unpack(entry, data, stored, entry.count, budget), dtype)
    if entry.codec == _Codec.DELTA and entry.count and kind is not ColumnKind.FLOAT:
        values = np.empty(entry.count, np.int64)
        values[0] = entry.first
        values[1:] = _unpack(entry, data, stored, entry.count - 1, budget)
        return _as_kind(np.cumsum(values, dtype=np.int64), dtype)  # wraps around exactly as the differences did
    raise TraceFormatError("a column of the trace is stored in an unknown way")


def _unpack(entry: Entry, data: bytes, stored: np.dtype[Any], count: int, budget: Budget) -> NDArray[Any]:
    expected = count * stored.itemsize
    if entry.packing == _Packing.NONE:
        if len(data) != expected:
            raise TraceFormatError("a column of the trace has the wrong length")
        return np.frombuffer(data, stored)
    if entry.packing not in (_Packing.ZLIB, _Packing.SHUFFLED_ZLIB):
        raise TraceFormatError("a column of the trace is compressed in an unknown way")
    raw = unzip(data, budget, expected)
    if entry.packing == _Packing.ZLIB:
        return np.frombuffer(raw, stored)
    loose = np.frombuffer(raw, np.uint8).reshape(stored.itemsize, count)
    return np.ascontiguousarray(loose.T).view(stored).reshape(-1)


def _as_kind(values: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    if dtype.kind == "u" and len(values):
        limit = np.iinfo(dtype).max
        if int(values.min()) < 0 or int(values.max()) > limit:
            raise TraceFormatError("a column of the trace has values out of range")
    return values.astype(dtype, copy=False)
