"""The largest, smallest and middle elements: max, min, amax, amin, aminmax, median, argmax, argmin."""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..backends import TENSORS
from ..registry import formula_helper, op
from ..results import MinMax, return_type
from ..tensor import Array, Tensor
from .nondifferentiable import plain
from .reduction import Dim, dims_of, largest, numpy_dtype, one_dim, smallest


def _evenly(k: Any, g: Any, self: Any, result: Any, dim: tuple[int, ...], keepdim: bool) -> Any:
    """The gradient shared evenly by the elements that equal the result."""
    shape = tuple(self.shape)
    winners = self == k.restore_dims(result, dim, keepdim, shape)
    counts = k.cast(k.sum_dims(winners, dim, True), numpy_dtype(g))
    return k.masked(k.restore_dims(g, dim, keepdim, shape) / counts, winners)


def evenly_all(k: Any, g: Any, self: Any, result: Any) -> Any:
    """The gradient shared evenly by all elements that equal the result; NaN counts as equal to NaN."""
    winners = (self == result) | (k.isnan(self) & k.isnan(result))
    return k.masked(g / k.cast(k.sum_all(winners), numpy_dtype(g)), winners)


@op("MaxBackward1", self=evenly_all)
def max_all(self: Array) -> Array:
    """The largest element."""
    return largest(self, None)


@op("MinBackward1", self=evenly_all)
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


def pick(self: Array, indices: Any, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The picked elements and their positions, with or without the reduced dimension."""
    if not self.ndim:
        return self.copy(), np.zeros((), np.int64)
    indices = np.expand_dims(indices, dim)
    values = np.take_along_axis(self, indices, dim)
    return (values, indices) if keepdim else (values.squeeze(dim), indices.squeeze(dim))


INDEXED: dict[str, Any] = {
    "outputs": ("values", "indices"),
    "visible": 2,
    "self": lambda k, g, indices, dim, keepdim, self_shape: k.put_back(g, indices, dim, keepdim, self_shape),
}


@op("MaxBackward0", **INDEXED)
def max_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The largest elements along one dimension, and where they are."""
    return pick(self, np.argmax(self, dim if self.ndim else None), dim, keepdim)


@op("MinBackward0", **INDEXED)
def min_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The smallest elements along one dimension, and where they are."""
    return pick(self, np.argmin(self, dim if self.ndim else None), dim, keepdim)


@op("MedianBackward1", **INDEXED)
def median_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The (lower) medians along one dimension, and where they are; NaN where there is one."""
    order = np.argsort(self, dim if self.ndim else None, kind="stable")
    missing = np.isnan(self)
    if self.ndim and missing.any():
        middle = np.where(missing.any(dim), missing.argmax(dim), np.take(order, (self.shape[dim] - 1) // 2, dim))
        return pick(self, middle, dim, keepdim)
    return pick(self, np.take(order, (self.shape[dim] - 1) // 2, dim) if self.ndim else order, dim, keepdim)


@op("MedianBackward0", self=evenly_all)
def median_all(self: Array) -> Array:
    """The (lower) median of all elements."""
    if not self.size:
        return np.asarray(np.nan, self.dtype)
    flat = np.sort(self, None)
    return flat[-1] if np.isnan(flat[-1]) else flat[(flat.size - 1) // 2]


def check_not_empty(input: Tensor, dim: tuple[int, ...], function: str) -> None:
    """Raise what PyTorch raises for the extremum of nothing."""
    shape = input._array.shape
    if not dim and not input._array.size:
        raise RuntimeError(
            f"{function}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the "
            "'dim' argument."
        )
    for axis in dim if shape else ():
        if not shape[axis]:
            raise IndexError(f"{function}(): Expected reduction dim {axis} to have non-zero size.")


def max(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest element; with ``dim`` the largest along it and their indices; with a tensor, see :func:`maximum`."""
    if isinstance(dim, Tensor):
        return TENSORS.maximum(input, dim)
    if dim is None:
        check_not_empty(input, (), "max")
        return max_all(input)
    dim = one_dim(dim, input.ndim)
    check_not_empty(input, (dim,), "max")
    return MinMax["max"](max_dim(input, dim, keepdim))


def min(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest element; with ``dim`` the smallest along it and their indices; with a tensor, see :func:`minimum`."""
    if isinstance(dim, Tensor):
        return TENSORS.minimum(input, dim)
    if dim is None:
        check_not_empty(input, (), "min")
        return min_all(input)
    dim = one_dim(dim, input.ndim)
    check_not_empty(input, (dim,), "min")
    return MinMax["min"](min_dim(input, dim, keepdim))


def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The (lower) median; with ``dim`` the medians along it and their indices."""
    if input._array.dtype.kind == "b":
        raise NotImplementedError("\"median_cpu\" not implemented for 'Bool'")
    return median_all(input) if dim is None else MinMax["median"](median_dim(input, one_dim(dim, input.ndim), keepdim))


def amax(input: Tensor, dim: Dim = (), keepdim: bool = False) -> Tensor:
    """The largest elements over some dimensions; equal ones share the gradient."""
    dims = dims_of(dim, input.ndim)
    check_not_empty(input, () if dim in ((), None) else dims, "amax")
    return amax_dims(input, dims, keepdim)


def amin(input: Tensor, dim: Dim = (), keepdim: bool = False) -> Tensor:
    """The smallest elements over some dimensions; equal ones share the gradient."""
    dims = dims_of(dim, input.ndim)
    check_not_empty(input, () if dim in ((), None) else dims, "amin")
    return amin_dims(input, dims, keepdim)


@op(
    "AminmaxBackward0",
    outputs=("min", "max"),
    visible=2,
    differentiable_outputs=2,
    self=lambda k, g, self, min, max, dim, keepdim: (
        _evenly(k, g[0], self, min, dim, keepdim) + _evenly(k, g[1], self, max, dim, keepdim)
    ),
)
def aminmax_dims(self: Array, dim: tuple[int, ...], keepdim: bool) -> tuple[Array, Array]:
    """The smallest and the largest elements over some dimensions."""
    return smallest(self, dim, keepdims=keepdim), largest(self, dim, keepdims=keepdim)


AMinMax = return_type("aminmax", "min", "max")


def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> Any:
    """The smallest and the largest elements of all, or along one dimension; equal ones share the gradient."""
    dims = dims_of(dim, input.ndim)
    if dim is not None and input.ndim and not input._array.shape[dims[0]]:
        raise IndexError(f"aminmax: Expected reduction dim {dims[0]} to have non-zero size.")
    if not math.prod([input._array.shape[axis] for axis in dims]):
        raise RuntimeError("aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.")
    return AMinMax(aminmax_dims(input, dims, keepdim))


@plain
def argmax(self: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """Where the largest element is (in the flattened tensor when ``dim`` is None)."""
    return _argument(np.argmax, "argmax", self, dim, keepdim)


@plain
def argmin(self: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """Where the smallest element is."""
    return _argument(np.argmin, "argmin", self, dim, keepdim)


def _argument(find: Any, name: str, array: Array, dim: int | None, keepdim: bool) -> Array:
    if array.dtype.kind == "b":
        raise RuntimeError(f"{name}(): does not support bool input")
    if dim is None:
        if not array.size:
            raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
        return find(array, None, keepdims=keepdim)
    dim = one_dim(dim, array.ndim)
    if not array.ndim:
        return np.zeros((), np.int64)
    if not array.shape[dim]:
        raise IndexError(f"{name}(): Expected reduction dim {dim} to have non-zero size.")
    return find(array, dim, keepdims=keepdim)
