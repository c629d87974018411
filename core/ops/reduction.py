"""Reductions: sum, mean, prod, max, min, var, norm, cumsum, …

A ``dim`` argument may be one dimension, several, or None for all; :func:`dims_of` makes it a tuple of non-negative numbers.
"""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import errors
from ..backends import TENSORS
from ..dtypes import as_dtype, sum_result_type
from ..registry import formula_helper, op
from ..results import MinMax
from ..tensor import Array, Tensor
from .nondifferentiable import plain

# NumPy's type hints know no `keepdims` that is not a literal
total: Any = np.add.reduce
product: Any = np.multiply.reduce
largest: Any = np.maximum.reduce
smallest: Any = np.minimum.reduce

Dim = int | Sequence[int] | None


def dims_of(dim: Dim, ndim: int) -> tuple[int, ...]:
    """``dim`` as a tuple of dimensions counted from the front. Raises ``IndexError`` for one that is out of range."""
    if dim is None:
        return tuple(range(ndim))
    given = (dim,) if isinstance(dim, (int, np.integer)) else tuple(dim)
    if not given:
        return tuple(range(ndim))
    limit = ndim or 1
    for one in given:
        if not -limit <= one < limit:
            raise errors.dimension_out_of_range(one, ndim)
    if ndim == 0:
        return ()
    result = tuple([one % ndim for one in given])
    for position, one in enumerate(result):
        if one in result[:position]:
            raise RuntimeError(f"dim {one} appears multiple times in the list of dims")
    return result


def one_dim(dim: int, ndim: int) -> int:
    """One dimension counted from the front."""
    return (dims_of(dim, ndim) or (0,))[0]


@formula_helper
def restore_dims(k: Any, g: Any, dim: tuple[int, ...], keepdim: bool, shape: tuple[int, ...]) -> Any:
    """Give a reduced gradient back its reduced dimensions, with size 1."""
    if keepdim or not shape:
        return g
    return k.reshape(g, tuple([1 if axis in dim else size for axis, size in enumerate(shape)]))


@formula_helper
def sum_to(k: Any, g: Any, shape: tuple[int, ...]) -> Any:
    """Sum a gradient over the dimensions that broadcasting added or stretched."""
    leading = len(g.shape) - len(shape)
    stretched = tuple([axis + leading for axis, size in enumerate(shape) if size == 1 and g.shape[axis + leading] != 1])
    if stretched or leading:
        g = k.sum_dims(g, tuple(range(leading)) + stretched, True)
    return k.reshape(g, shape) if leading else g


@formula_helper
def spread(k: Any, g: Any, dim: tuple[int, ...], keepdim: bool, shape: tuple[int, ...]) -> Any:
    """A reduced gradient, repeated over the reduced dimensions."""
    return k.expand(k.restore_dims(g, dim, keepdim, shape), shape)


def count_of(shape: tuple[int, ...], dim: tuple[int, ...]) -> int:
    """How many elements each reduced one stands for."""
    return math.prod([shape[axis] for axis in dim])


# ------------------------------------------------------------------------------------------------------------- sum, mean
@op("SumBackward0", self=lambda k, g, self_shape: k.expand(g, self_shape))
def sum_all(self: Array) -> Array:
    """The sum of all elements."""
    if self.dtype.kind == "f":
        return total(self, None)
    return total(self, None, dtype=np.int64)


@op("SumBackward1", self=lambda k, g, self_shape, dim, keepdim: k.spread(g, dim, keepdim, self_shape))
def sum_dims(self: Array, dim: tuple[int, ...], keepdim: bool) -> Array:
    """The sum over some dimensions."""
    return total(self, dim, dtype=sum_result_type(self.dtype), keepdims=keepdim)


@op("MeanBackward0", self=lambda k, g, self_shape: k.expand(g / math.prod(self_shape), self_shape))
def mean_all(self: Array) -> Array:
    """The mean of all elements."""
    return np.true_divide(total(self, None), self.dtype.type(self.size))


@op(
    "MeanBackward1",
    self=lambda k, g, self_shape, dim, keepdim: k.spread(g / count_of(self_shape, dim), dim, keepdim, self_shape),
)
def mean_dims(self: Array, dim: tuple[int, ...], keepdim: bool) -> Array:
    """The mean over some dimensions."""
    return total(self, dim, keepdims=keepdim) / self.dtype.type(count_of(self.shape, dim))


@op(
    "NansumBackward0",
    self=lambda k, g, self, self_shape, dim, keepdim: k.masked(k.spread(g, dim, keepdim, self_shape), self == self),
)
def nansum_dims(self: Array, dim: tuple[int, ...], keepdim: bool) -> Array:
    """The sum over some dimensions, NaN counting as zero."""
    return np.nansum(self, axis=dim, keepdims=keepdim)


def typed(input: Tensor, dtype: Any) -> Tensor:
    """``input`` in the dtype asked for, or as it is."""
    return input if dtype is None else TENSORS.cast(input, as_dtype(dtype).np)


def sum(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of all elements, or over some dimensions."""
    input = typed(input, dtype)
    if dim is None and not keepdim:
        return sum_all(input)
    return sum_dims(input, dims_of(dim, input.ndim), keepdim)


def nansum(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """As :func:`sum`, NaN counting as zero."""
    return nansum_dims(typed(input, dtype), dims_of(dim, input.ndim), keepdim)


def mean(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of all elements, or over some dimensions."""
    input = typed(input, dtype)
    if not input.is_floating_point():
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {input.dtype.cpp_name}"
        )
    if dim is None and not keepdim:
        return mean_all(input)
    return mean_dims(input, dims_of(dim, input.ndim), keepdim)


# ------------------------------------------------------------------------------------------------------------------ prod
def _prod_gradient(k: Any, g: Any, self: Any, dim: int) -> Any:
    """The gradient of a product along ``dim``: the product of all the *other* elements, right also when some are zero."""
    size = self.shape[dim]
    ones = k.ones_like(k.narrow(self, dim, 0, 1))
    before = k.cumprod_dim(k.cat([ones, k.narrow(self, dim, 0, size - 1)], dim), dim)
    reversed_self = k.flip(k.narrow(self, dim, 1, size - 1), (dim,))
    after = k.flip(k.cumprod_dim(k.cat([ones, reversed_self], dim), dim), (dim,))
    return g * (before * after)


def _prod_all_gradient(k: Any, g: Any, self: Any, self_shape: tuple[int, ...]) -> Any:
    if not math.prod(self_shape):
        return k.zeros_like(self)
    flat = k.reshape(self, (math.prod(self_shape),))
    return k.reshape(_prod_gradient(k, g, flat, 0), self_shape)


def _prod_dim_gradient(k: Any, g: Any, self: Any, self_shape: tuple[int, ...], dim: int, keepdim: bool) -> Any:
    return _prod_gradient(k, k.restore_dims(g, (dim,), keepdim, self_shape), self, dim) if self_shape else g


@op("ProdBackward0", self=_prod_all_gradient)
def prod_all(self: Array) -> Array:
    """The product of all elements."""
    return product(self, None, dtype=sum_result_type(self.dtype))


@op("ProdBackward1", self=_prod_dim_gradient)
def prod_dim(self: Array, dim: int, keepdim: bool) -> Array:
    """The product over one dimension."""
    return product(self, dim, dtype=sum_result_type(self.dtype), keepdims=keepdim) if self.ndim else self.copy()


def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The product of all elements, or over one dimension."""
    input = typed(input, dtype)
    return prod_all(input) if dim is None else prod_dim(input, one_dim(dim, input.ndim), keepdim)


# --------------------------------------------------------------------------------------------------------------- extrema
def numpy_dtype(g: Any) -> Any:
    """The NumPy dtype of an array or a tensor."""
    return g._array.dtype if isinstance(g, Tensor) else g.dtype


def _evenly(k: Any, g: Any, self: Any, result: Any, dim: tuple[int, ...], keepdim: bool) -> Any:
    """The gradient shared evenly by the elements that equal the result."""
    shape = tuple(self.shape)
    winners = self == k.restore_dims(result, dim, keepdim, shape)
    counts = k.cast(k.sum_dims(winners, dim, True), numpy_dtype(g))
    return k.masked(k.restore_dims(g, dim, keepdim, shape) / counts, winners)


def _evenly_all(k: Any, g: Any, self: Any, result: Any) -> Any:
    winners = self == result
    return k.masked(g / k.cast(k.sum_all(winners), numpy_dtype(g)), winners)


@op("MaxBackward1", self=_evenly_all)
def max_all(self: Array) -> Array:
    """The largest element."""
    return largest(self, None)


@op("MinBackward1", self=_evenly_all)
def min_all(self: Array) -> Array:
    """The smallest element."""
    return smallest(self, None)


@op("AmaxBackward0", self=lambda k, g, self, result, dim, keepdim: _evenly(k, g, self, result, dim, keepdim))
def amax_dims(self: Array, dim: tuple[int, ...], keepdim: bool) -> Array:
    """The largest elements over some dimensions."""
    return largest(self, dim, keepdims=keepdim)


@op("AminBackward0", self=lambda k, g, self, result, dim, keepdim: _evenly(k, g, self, result, dim, keepdim))
def amin_dims(self: Array, dim: tuple[int, ...], keepdim: bool) -> Array:
    """The smallest elements over some dimensions."""
    return smallest(self, dim, keepdims=keepdim)


@formula_helper
def put_back(k: Any, g: Any, indices: Any, dim: int, keepdim: bool, shape: tuple[int, ...]) -> Any:
    """A gradient that belongs to one picked element per row, at that element; zero elsewhere."""
    if not shape:
        return g
    if not keepdim:
        g, indices = k.unsqueeze(g, dim), k.unsqueeze(indices, dim)
    return k.scatter_add(k.zeros(shape, g), dim, indices, g)


def _pick(self: Array, indices: Any, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The picked elements and their positions, with or without the reduced dimension."""
    if not self.ndim:
        return self.copy(), np.zeros((), np.int64)
    indices = np.expand_dims(indices, dim)
    values = np.take_along_axis(self, indices, dim)
    return (values, indices) if keepdim else (values.squeeze(dim), indices.squeeze(dim))


_INDEXED: dict[str, Any] = {
    "outputs": ("values", "indices"),
    "visible": 2,
    "self": lambda k, g, indices, dim, keepdim, self_shape: k.put_back(g, indices, dim, keepdim, self_shape),
}


@op("MaxBackward0", **_INDEXED)
def max_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The largest elements along one dimension, and where they are."""
    return _pick(self, np.argmax(self, dim if self.ndim else None), dim, keepdim)


@op("MinBackward0", **_INDEXED)
def min_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The smallest elements along one dimension, and where they are."""
    return _pick(self, np.argmin(self, dim if self.ndim else None), dim, keepdim)


@op("MedianBackward1", **_INDEXED)
def median_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The (lower) medians along one dimension, and where they are."""
    order = np.argsort(self, dim if self.ndim else None, kind="stable")
    return _pick(self, np.take(order, (self.shape[dim] - 1) // 2, dim) if self.ndim else order, dim, keepdim)


@op("MedianBackward0", self=_evenly_all)
def median_all(self: Array) -> Array:
    """The (lower) median of all elements."""
    flat = np.sort(self, None)
    return flat[-1] if np.isnan(flat[-1]) else flat[(flat.size - 1) // 2]


def max(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest element; with ``dim`` the largest along it and their indices; with a tensor, see :func:`maximum`."""
    if isinstance(dim, Tensor):
        return TENSORS.maximum(input, dim)
    if dim is None:
        return max_all(input)
    return MinMax["max"](max_dim(input, one_dim(dim, input.ndim), keepdim))


def min(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest element; with ``dim`` the smallest along it and their indices; with a tensor, see :func:`minimum`."""
    if isinstance(dim, Tensor):
        return TENSORS.minimum(input, dim)
    if dim is None:
        return min_all(input)
    return MinMax["min"](min_dim(input, one_dim(dim, input.ndim), keepdim))


def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The (lower) median; with ``dim`` the medians along it and their indices."""
    return median_all(input) if dim is None else MinMax["median"](median_dim(input, one_dim(dim, input.ndim), keepdim))


def amax(input: Tensor, dim: Dim = (), keepdim: bool = False) -> Tensor:
    """The largest elements over some dimensions; equal ones share the gradient."""
    return amax_dims(input, dims_of(dim, input.ndim), keepdim)


def amin(input: Tensor, dim: Dim = (), keepdim: bool = False) -> Tensor:
    """The smallest elements over some dimensions; equal ones share the gradient."""
    return amin_dims(input, dims_of(dim, input.ndim), keepdim)


@plain
def argmax(self: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """Where the largest element is (in the flattened tensor when ``dim`` is None)."""
    return np.argmax(self, dim, keepdims=keepdim)


@plain
def argmin(self: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """Where the smallest element is."""
    return np.argmin(self, dim, keepdims=keepdim)


@plain
def all(self: Array, dim: Any = None, keepdim: bool = False) -> Array:
    """Whether all elements are true."""
    return np.all(self, dim, keepdims=keepdim)


@plain
def any(self: Array, dim: Any = None, keepdim: bool = False) -> Array:
    """Whether any element is true."""
    return np.any(self, dim, keepdims=keepdim)


@plain
def count_nonzero(self: Array, dim: Any = None) -> Array:
    """How many elements are not zero."""
    return np.asarray(np.count_nonzero(self, dim), np.int64)
