"""Sums, products and maxima along rows and columns of arrays: what layers, softmax and normalisation spend their time in.

NumPy's reductions along a short last dimension cost more for each row than for its elements, and ``maximum`` with a number is
several times as slow as with an array. BLAS and ``reduceat`` have no such overheads. Few numbers are left to NumPy's own order of
summation.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy import dot, maximum, vecdot

from ..tensor import Array

_BLAS = (np.dtype(np.float32), np.dtype(np.float64))

FEW = 512
"""Below so many elements NumPy's reductions are fast enough."""

LONG = 1024
"""Above so many elements in a row NumPy's pairwise summation is fast enough, and more precise."""

_total: Any = np.add.reduce
_largest: Any = np.maximum.reduce


def _suits_blas(array: Array) -> bool:
    size = array.size
    return size >= FEW and array.dtype in _BLAS and array.flags.c_contiguous


MANY = 1 << 15
"""What is needed again and again is kept up to this length."""


@lru_cache(maxsize=64)
def _kept_ones(count: int, dtype: Any) -> Array:
    ones = np.ones(count, dtype)
    ones.flags.writeable = False
    return ones


def _ones(count: int, dtype: Any) -> Array:
    return _kept_ones(count, dtype) if count <= MANY else np.ones(count, dtype)


@lru_cache(maxsize=64)
def _kept_starts(rows: int, columns: int) -> Array:
    starts = np.arange(rows) * columns
    starts.flags.writeable = False
    return starts


def row_starts(rows: int, columns: int) -> Array:
    """The position of the first element of each row among all elements."""
    return _kept_starts(rows, columns) if rows <= MANY else np.arange(rows) * columns


def row_sums(array: Array) -> Array:
    """The sum along the last dimension, which stays with size 1."""
    shape = array.shape
    if shape[-1] > LONG or not _suits_blas(array):
        result: Array = _total(array, -1, keepdims=True)
        return result
    return dot(array.reshape(-1, shape[-1]), _ones(shape[-1], array.dtype)).reshape(*shape[:-1], 1)


def row_products(first: Array, second: Array) -> Array:
    """The sum along the last dimension of ``first * second``, two arrays of one shape; the dimension stays with size 1."""
    shape = first.shape
    if shape[-1] > LONG or not _suits_blas(first) or not _suits_blas(second):
        result: Array = _total(first * second, -1, keepdims=True)
        return result
    products: Array = vecdot(first, second)
    return products.reshape(*shape[:-1], 1)


def row_maxima(array: Array) -> Array:
    """The largest element along the last dimension, which stays with size 1; NaN where there is one."""
    shape = array.shape
    columns, size = shape[-1], array.size
    if columns > 64 or size < FEW or not array.flags.c_contiguous:
        result: Array = _largest(array, -1, keepdims=True)
        return result
    return maximum.reduceat(array.reshape(-1), row_starts(size // columns, columns)).reshape(*shape[:-1], 1)


def is_moderate(array: Array) -> bool:
    """Whether these are many numbers within ±16, whose exponentials neither overflow nor vanish, so that a softmax need not shift
    them: one pass over everything is cheaper than one over each row, and an argument that is not rounded is more precise.
    """
    if array.size < FEW or array.dtype not in _BLAS or not array.flags.c_contiguous:
        return False
    flat = array.reshape(-1)
    return bool(_largest(flat) < 16 and np.minimum.reduce(flat) > -16)


def column_sums(array: Array, dimensions: int) -> Array:
    """The sum over all but the last ``dimensions`` dimensions, which disappear."""
    leading = array.ndim - dimensions
    shape = array.shape[leading:]
    if not _suits_blas(array):
        result: Array = np.asarray(_total(array, tuple(range(leading))))
        return result
    rows = array.reshape(-1, *shape) if leading != 1 or dimensions == 1 else array
    if dimensions != 1:
        rows = rows.reshape(rows.shape[0], -1)
    sums: Array = dot(_ones(rows.shape[0], array.dtype), rows)
    return sums if dimensions == 1 else sums.reshape(shape)


_zeros: dict[Any, Array] = {}


def positive_part(array: Array) -> Array:
    """``maximum(array, 0)``."""
    dtype, size = array.dtype, array.size
    if size < FEW or dtype not in _BLAS or not array.flags.c_contiguous:
        return maximum(array, dtype.type(0))
    zeros = _zeros.get(dtype)
    if zeros is None:
        zeros = _zeros[dtype] = np.zeros(MANY, dtype)
    flat = array.reshape(-1)
    if size <= MANY:
        return maximum(flat, zeros[:size]).reshape(array.shape)
    result = np.empty(size, dtype)
    for start in range(0, size, MANY):
        piece = flat[start : start + MANY]
        maximum(piece, zeros[: piece.size], out=result[start : start + MANY])
    return result.reshape(array.shape)
