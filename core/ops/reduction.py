"""Reductions: sum, mean, prod, all, any; see also :mod:`.extrema` and :mod:`.statistics`.

A ``dim`` argument may be one dimension, several, or None for all; :func:`dims_of` makes it a tuple of non-negative numbers.
"""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import errors
from ..backends import ARRAYS, TENSORS
from ..dtypes import as_dtype, sum_result_type
from ..grad_mode import thread_state
from ..registry import formula_helper, op, register_pair
from ..tensor import Array, Tensor
from .nondifferentiable import plain
from .row_kernels import column_sums

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
    if type(dim) is int and -ndim <= dim < ndim:
        return (dim if dim >= 0 else dim + ndim,)
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
    if type(dim) is int and -ndim <= dim < ndim:
        return dim if dim >= 0 else dim + ndim
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


def _sum_array_to(g: Array, shape: tuple[int, ...]) -> Array:
    """As :func:`sum_to`; shorter where dimensions were only added, as for a layer's bias."""
    if g.shape == shape:
        return g
    if shape and g.shape[g.ndim - len(shape) :] == shape:
        return column_sums(g, len(shape))
    return sum_to(ARRAYS, g, shape)


register_pair("sum_to", _sum_array_to, TENSORS.sum_to)


@formula_helper
def spread(k: Any, g: Any, dim: tuple[int, ...], keepdim: bool, shape: tuple[int, ...]) -> Any:
    """A reduced gradient, repeated over the reduced dimensions."""
    return k.expand(k.restore_dims(g, dim, keepdim, shape), shape)


def count_of(shape: tuple[int, ...], dim: tuple[int, ...]) -> int:
    """How many elements each reduced one stands for."""
    return math.prod([shape[axis] for axis in dim])


def numpy_dtype(g: Any) -> Any:
    """The NumPy dtype of an array or a tensor."""
    return g._array.dtype if isinstance(g, Tensor) else g.dtype


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
    counted = np.where(np.isnan(self), 0, self) if self.dtype.kind == "f" else self
    return total(counted, dim, dtype=sum_result_type(self.dtype), keepdims=keepdim)


def typed(input: Tensor, dtype: Any) -> Tensor:
    """``input`` in the dtype asked for, or as it is. Raises ``RuntimeError`` for integers where a gradient is wanted."""
    if dtype is None:
        return input
    wanted = as_dtype(dtype)
    if input._requires_grad and not wanted.is_floating_point and thread_state.grad_enabled:
        raise RuntimeError(f"Autograd not support dtype: {wanted.cpp_name}")
    return TENSORS.cast(input, wanted.np)


def as_asked(result: Tensor, dtype: Any) -> Tensor:
    """A sum of integers, which is int64, in the dtype asked for."""
    return result if dtype is None else TENSORS.cast(result, as_dtype(dtype).np)


def sum(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of all elements, or over some dimensions."""
    if dtype is not None:
        return as_asked(sum(typed(input, dtype), dim, keepdim), dtype)
    if dim is None and not keepdim:
        return sum_all(input)
    return sum_dims(input, dims_of(dim, input.ndim), keepdim)


def nansum(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """As :func:`sum`, NaN counting as zero."""
    return as_asked(nansum_dims(typed(input, dtype), dims_of(dim, input.ndim), keepdim), dtype)


def nanmean(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of what is not NaN."""
    if not input.is_floating_point():
        raise RuntimeError(f"nanmean(): expected input to have floating point or complex dtype but got {input.dtype.cpp_name}")
    numbers = TENSORS.logical_not(TENSORS.isnan(input.detach()))
    return TENSORS.div(nansum(input, dim, keepdim, dtype=dtype), sum(numbers, dim, keepdim))


def mean(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of all elements, or over some dimensions."""
    if dtype is not None and not as_dtype(dtype).is_floating_point:
        raise RuntimeError(
            "mean(): could not infer output dtype. Optional dtype must be either a floating point or complex dtype. "
            f"Got: {as_dtype(dtype).cpp_name}"
        )
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
    if not size:
        return k.zeros_like(self)
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
    result = prod_all(input) if dim is None else prod_dim(input, one_dim(dim, input.ndim), keepdim)
    return as_asked(result, dtype)


# ------------------------------------------------------------------------------------------------------------------ truth
@plain
def all(self: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """Whether all elements are true."""
    return _truth(np.all(self, _all_or(dim, self.ndim), keepdims=keepdim), self)


@plain
def any(self: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """Whether any element is true."""
    return _truth(np.any(self, _all_or(dim, self.ndim), keepdims=keepdim), self)


def _all_or(dim: Dim, ndim: int) -> tuple[int, ...] | None:
    """As :func:`dims_of`; but an empty list of dimensions is none at all."""
    return () if isinstance(dim, (tuple, list)) and not dim else dims_of(dim, ndim)


def _truth(answer: Any, array: Array) -> Array:
    """Bool; uint8 of uint8, as before there were bools."""
    return np.asarray(answer).astype(np.uint8) if array.dtype == np.uint8 else np.asarray(answer)


@plain
def count_nonzero(self: Array, dim: Dim = None) -> Array:
    """How many elements are not zero."""
    return np.asarray(np.count_nonzero(self, dims_of(dim, self.ndim)), np.int64)
