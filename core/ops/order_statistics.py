"""What is in the middle, what is most frequent, and how often numbers occur: quantiles, mode, nanmedian, counts."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..backends import TENSORS
from ..registry import op
from ..results import return_type
from ..tensor import Array, Tensor, from_array
from .extrema import INDEXED, evenly_all, pick
from .reduction import one_dim
from .scattering import gather_dim
from .shape import flatten, reshape
from .sorting import sort

ModeResult = return_type("mode", "values", "indices")
Histogram = return_type("histogram", "hist", "bin_edges")
NanMedian = return_type("nanmedian", "values", "indices")

INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


# ----------------------------------------------------------------------------------------------------- mode and nanmedian
@op("ModeBackward0", **INDEXED)
def mode_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The most frequent elements along a dimension (the smallest of several), and where each is last."""

    def last_of_most_frequent(row: Array) -> int:
        values, counts = np.unique(row, return_counts=True)
        return int(np.flatnonzero(row == values[np.argmax(counts)])[-1])

    where = np.apply_along_axis(last_of_most_frequent, dim, self) if self.ndim else np.zeros((), np.int64)
    return pick(self, np.asarray(where, np.int64), dim, keepdim)


def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent elements along a dimension, and their positions."""
    axis = one_dim(dim, input.ndim)
    if input.ndim and not input._array.shape[axis]:
        raise IndexError(f"mode(): Expected reduction dim {axis} to have non-zero size.")
    return ModeResult(mode_dim(input, axis, keepdim))


@op("NanmedianBackward1", **INDEXED)
def nanmedian_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The (lower) medians of what is not NaN along a dimension, and where they are."""
    if not self.ndim:
        return pick(self, np.zeros((), np.int64), dim, keepdim)
    order = np.argsort(self, dim, kind="stable")  # NaN come last
    counts = np.count_nonzero(self == self, axis=dim, keepdims=True)
    middle = np.take_along_axis(order, np.maximum(counts - 1, 0) // 2, dim)
    return pick(self, middle.squeeze(dim), dim, keepdim)


@op("NanmedianBackward0", self=evenly_all)
def nanmedian_all(self: Array) -> Array:
    """The (lower) median of all elements that are not NaN."""
    numbers = np.sort(self[self == self], None)
    return numbers[(numbers.size - 1) // 2] if numbers.size else np.asarray(np.nan, self.dtype)


def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The (lower) median of what is not NaN; with ``dim`` the medians along it and their indices."""
    if dim is None:
        return nanmedian_all(input)
    return NanMedian(nanmedian_dim(input, one_dim(dim, input.ndim), keepdim))


# -------------------------------------------------------------------------------------------------------------- quantiles
def _checked_quantiles(name: str, input: Tensor, q: Any, interpolation: str) -> Tensor:
    if not input._array.size:
        raise RuntimeError(f"{name}() input tensor must be non-empty")
    if input._array.dtype not in (np.float32, np.float64):
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype")
    if interpolation not in INTERPOLATIONS:
        raise RuntimeError(
            f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}"
        )
    if not isinstance(q, Tensor):
        if not 0 <= q <= 1:
            raise RuntimeError(f"{name}() q must be in the range [0, 1] but got {q:g}")
        return from_array(np.asarray(q, input._array.dtype))
    if q.ndim > 1:
        raise RuntimeError(f"{name}() q must be a scalar or 1D tensor")
    if q._array.dtype != input._array.dtype:
        raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor")
    if not ((q._array >= 0) & (q._array <= 1)).all():
        raise RuntimeError(f"{name}() q values must be in the range [0, 1]")
    return q


def _quantile(name: str, input: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str) -> Tensor:
    """Sort along the dimension, take the two neighbours of each rank and go between them, as PyTorch composes it."""
    wanted = _checked_quantiles(name, input, q, interpolation)
    ignores_nan = name == "nanquantile"
    ndim = input.ndim
    axis = None if dim is None else one_dim(dim, ndim)
    rows = flatten(input) if axis is None else input if axis == ndim - 1 else input.unsqueeze(-1).transpose(axis, -1)
    size = rows._array.shape[-1] if rows.ndim else 1
    sizes = input._array.shape
    left = [one for number, one in enumerate(sizes) if axis is not None and number != axis]
    kept = [one if axis is not None and number != axis else 1 for number, one in enumerate(sizes)]
    ordered = reshape(sort(rows)[0], (*(kept if keepdim else left), size))
    if ignores_nan:
        counts = np.count_nonzero(ordered._array == ordered._array, axis=-1, keepdims=True)
        last = from_array((counts - 1).astype(ordered._array.dtype))
        ranks = (wanted * last).masked_fill(from_array(np.asarray(wanted._array * last._array < 0)), 0)
    else:
        broken = np.asarray(np.isnan(ordered._array).any(-1, keepdims=True))
        ranks = TENSORS.mul_number(wanted, size - 1)
        both = np.broadcast_shapes(ranks._array.shape, broken.shape)
        ranks = (ranks if ranks._array.shape == both else TENSORS.expand(ranks, both)).masked_fill(from_array(broken), size - 1)
    if interpolation in ROUNDING:
        ranks = getattr(ranks, ROUNDING[interpolation])()
    below = from_array(ranks._array.astype(np.int64))
    values = gather_dim(ordered, ordered.ndim - 1, below)
    if interpolation in ("linear", "midpoint"):
        weights = from_array(np.full_like(ranks._array, 0.5)) if interpolation == "midpoint" else ranks - below
        above = gather_dim(ordered, ordered.ndim - 1, from_array(np.ceil(ranks._array).astype(np.int64)))
        values = values.lerp(above, weights)
    if not wanted.ndim:
        return values.squeeze_(-1)
    return values.unsqueeze_(0).transpose_(0, -1).squeeze_(-1)


ROUNDING = {"lower": "floor", "higher": "ceil", "nearest": "round"}
"""Interpolations that take one of the neighbours: the method that chooses it."""


def quantile(input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear") -> Tensor:
    """The numbers below which a fraction ``q`` of the elements lies, of all or along a dimension."""
    return _quantile("quantile", input, q, dim, keepdim, interpolation)


def nanquantile(input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear") -> Tensor:
    """:func:`quantile` of what is not NaN."""
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation)


# ----------------------------------------------------------------------------------------------------------------- counts
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each of 0, 1, 2, … occurs; with ``weights`` the sum of theirs."""
    array = input._array
    if array.dtype.kind not in "iu":
        raise NotImplementedError(f"\"bincount_cpu\" not implemented for '{input.dtype.cpp_name}'")
    if array.ndim != 1 or (array.size and array.min() < 0):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if weights is not None and weights._array.shape != array.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    if weights is None:
        return from_array(np.bincount(array, minlength=minlength).astype(np.int64))
    return weights_counted(weights, input, minlength)


def _no_derivative(k: Any, g: Any) -> Any:  # noqa: ARG001  (as every derivative)
    raise RuntimeError("derivative for aten::bincount is not implemented")


@op("NotImplemented", display_name="torch::autograd::NotImplemented", tensors=("places",), weights=_no_derivative)
def weights_counted(weights: Array, places: Array, minlength: int) -> Array:
    """The sum of the weights of each of 0, 1, 2, …"""
    counted = np.bincount(places, weights, minlength)
    return counted.astype(np.float32 if weights.dtype == np.float32 else np.float64)


def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """How many elements are in each of ``bins`` equal intervals from ``min`` to ``max`` (0 and 0: from smallest to largest)."""
    if bins <= 0:
        raise RuntimeError("bins must be > 0")
    array = input._array
    low, high = float(min), float(max)
    if low == high and array.size:
        low, high = float(array.min()), float(array.max())
    if low == high:
        low, high = low - 1, high + 1
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RuntimeError(f"range of [{low:g}, {high:g}] is not finite")
    if low > high:
        raise RuntimeError("max must be larger than min")
    inside = array[(array >= low) & (array <= high)]
    place = np.minimum(((inside - low) / (high - low) * bins).astype(np.int64), bins - 1)
    return from_array(np.bincount(place, minlength=bins).astype(array.dtype))


def _edges(array: Array, bins: Any, range: tuple[float, float] | None) -> Array:
    if isinstance(bins, Tensor):
        return bins._array
    if range is not None:
        low, high = range
    else:
        low, high = (float(array.min()), float(array.max())) if array.size else (0.0, 1.0)
        if low == high:
            low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, int(bins) + 1).astype(array.dtype)


def histogram(
    input: Tensor, bins: Any = 100, *, range: tuple[float, float] | None = None, weight: Tensor | None = None, density: bool = False
) -> Any:
    """How many elements (or how much of their weights) are between each two edges, and the edges."""
    if input._array.dtype.kind != "f":
        raise NotImplementedError(f"\"histogramdd\" not implemented for '{input.dtype.cpp_name}'")
    edges = _edges(input._array, bins, range)
    weights = None if weight is None else weight._array.reshape(-1)
    counts, _ = np.histogram(input._array.reshape(-1), edges, weights=weights, density=density)
    return Histogram((from_array(counts.astype(input._array.dtype)), from_array(edges)))


__all__ = ["bincount", "histc", "histogram", "mode", "nanmedian", "nanquantile", "quantile"]
