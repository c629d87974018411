"""What is counted about a gradient: one pass over it, in blocks, whatever its dtype and memory layout.

``statistics.pyx`` does the same, compiled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.events import Array

__all__ = ["CAN_MEASURE", "MeasuredGradient", "StatisticsRow", "gradient_statistics", "measured", "same_memory"]

CAN_MEASURE = False
"""Whether :func:`measured` reads memory: only compiled code can."""

StatisticsRow = tuple[int, int, int, int, int, float, float, float, float]
"""Count, NaN, +Inf, -Inf, zeros, min, max, mean, L2 norm: the fields of ``GradientStatistics`` in order."""

_BLOCK = 1 << 16
"""Elements per block: as float64 they fit into a second-level cache."""

_PIECE = 1 << 13

_SMALL = 32
"""Up to this size Python's own arithmetic is faster than a handful of calls into NumPy."""

_SAFE_LOW, _SAFE_HIGH = 1e-140, 1e140
"""Between these a sum of squares of a block neither overflows nor loses digits to underflow."""


@dataclass(slots=True)
class _Totals:
    """Running totals; the sum of squares is ``square * scale**2``, so that it cannot overflow."""

    count: int = 0
    nan: int = 0
    pos_inf: int = 0
    neg_inf: int = 0
    zeros: int = 0
    finite: int = 0
    min: float = math.inf
    max: float = -math.inf
    mean: float = field(default=0.0)
    scale: float = 0.0
    square: float = 0.0


class MeasuredGradient:
    """What the level "stats" records of a gradient, made without an array. ``address`` is where the numbers were."""

    address: int


def measured(address: int, shape: tuple[int, ...], is_double: bool) -> MeasuredGradient:
    """Of the float32 or float64 numbers of this shape at ``address``, which lie there densely, in any order."""
    raise NotImplementedError("numbers are read from memory only by compiled code")


def gradient_statistics(array: Array) -> StatisticsRow:
    """Statistics of an array of any shape and real dtype (booleans count as 0 and 1, complex numbers by their magnitude).

    NaN and infinite elements are counted, and left out of min, max, mean and norm, which are NaN when no element is finite (the
    norm is then 0). Mean and norm are computed in float64 and do not overflow: ``norm = scale * sqrt(sum((x / scale)**2))``.
    """
    size = array.size
    if 0 < size <= _BLOCK and array.dtype.kind in "fiub":
        row = _of_few(array) if size <= _SMALL else _of_block(array)
        if row is not None:
            return row
    with np.errstate(all="ignore"):
        flat = np.asarray(array).reshape(-1)
        if flat.dtype.kind == "c":
            flat = np.abs(flat)
        totals = _Totals()
        for start in range(0, flat.size, _BLOCK):
            _add_block(totals, flat[start : start + _BLOCK].astype(np.float64, copy=False))
    return _row(totals)


def _of_few(array: Array) -> StatisticsRow | None:
    """The statistics of a small array, or None when an element is not finite or the sum overflows."""
    values: list[float] = array.ravel().tolist()
    total = float(sum(values))
    norm = math.hypot(*values)
    if not (math.isfinite(total) and math.isfinite(norm)):
        return None
    size = len(values)
    return size, 0, 0, 0, values.count(0), float(min(values)), float(max(values)), total / size, norm


def _of_block(array: Array) -> StatisticsRow | None:
    """The statistics of one block, or None when an element is not finite, very large or very small.

    The sum of squares comes first: no element can then make NumPy warn, and asking it not to would cost as much as a pass.
    """
    block = array.reshape(-1).astype(np.float64, copy=False)
    square = _sum_of_squares(block)
    if not _SAFE_LOW**2 < square < _SAFE_HIGH**2:
        return None
    size = block.size
    low, high = float(np.minimum.reduce(block)), float(np.maximum.reduce(block))
    zeros = int(np.count_nonzero(block == 0))  # of booleans: many times as fast as of floats
    return size, 0, 0, 0, zeros, low, high, float(np.add.reduce(block)) / size, math.sqrt(square)


def _sum_of_squares(block: NDArray[np.float64]) -> float:
    """In pieces: for longer vectors a BLAS starts threads, and waiting for those takes longer than the sum."""
    if block.size <= _PIECE:
        return float(np.dot(block, block))
    pieces = [block[start : start + _PIECE] for start in range(0, block.size, _PIECE)]
    return sum([float(np.dot(piece, piece)) for piece in pieces])


def _add_block(totals: _Totals, block: NDArray[np.float64]) -> None:
    totals.count += block.size
    low, high = float(np.minimum.reduce(block)), float(np.maximum.reduce(block))
    if not (math.isfinite(low) and math.isfinite(high)):  # a NaN makes both NaN
        totals.nan += int(np.count_nonzero(np.isnan(block)))
        totals.pos_inf += int(np.count_nonzero(np.isposinf(block)))
        totals.neg_inf += int(np.count_nonzero(np.isneginf(block)))
        block = block[np.isfinite(block)]
        if not block.size:
            return
        low, high = float(np.minimum.reduce(block)), float(np.maximum.reduce(block))
    totals.zeros += int(np.count_nonzero(block == 0))
    totals.min, totals.max = min(totals.min, low), max(totals.max, high)
    _add_sums(totals, block, max(-low, high))


def _add_sums(totals: _Totals, block: NDArray[Any], largest: float) -> None:
    totals.finite += block.size
    scale = 1.0 if _SAFE_LOW < largest < _SAFE_HIGH or largest == 0.0 else largest
    scaled = block if scale == 1.0 else block / scale
    block_mean = float(np.add.reduce(scaled)) / block.size * scale
    totals.mean += (block_mean - totals.mean) * (block.size / totals.finite)
    square = _sum_of_squares(scaled)
    if scale > totals.scale:
        totals.square = totals.square * (totals.scale / scale) ** 2 + square
        totals.scale = scale
    else:
        totals.square += square * (scale / totals.scale) ** 2


def _row(totals: _Totals) -> StatisticsRow:
    norm = totals.scale * math.sqrt(totals.square)
    if not totals.finite:
        return (totals.count, totals.nan, totals.pos_inf, totals.neg_inf, 0, math.nan, math.nan, math.nan, norm)
    return (
        totals.count,
        totals.nan,
        totals.pos_inf,
        totals.neg_inf,
        totals.zeros,
        totals.min,
        totals.max,
        totals.mean,
        norm,
    )


def same_memory(one: Array, other: Array) -> bool:
    """Whether two arrays are the same elements of the same memory, in the same order."""
    if one is other:
        return True
    if one.shape != other.shape or one.dtype != other.dtype or one.strides != other.strides:
        return False
    addresses = [array.__array_interface__["data"][0] for array in (one, other)]
    return bool(addresses[0] == addresses[1])
