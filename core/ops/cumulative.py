"""Running maxima, minima and log-sum-exps along one dimension, and differences of neighbours."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

import numpy as np

from ..backends import TENSORS
from ..registry import op
from ..results import MinMax
from ..tensor import Array, Tensor, from_array
from .filling import copy_
from .reduction import numpy_dtype, one_dim
from .shape import narrow


def _running(self: Array, dim: int, extremum: np.ufunc, at_least: np.ufunc) -> tuple[Array, Array]:
    """The extremum so far and where it was last reached; once there was NaN, the last NaN."""
    if not self.ndim:
        return self.copy(), np.zeros((), np.int64)
    values = extremum.accumulate(self, dim)
    positions = np.arange(self.shape[dim]).reshape([-1 if axis == dim else 1 for axis in range(self.ndim)])
    reached = at_least(self, values) if self.dtype.kind != "f" else at_least(self, values) | np.isnan(self)
    return values, np.maximum.accumulate(np.where(reached, positions, 0), dim)


_INDEXED: dict[str, Any] = {
    "outputs": ("values", "indices"),
    "visible": 2,
    "self": lambda k, g, indices, dim, self_shape: k.scatter_add(k.zeros(self_shape, g), dim, indices, g) if self_shape else g,
}


@op("CummaxBackward0", **_INDEXED)
def cummax_dim(self: Array, dim: int) -> tuple[Array, Array]:
    """The largest element so far, and where it was."""
    return _running(self, dim, np.maximum, np.greater_equal)


@op("CumminBackward0", **_INDEXED)
def cummin_dim(self: Array, dim: int) -> tuple[Array, Array]:
    """The smallest element so far, and where it was."""
    return _running(self, dim, np.minimum, np.less_equal)


def _checked(dim: int, input: Tensor, name: str) -> int:
    if not input.ndim and dim not in (-1, 0):
        raise IndexError(f"{name}(): Expected reduction dim -1 or 0 for scalar but got {dim}")
    return one_dim(dim, input.ndim)


def cummax(input: Tensor, dim: int) -> Any:
    """The largest element so far along one dimension, and where it was."""
    return MinMax["cummax"](cummax_dim(input, _checked(dim, input, "cummax")))


def cummin(input: Tensor, dim: int) -> Any:
    """The smallest element so far along one dimension, and where it was."""
    return MinMax["cummin"](cummin_dim(input, _checked(dim, input, "cummin")))


def _from_the_end(k: Any, logarithms: Any, dim: int) -> Any:
    return k.flip(k.logcumsumexp_dim(k.flip(logarithms, (dim,)), dim), (dim,))


def _logcumsumexp_gradient(k: Any, g: Any, self: Any, result: Any, dim: int) -> Any:
    """``exp(self) * (reversed running sum of g / exp(result))`` in logarithms, positive and negative gradients apart."""
    if not len(self.shape):
        return g
    nothing, logarithms = float(np.finfo(numpy_dtype(g)).min), k.log(k.abs(g))
    positive, negative = k.where(g > 0, logarithms, nothing), k.where(g < 0, logarithms, nothing)
    return k.exp(_from_the_end(k, positive - result, dim) + self) - k.exp(_from_the_end(k, negative - result, dim) + self)


@op("LogcumsumexpBackward0", self=_logcumsumexp_gradient)
def logcumsumexp_dim(self: Array, dim: int) -> Array:
    """Running ``log(sum(exp(self)))`` along one dimension, without overflow."""
    return np.logaddexp.accumulate(self, dim) if self.ndim else self.copy()


def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """Running ``log(sum(exp(input)))`` along one dimension."""
    dim = one_dim(dim, input.ndim)
    if not input.is_floating_point():
        raise NotImplementedError(f"\"logcumsumexp_out_cpu\" not implemented for '{input.dtype.cpp_name}'")
    return logcumsumexp_dim(input, dim)


def diff(input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None) -> Tensor:
    """The ``n``-th differences of neighbours along one dimension."""
    if not input.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    dim = one_dim(dim, input.ndim)
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    if n == 0:
        return copy_(from_array(np.zeros_like(input._array)), input)
    parts = [part for part in (prepend, input, append) if part is not None]
    result = TENSORS.cat(parts, dim) if len(parts) > 1 else input
    for _ in range(n):
        size = result._array.shape[dim]
        last, first = narrow(result, dim, min(1, size), max(size - 1, 0)), narrow(result, dim, 0, max(size - 1, 0))
        result = TENSORS.logical_xor(last, first) if result._array.dtype.kind == "b" else TENSORS.sub(last, first)
    return result
