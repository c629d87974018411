"""Recorded arrays: raw bytes, an allow-list of data types, a checksum each."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.events import Array, Shape
from .errors import TraceFormatError
from .frames import Frame, FrameType, RandomAccessFile, encode_frame, join_meta, split_meta

__all__ = ["ArrayRecord", "StoredArray", "copy_array", "dtype_name", "encode_arrays", "index_arrays", "read_array"]

_DTYPES = {
    name: np.dtype(name).newbyteorder("<")
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
}
"""The only data types that are written or read: plain numbers, nothing that could run code."""

_MAX_DIMENSIONS = 32


@dataclass(frozen=True, slots=True)
class ArrayRecord:
    """A copied array on its way to the file."""

    id: int
    dtype: str
    shape: Shape
    data: bytes


@dataclass(frozen=True, slots=True)
class StoredArray:
    """Where an array lies in the file; ``offset`` is absolute."""

    dtype: str
    shape: Shape
    offset: int
    nbytes: int
    checksum: int


@functools.lru_cache(maxsize=256)
def dtype_name(dtype: np.dtype[Any]) -> str:
    """``dtype.name``, which NumPy puts together anew each time it is asked."""
    return dtype.name


def copy_array(value_id: int, array: Array) -> ArrayRecord | None:
    """A copy of the array as it is now, or None when its data type is not one that a trace can hold."""
    name = dtype_name(array.dtype)
    dtype = _DTYPES.get(name)
    if dtype is None or array.ndim > _MAX_DIMENSIONS:
        return None
    return ArrayRecord(value_id, name, array.shape, array.astype(dtype, copy=False).tobytes())


def encode_arrays(records: Sequence[ArrayRecord]) -> bytes:
    """A VALUES frame."""
    directory: list[list[Any]] = []
    offset = 0
    for record in records:
        directory.append([record.id, record.dtype, record.shape, offset, len(record.data), zlib.crc32(record.data)])
        offset += len(record.data)
    body, checked = join_meta(directory, b"".join(record.data for record in records))
    ids = [record.id for record in records]
    return encode_frame(FrameType.VALUES, body, count=len(ids), first=min(ids), last=max(ids), checked=checked)


def index_arrays(frame: Frame, checked: bytes) -> dict[int, StoredArray]:
    """Where the arrays of a VALUES frame are, by id. Raises TraceFormatError when its directory makes no sense."""
    directory, start = split_meta(checked)
    index: dict[int, StoredArray] = {}
    try:
        for value_id, dtype, shape, offset, nbytes, checksum in directory:
            numbers = (value_id, offset, nbytes, checksum, *shape)
            if not all(type(number) is int and 0 <= number < 1 << 62 for number in numbers):
                raise ValueError("not a size")
            if start + offset + nbytes > frame.length or not isinstance(dtype, str):
                raise ValueError("beyond the frame")
            index[value_id] = StoredArray(dtype, tuple(shape), frame.body + start + offset, nbytes, checksum)
    except (TypeError, ValueError) as error:
        raise TraceFormatError("the directory of recorded arrays makes no sense") from error
    return index


def read_array(file: RandomAccessFile, stored: StoredArray) -> Array:
    """Read an array. Raises TraceFormatError when it is damaged or of a type that is not allowed."""
    dtype = _DTYPES.get(stored.dtype)
    count = 1
    for size in stored.shape:
        count *= size
    if dtype is None or len(stored.shape) > _MAX_DIMENSIONS or count * dtype.itemsize != stored.nbytes:
        raise TraceFormatError("its shape or data type makes no sense")
    data = file.read(stored.offset, stored.nbytes)
    if len(data) != stored.nbytes or zlib.crc32(data) != stored.checksum:
        raise TraceFormatError("it is damaged")
    if dtype.kind == "b" and data.strip(b"\0\1"):
        raise TraceFormatError("it is no array of booleans")
    return np.frombuffer(data, dtype).reshape(stored.shape)
