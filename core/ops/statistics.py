"""Variance, norms, logsumexp and running sums and products."""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..dtypes import sum_result_type
from ..registry import op
from ..tensor import Array, Tensor
from .reduction import Dim, as_asked, count_of, dims_of, largest, numpy_dtype, one_dim, smallest, total, typed


def _variance_gradient(k: Any, g: Any, self: Any, dim: tuple[int, ...], correction: float, keepdim: bool) -> Any:
    shape = tuple(self.shape)
    freedom = count_of(shape, dim) - correction
    centred = self - k.mean_dims(self, dim, True)
    return k.restore_dims(g, dim, keepdim, shape) * ((2.0 / freedom if freedom > 0 else math.nan) * centred)


def _deviation_gradient(k: Any, g: Any, self: Any, result: Any, dim: tuple[int, ...], correction: float, keepdim: bool) -> Any:
    return _variance_gradient(k, k.where(result == 0, 0.0, g / (2.0 * result)), self, dim, correction, keepdim)


def _variance(self: Array, dim: tuple[int, ...], correction: float, keepdim: bool) -> Array:
    centred = self - _mean(self, dim, True)
    freedom = count_of(self.shape, dim) - correction
    return total(centred * centred, dim, keepdims=keepdim) / self.dtype.type(freedom if freedom > 0 else 0)


@op("VarBackward0", self=_variance_gradient)
def var_dims(self: Array, dim: tuple[int, ...], correction: float, keepdim: bool) -> Array:
    """The variance over some dimensions."""
    return _variance(self, dim, correction, keepdim)


@op("StdBackward0", self=_deviation_gradient)
def std_dims(self: Array, dim: tuple[int, ...], correction: float, keepdim: bool) -> Array:
    """The standard deviation over some dimensions."""
    return np.sqrt(_variance(self, dim, correction, keepdim))


def _mean_gradient(k: Any, g: Any, self_shape: Any, dim: tuple[int, ...], keepdim: bool) -> Any:
    return k.spread(g / count_of(self_shape, dim), dim, keepdim, self_shape)


def _with_mean(k: Any, g: Any, for_spread: Any, self: Any, dim: tuple[int, ...], keepdim: bool) -> Any:
    """The gradient through the variance (or deviation) and through the mean."""
    through_mean = None if g[1] is None else _mean_gradient(k, g[1], tuple(self.shape), dim, keepdim)
    if for_spread is None or through_mean is None:
        return through_mean if for_spread is None else for_spread
    return for_spread + through_mean


def _var_mean_gradient(k: Any, g: Any, self: Any, dim: tuple[int, ...], correction: float, keepdim: bool) -> Any:
    through = None if g[0] is None else _variance_gradient(k, g[0], self, dim, correction, keepdim)
    return _with_mean(k, g, through, self, dim, keepdim)


def _std_mean_gradient(k: Any, g: Any, self: Any, std: Any, dim: tuple[int, ...], correction: float, keepdim: bool) -> Any:
    through = None if g[0] is None else _deviation_gradient(k, g[0], self, std, dim, correction, keepdim)
    return _with_mean(k, g, through, self, dim, keepdim)


_TWO_OUTPUTS: dict[str, Any] = {"visible": 2, "differentiable_outputs": 2, "undefined_as_none": True}


@op("VarMeanBackward0", outputs=("var", "mean"), self=_var_mean_gradient, **_TWO_OUTPUTS)
def var_mean_dims(self: Array, dim: tuple[int, ...], correction: float, keepdim: bool) -> tuple[Array, Array]:
    """The variance and the mean over some dimensions."""
    return _variance(self, dim, correction, keepdim), _mean(self, dim, keepdim)


@op("StdMeanBackward0", outputs=("std", "mean"), self=_std_mean_gradient, **_TWO_OUTPUTS)
def std_mean_dims(self: Array, dim: tuple[int, ...], correction: float, keepdim: bool) -> tuple[Array, Array]:
    """The standard deviation and the mean over some dimensions."""
    return np.sqrt(_variance(self, dim, correction, keepdim)), _mean(self, dim, keepdim)


def _mean(self: Array, dim: tuple[int, ...], keepdim: bool) -> Array:
    return total(self, dim, keepdims=keepdim) / self.dtype.type(count_of(self.shape, dim))


def _correction(unbiased: bool | None, correction: float | None) -> float:
    if correction is not None:
        return correction
    return 0 if unbiased is False else 1


def _dim_and_unbiased(dim: Any, unbiased: bool | None) -> tuple[Any, bool | None]:
    return (None, dim) if isinstance(dim, bool) else (dim, unbiased)


def _checked_dims(input: Tensor, dim: Any, function: str, correction: float) -> tuple[int, ...]:
    """The dimensions to reduce. Raises ``RuntimeError`` for integers; warns of too few elements."""
    if not input.is_floating_point():
        shared = "std and var" if function in ("std", "var") else function
        raise RuntimeError(f"{shared} only support floating point and complex dtypes")
    dims = dims_of(dim, input.ndim)
    if count_of(input._array.shape, dims) <= correction:
        warnings.warn(
            f"{function}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input numel "
            "divided by output numel).",
            UserWarning,
            stacklevel=4,
        )
    return dims


def var(
    input: Tensor, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> Tensor:
    """The variance of all elements, or over some dimensions, with Bessel's correction unless told otherwise."""
    dim, unbiased = _dim_and_unbiased(dim, unbiased)
    freedom = _correction(unbiased, correction)
    return var_dims(input, _checked_dims(input, dim, "var", freedom), freedom, keepdim)


def std(
    input: Tensor, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> Tensor:
    """The standard deviation of all elements, or over some dimensions."""
    dim, unbiased = _dim_and_unbiased(dim, unbiased)
    freedom = _correction(unbiased, correction)
    return std_dims(input, _checked_dims(input, dim, "std", freedom), freedom, keepdim)


def var_mean(
    input: Tensor, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> tuple[Tensor, Tensor]:
    """The variance and the mean."""
    dim, unbiased = _dim_and_unbiased(dim, unbiased)
    freedom = _correction(unbiased, correction)
    return var_mean_dims(input, _checked_dims(input, dim, "var_mean", freedom), freedom, keepdim)


def std_mean(
    input: Tensor, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean."""
    dim, unbiased = _dim_and_unbiased(dim, unbiased)
    freedom = _correction(unbiased, correction)
    return std_mean_dims(input, _checked_dims(input, dim, "std_mean", freedom), freedom, keepdim)


# ----------------------------------------------------------------------------------------------------------------- norms
def _norm_gradient(k: Any, g: Any, self: Any, result: Any, ord: float, dim: tuple[int, ...], keepdim: bool) -> Any:
    shape = tuple(self.shape)
    g, norm = k.restore_dims(g, dim, keepdim, shape), k.restore_dims(result, dim, keepdim, shape)
    if ord == 0:
        return None
    if ord == 1:
        return g * k.sign(self)
    if ord == 2:
        return g * k.masked(self / norm, norm != 0)
    if math.isinf(ord):
        winners = k.abs(self) == norm
        return k.masked(g / k.cast(k.sum_dims(winners, dim, True), numpy_dtype(g)) * k.sign(self), winners)
    if ord < 1:
        return k.sign(self) * k.masked(k.pow_scalar(k.abs(self), ord - 1.0), self != 0) * g * k.pow_scalar(norm, 1.0 - ord)
    scale = k.masked(g / k.pow_scalar(norm, ord - 1.0), norm != 0)
    if ord < 2:
        return k.sign(self) * k.pow_scalar(k.abs(self), ord - 1.0) * scale
    return self * k.pow_scalar(k.abs(self), ord - 2.0) * scale


@op("LinalgVectorNormBackward0", floats_only=True, self=_norm_gradient)
def vector_norm_dims(self: Array, ord: float, dim: tuple[int, ...], keepdim: bool) -> Array:
    """The ``ord``-norm of the elements over some dimensions."""
    if ord == 2:
        return np.sqrt(total(self * self, dim, keepdims=keepdim))
    magnitudes = np.abs(self)
    if ord == 0:
        return total(self != 0, dim, keepdims=keepdim, dtype=self.dtype)
    if math.isinf(ord):
        return (largest if ord > 0 else smallest)(magnitudes, dim, keepdims=keepdim)
    if ord == 1:
        return total(magnitudes, dim, keepdims=keepdim)
    return np.power(total(np.power(magnitudes, ord), dim, keepdims=keepdim), 1.0 / ord)


# -------------------------------------------------------------------------------------------------- logsumexp, cumulative
def _logsumexp(self: Array, dim: tuple[int, ...], keepdim: bool) -> Array:
    peak = largest(self, dim, keepdims=True, initial=-np.inf)
    peak = np.where(np.isfinite(peak), peak, self.dtype.type(0))
    result = np.log(total(np.exp(self - peak), dim, keepdims=True)) + peak
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
    return as_asked(cumsum_dim(typed(input, dtype), one_dim(dim, input.ndim)), dtype)


def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """Running products along one dimension."""
    return as_asked(cumprod_dim(typed(input, dtype), one_dim(dim, input.ndim)), dtype)
