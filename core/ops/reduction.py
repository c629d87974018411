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
from ..dtypes import as_dtype, sum_result_type
from ..registry import TENSORS, formula_helper, op
from ..results import MinMax
from ..tensor import Array, Tensor
from .nondifferentiable import plain

# NumPy's type hints know no `keepdims` that is not a literal
_total: Any = np.add.reduce
_product: Any = np.multiply.reduce
_largest: Any = np.maximum.reduce
_smallest: Any = np.minimum.reduce

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


def _count(shape: tuple[int, ...], dim: tuple[int, ...]) -> int:
    return math.prod([shape[axis] for axis in dim])


# ------------------------------------------------------------------------------------------------------------- sum, mean
@op("SumBackward0", self=lambda k, g, self_shape: k.expand(g, self_shape))
def sum_all(self: Array) -> Array:
    """The sum of all elements."""
    if self.dtype.kind == "f":
        return _total(self, None)
    return _total(self, None, dtype=np.int64)


@op("SumBackward1", self=lambda k, g, self_shape, dim, keepdim: k.spread(g, dim, keepdim, self_shape))
def sum_dims(self: Array, dim: tuple[int, ...], keepdim: bool) -> Array:
    """The sum over some dimensions."""
    return _total(self, dim, dtype=sum_result_type(self.dtype), keepdims=keepdim)


@op("MeanBackward0", self=lambda k, g, self_shape: k.expand(g / math.prod(self_shape), self_shape))
def mean_all(self: Array) -> Array:
    """The mean of all elements."""
    return np.true_divide(_total(self, None), self.dtype.type(self.size))


@op(
    "MeanBackward1",
    self=lambda k, g, self_shape, dim, keepdim: k.spread(g / _count(self_shape, dim), dim, keepdim, self_shape),
)
def mean_dims(self: Array, dim: tuple[int, ...], keepdim: bool) -> Array:
    """The mean over some dimensions."""
    return _total(self, dim, keepdims=keepdim) / self.dtype.type(_count(self.shape, dim))


@op(
    "NansumBackward0",
    self=lambda k, g, self, self_shape, dim, keepdim: k.masked(k.spread(g, dim, keepdim, self_shape), self == self),
)
def nansum_dims(self: Array, dim: tuple[int, ...], keepdim: bool) -> Array:
    """The sum over some dimensions, NaN counting as zero."""
    return np.nansum(self, axis=dim, keepdims=keepdim)


def _typed(input: Tensor, dtype: Any) -> Tensor:
    return input if dtype is None else TENSORS.cast(input, as_dtype(dtype).np)


def sum(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of all elements, or over some dimensions."""
    input = _typed(input, dtype)
    if dim is None and not keepdim:
        return sum_all(input)
    return sum_dims(input, dims_of(dim, input.ndim), keepdim)


def nansum(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """As :func:`sum`, NaN counting as zero."""
    return nansum_dims(_typed(input, dtype), dims_of(dim, input.ndim), keepdim)


def mean(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of all elements, or over some dimensions."""
    input = _typed(input, dtype)
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
    return _product(self, None, dtype=sum_result_type(self.dtype))


@op("ProdBackward1", self=_prod_dim_gradient)
def prod_dim(self: Array, dim: int, keepdim: bool) -> Array:
    """The product over one dimension."""
    return _product(self, dim, dtype=sum_result_type(self.dtype), keepdims=keepdim) if self.ndim else self.copy()


def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The product of all elements, or over one dimension."""
    input = _typed(input, dtype)
    return prod_all(input) if dim is None else prod_dim(input, one_dim(dim, input.ndim), keepdim)


# --------------------------------------------------------------------------------------------------------------- extrema
def _numpy_dtype(g: Any) -> Any:
    return g._array.dtype if isinstance(g, Tensor) else g.dtype


def _evenly(k: Any, g: Any, self: Any, result: Any, dim: tuple[int, ...], keepdim: bool) -> Any:
    """The gradient shared evenly by the elements that equal the result."""
    shape = tuple(self.shape)
    winners = self == k.restore_dims(result, dim, keepdim, shape)
    counts = k.cast(k.sum_dims(winners, dim, True), _numpy_dtype(g))
    return k.masked(k.restore_dims(g, dim, keepdim, shape) / counts, winners)


def _evenly_all(k: Any, g: Any, self: Any, result: Any) -> Any:
    winners = self == result
    return k.masked(g / k.cast(k.sum_all(winners), _numpy_dtype(g)), winners)


@op("MaxBackward1", self=_evenly_all)
def max_all(self: Array) -> Array:
    """The largest element."""
    return _largest(self, None)


@op("MinBackward1", self=_evenly_all)
def min_all(self: Array) -> Array:
    """The smallest element."""
    return _smallest(self, None)


@op("AmaxBackward0", self=lambda k, g, self, result, dim, keepdim: _evenly(k, g, self, result, dim, keepdim))
def amax_dims(self: Array, dim: tuple[int, ...], keepdim: bool) -> Array:
    """The largest elements over some dimensions."""
    return _largest(self, dim, keepdims=keepdim)


@op("AminBackward0", self=lambda k, g, self, result, dim, keepdim: _evenly(k, g, self, result, dim, keepdim))
def amin_dims(self: Array, dim: tuple[int, ...], keepdim: bool) -> Array:
    """The smallest elements over some dimensions."""
    return _smallest(self, dim, keepdims=keepdim)


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


# ------------------------------------------------------------------------------------------------------------ statistics
def _variance_gradient(k: Any, g: Any, self: Any, dim: tuple[int, ...], correction: float, keepdim: bool) -> Any:
    shape = tuple(self.shape)
    freedom = _count(shape, dim) - correction
    centred = self - k.mean_dims(self, dim, True)
    return k.restore_dims(g, dim, keepdim, shape) * ((2.0 / freedom if freedom > 0 else math.nan) * centred)


def _deviation_gradient(k: Any, g: Any, self: Any, result: Any, dim: tuple[int, ...], correction: float, keepdim: bool) -> Any:
    return _variance_gradient(k, k.where(result == 0, 0.0, g / (2.0 * result)), self, dim, correction, keepdim)


def _variance(self: Array, dim: tuple[int, ...], correction: float, keepdim: bool) -> Array:
    centred = self - np.mean(self, dim, keepdims=True, dtype=self.dtype)
    freedom = _count(self.shape, dim) - correction
    return _total(centred * centred, dim, keepdims=keepdim) / self.dtype.type(freedom if freedom > 0 else 0)


@op("VarBackward0", self=_variance_gradient)
def var_dims(self: Array, dim: tuple[int, ...], correction: float, keepdim: bool) -> Array:
    """The variance over some dimensions."""
    return _variance(self, dim, correction, keepdim)


@op("StdBackward0", self=_deviation_gradient)
def std_dims(self: Array, dim: tuple[int, ...], correction: float, keepdim: bool) -> Array:
    """The standard deviation over some dimensions."""
    return np.sqrt(_variance(self, dim, correction, keepdim))


def _correction(unbiased: bool | None, correction: float | None) -> float:
    if correction is not None:
        return correction
    return 0 if unbiased is False else 1


def _dim_and_unbiased(dim: Any, unbiased: bool | None) -> tuple[Any, bool | None]:
    return (None, dim) if isinstance(dim, bool) else (dim, unbiased)


def var(
    input: Tensor, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> Tensor:
    """The variance of all elements, or over some dimensions, with Bessel's correction unless told otherwise."""
    dim, unbiased = _dim_and_unbiased(dim, unbiased)
    return var_dims(input, dims_of(dim, input.ndim), _correction(unbiased, correction), keepdim)


def std(
    input: Tensor, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> Tensor:
    """The standard deviation of all elements, or over some dimensions."""
    dim, unbiased = _dim_and_unbiased(dim, unbiased)
    return std_dims(input, dims_of(dim, input.ndim), _correction(unbiased, correction), keepdim)


def var_mean(input: Tensor, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """The variance and the mean."""
    dim, unbiased = _dim_and_unbiased(dim, unbiased)
    return var(input, dim, unbiased, keepdim), mean(input, dim, keepdim)


# ----------------------------------------------------------------------------------------------------------------- norms
def _norm_gradient(k: Any, g: Any, self: Any, result: Any, ord: float, dim: tuple[int, ...], keepdim: bool) -> Any:
    shape = tuple(self.shape)
    g, norm = k.restore_dims(g, dim, keepdim, shape), k.restore_dims(result, dim, keepdim, shape)
    if ord == 0:
        return k.zeros_like(self)
    if ord == 1:
        return g * k.sign(self)
    if ord == 2:
        return k.masked(self * (g / norm), norm != 0)
    if math.isinf(ord):
        winners = k.abs(self) == norm
        return k.masked(g / k.cast(k.sum_dims(winners, dim, True), _numpy_dtype(g)) * k.sign(self), winners)
    powers = k.sign(self) * k.pow_scalar(k.abs(self), ord - 1.0)
    return k.masked(powers * (g / k.pow_scalar(norm, ord - 1.0)), (norm != 0) & (self != 0))


@op("LinalgVectorNormBackward0", floats_only=True, self=_norm_gradient)
def vector_norm_dims(self: Array, ord: float, dim: tuple[int, ...], keepdim: bool) -> Array:
    """The ``ord``-norm of the elements over some dimensions."""
    if ord == 2:
        return np.sqrt(_total(self * self, dim, keepdims=keepdim))
    magnitudes = np.abs(self)
    if ord == 0:
        return _total(self != 0, dim, keepdims=keepdim, dtype=self.dtype)
    if math.isinf(ord):
        return (_largest if ord > 0 else _smallest)(magnitudes, dim, keepdims=keepdim)
    if ord == 1:
        return _total(magnitudes, dim, keepdims=keepdim)
    return np.power(_total(np.power(magnitudes, ord), dim, keepdims=keepdim), 1.0 / ord)


def vector_norm(x: Tensor, ord: float = 2, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The ``ord``-norm of all elements, or over some dimensions."""
    return vector_norm_dims(_typed(x, dtype), ord, dims_of(dim, x.ndim), keepdim)


def norm(input: Tensor, p: Any = "fro", dim: Dim = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """The ``p``-norm: by default the square root of the sum of squares."""
    if not input.is_floating_point():
        raise RuntimeError(f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {input.dtype.cpp_name}")
    order = 2 if p in ("fro", None) else float(p)
    return vector_norm(input, order, dim, keepdim, dtype=dtype)


# -------------------------------------------------------------------------------------------------- logsumexp, cumulative
def _logsumexp(self: Array, dim: tuple[int, ...], keepdim: bool) -> Array:
    largest = _largest(self, dim, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, self.dtype.type(0))
    result = np.log(_total(np.exp(self - largest), dim, keepdims=True)) + largest
    return result if keepdim else result.reshape([size for axis, size in enumerate(self.shape) if axis not in dim])


def _logsumexp_gradient(k: Any, g: Any, self: Any, result: Any, dim: tuple[int, ...], keepdim: bool) -> Any:
    shape = tuple(self.shape)
    return k.restore_dims(g, dim, keepdim, shape) * k.exp(self - k.restore_dims(result, dim, keepdim, shape))


@op("LogsumexpBackward0", floats_only=True, self=_logsumexp_gradient)
def logsumexp_dims(self: Array, dim: tuple[int, ...], keepdim: bool) -> Array:
    """``log(sum(exp(self)))`` over some dimensions, without overflow."""
    return _logsumexp(self, dim, keepdim)


def logsumexp(input: Tensor, dim: Dim, keepdim: bool = False) -> Tensor:
    """``log(sum(exp(input)))`` over some dimensions, without overflow."""
    return logsumexp_dims(input, dims_of(dim, input.ndim), keepdim)


@op("CumsumBackward0", self=lambda k, g, dim: k.flip(k.cumsum_dim(k.flip(g, (dim,)), dim), (dim,)) if len(g.shape) else g)
def cumsum_dim(self: Array, dim: int) -> Array:
    """Running sums along one dimension."""
    return np.cumsum(self, dim, dtype=sum_result_type(self.dtype)) if self.ndim else self.copy()


def _cumprod_gradient(k: Any, g: Any, self: Any, result: Any, dim: int) -> Any:
    """Element by element: d(result[j])/d(self[i]) is the product of the others up to j; right also when some are zero."""
    if not len(self.shape):
        return g
    size = self.shape[dim]
    if not math.prod(self.shape):
        return k.zeros_like(self)
    parts = []
    for i in range(size):
        before = k.narrow(result, dim, i - 1, 1) if i else k.ones_like(k.narrow(self, dim, 0, 1))
        after = k.narrow(self, dim, i + 1, size - i - 1)
        products = k.cat([before, before * k.cumprod_dim(after, dim)], dim)
        parts.append(k.sum_dims(k.narrow(g, dim, i, size - i) * products, (dim,), True))
    return k.cat(parts, dim)


@op("CumprodBackward0", self=_cumprod_gradient)
def cumprod_dim(self: Array, dim: int) -> Array:
    """Running products along one dimension."""
    return np.cumprod(self, dim, dtype=sum_result_type(self.dtype)) if self.ndim else self.copy()


def cumsum(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """Running sums along one dimension."""
    return cumsum_dim(_typed(input, dtype), one_dim(dim, input.ndim))


def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """Running products along one dimension."""
    return cumprod_dim(_typed(input, dtype), one_dim(dim, input.ndim))
