"""One index per element along a dimension: gather, scatter, scatter_add, scatter_reduce, take_along_dim."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from .. import errors
from ..backends import ARRAYS
from ..registry import op
from ..tensor import Array, Tensor, from_array
from .indexing import Indices, is_integer
from .reduction import numpy_dtype, one_dim
from .shape import expand_to, flatten
from .shape_primitives import Shape


# -------------------------------------------------------------------------------------------------------------- primitives
def _along(dim: int, index: Array) -> Indices:
    """NumPy's index for ``array[..., index along dim, ...]`` where the other positions are those of ``index`` itself."""
    if index.ndim == 1:
        return (index,)
    grid = _kept_grid(index.shape) if index.size < 1 << 15 else _grid(index.shape)
    return (*grid[:dim], index, *grid[dim + 1 :])


def _grid(shape: Shape) -> Indices:
    """``np.ogrid`` for a shape."""
    grid = np.ogrid[tuple([slice(size) for size in shape])]
    for positions in grid:
        positions.flags.writeable = False
    return tuple(grid)


_kept_grid = lru_cache(maxsize=64)(_grid)


@op(
    "GatherBackward0",
    tensors=("index",),
    self=lambda k, g, self_shape, dim, index: k.scatter_add(k.zeros(self_shape, g), dim, index, g),
)
def gather(self: Array, dim: int, index: Array) -> Array:
    """The elements that ``index`` names along a dimension."""
    if not index.size:
        return np.zeros(index.shape, self.dtype)
    if index.ndim and self.ndim:
        return self[_along(dim, index)]
    return np.atleast_1d(self)[_along(dim, np.atleast_1d(index))].reshape(index.shape)


def _part(src: Array, index: Array) -> Array:
    return np.atleast_1d(src)[tuple(slice(size) for size in index.shape)]


@op(
    "ScatterAddBackward0",
    tensors=("index",),
    self=lambda k, g: g,
    src=lambda k, g, dim, index, src_shape: k.pad_to(k.gather(g, dim, index), src_shape),
)
def scatter_add(self: Array, dim: int, index: Array, src: Array) -> Array:
    """A copy with ``src`` added at the positions that ``index`` names along a dimension."""
    result = np.array(self)
    if index.size:
        index = np.atleast_1d(index)
        np.add.at(np.atleast_1d(result), _along(dim, index), _part(src, index))
    return result


def _written(array: Array, dim: int, index: Array, values: Any) -> Array:
    result = np.array(array)
    if index.size:
        index = np.atleast_1d(index)
        np.atleast_1d(result)[_along(dim, index)] = _part(values, index) if isinstance(values, np.ndarray) else values
    return result


@op(
    "ScatterBackward0",
    tensors=("index",),
    self=lambda k, g, dim, index: k.scatter_value(g, dim, index, 0.0),
    src=lambda k, g, dim, index, src_shape: k.pad_to(k.gather(g, dim, index), src_shape),
)
def scatter_src(self: Array, dim: int, index: Array, src: Array) -> Array:
    """A copy with ``src`` written at the positions that ``index`` names along a dimension."""
    return _written(self, dim, index, src)


@op("ScatterBackward1", tensors=("index",), self=lambda k, g, dim, index: k.scatter_value(g, dim, index, 0.0))
def scatter_value(self: Array, dim: int, index: Array, value: float) -> Array:
    """A copy with one value written at the positions that ``index`` names along a dimension."""
    return _written(self, dim, index, value)


@op("PadBackward0", self=lambda k, g, self_shape: k.crop_to(g, self_shape))
def pad_to(self: Array, shape: Shape) -> Array:
    """Zeros appended up to a shape."""
    if self.shape == shape:
        return self
    result = np.zeros(shape, self.dtype)
    if self.size:
        result[tuple(slice(size) for size in self.shape)] = self
    return result


@op("CropBackward0", self=lambda k, g, self_shape: k.pad_to(g, self_shape))
def crop_to(self: Array, shape: Shape) -> Array:
    """Cut down to a shape."""
    return self[tuple(slice(size) for size in shape)].copy() if 0 not in shape else np.zeros(shape, self.dtype)


# -------------------------------------------------------------------------------------------------------------- reductions
_AT: dict[str, Any] = {"sum": np.add, "mean": np.add, "prod": np.multiply, "amax": np.maximum, "amin": np.minimum}


def _neutral(reduce: str, dtype: Any) -> Any:
    """What leaves every value as it is."""
    if reduce in ("sum", "mean"):
        return 0
    if reduce == "prod":
        return 1
    if dtype.kind == "b":
        return reduce == "amin"
    limits: Any = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    if dtype.kind == "f":
        return np.inf if reduce == "amin" else -np.inf
    return limits.max if reduce == "amin" else limits.min


def _reduce_gradients(
    k: Any, g: Any, needs: Sequence[bool], self: Any, dim: int, index: Any, src: Any, reduce: str, include_self: bool, result: Any
) -> Sequence[Any]:
    """The formulas of PyTorch's ``scatter_reduce_backward``."""
    dtype = numpy_dtype(g)
    shape = tuple(src.shape)
    if reduce == "sum":
        for_self, for_src = g, k.gather(g, dim, index)
    elif reduce == "mean":
        counts = k.scatter_add(k.ones_like(g) if include_self else k.zeros_like(g), dim, index, k.ones_like(src))
        counts = k.masked_fill_value(counts, counts == 0, 1.0)
        for_self, for_src = g / counts, k.gather(g, dim, index) / k.gather(counts, dim, index)
    elif reduce == "prod":
        for_self, for_src = _product_gradients(k, g, self, dim, index, src, include_self, result)
    else:
        self_wins = k.cast(self == result, dtype)
        src_wins = k.cast(k.crop_to(src, tuple(index.shape)) == k.gather(result, dim, index), dtype)
        shared = g / k.scatter_add(self_wins, dim, index, src_wins)
        for_self, for_src = self_wins * shared, src_wins * k.gather(shared, dim, index)
    if not include_self:
        for_self = k.scatter_value(for_self, dim, index, 0.0)
    return [for_self if needs[0] else None, k.pad_to(for_src, shape) if needs[1] else None]


def _product_gradients(k: Any, g: Any, self: Any, dim: int, index: Any, src: Any, include_self: bool, result: Any) -> Sequence[Any]:
    dtype = numpy_dtype(g)
    without_zero = k.masked_fill_value(self, self == 0, 1.0)
    product = k.scatter_reduce_src(without_zero, dim, index, src, "prod", include_self)
    for_self = g * product / without_zero
    zero = src == 0
    zeros = k.gather(k.scatter_add(k.zeros_like(self), dim, index, k.cast(zero, dtype)), dim, index)
    only_zero = zero & (zeros == 1)
    others = k.scatter_reduce_src(self, dim, index, k.masked_fill_value(src, only_zero, 1.0), "prod", include_self)
    for_zero = k.gather(g * others, dim, index)
    for_rest = k.gather(g * result, dim, index) / k.masked_fill_value(src, zero, 1.0)
    return for_self, k.where(only_zero, for_zero, for_rest)


@op("ScatterReduceBackward0", joint=_reduce_gradients, tensors=("index",), self=None, src=None)  # type: ignore[arg-type]
def scatter_reduce_src(self: Array, dim: int, index: Array, src: Array, reduce: str, include_self: bool) -> Array:
    """A copy with ``src`` added to, multiplied with, … the values at the positions that ``index`` names along a dimension."""
    if not index.size:
        return self.copy()
    index = np.atleast_1d(index)
    where = _along(dim, index)
    result = np.array(self)
    flat = np.atleast_1d(result)
    if not include_self:
        flat[where] = _neutral(reduce, self.dtype)
    _AT[reduce].at(flat, where, _part(src, index))
    if reduce == "mean":
        counts = np.full(flat.shape, int(include_self))
        np.add.at(counts, where, 1)
        counts[counts == 0] = 1
        flat[...] = flat / counts if self.dtype.kind == "f" else flat // counts
    return result


def _refuse(k: Any, g: Any) -> Any:  # noqa: ARG001  (what every derivative takes)
    raise RuntimeError("derivative for aten::scatter is not implemented")


@op("NotImplemented", self=_refuse, src=_refuse)
def scatter_with_reduce(self: Array, dim: int, index: Array, src: Array, reduce: str) -> Array:
    """``scatter`` with its old argument ``reduce``, which has no derivative."""
    return ARRAYS.scatter_reduce_src(self, dim, index, src, reduce, True)


# ------------------------------------------------------------------------------------------------------ as torch spells it
def _check_index(function: str, input: Tensor, axis: int, index: Tensor, src: Any = None) -> None:
    """Raise what PyTorch raises for an index that does not fit."""
    if index.numel() and not is_integer(index):
        raise RuntimeError(f"{function}(): Expected dtype int32/int64 for index")
    if isinstance(src, Tensor) and input._array.dtype != src._array.dtype:
        raise RuntimeError(f"{function}(): Expected self.dtype to be equal to src.dtype")
    if not index.numel():
        return
    indexed, whole = index._array.shape or (1,), input._array.shape or (1,)
    other = (src._array.shape or (1,)) if isinstance(src, Tensor) else indexed
    if len(indexed) != len(whole):
        name = "input" if function == "gather" else "self"
        raise RuntimeError(f"Index tensor must have the same number of dimensions as {name} tensor")
    if len(indexed) != len(other):
        raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
    rest = [position for position in range(len(indexed)) if position != axis]
    too_wide = [position for position in rest if indexed[position] > whole[position]]
    if function == "gather":
        if too_wide:
            raise RuntimeError(
                f"Size does not match at dimension {too_wide[0]} expected index {list(indexed)} to be no larger than self "
                f"{list(whole)} apart from dimension {axis}"
            )
    elif too_wide or any(one > two for one, two in zip(indexed, other, strict=True)):
        of_src = f" and to be no larger size than src {list(other)}" if isinstance(src, Tensor) else ""
        raise RuntimeError(
            f"Expected index {list(indexed)} to be no larger than self {list(whole)} apart from dimension {axis}{of_src}"
        )
    size = whole[axis]
    if index._array.min() < 0 or index._array.max() >= size:
        wrong = index._array[(index._array < 0) | (index._array >= size)]
        raise RuntimeError(f"index {int(wrong.ravel()[0])} is out of bounds for dimension {axis} with size {size}")


def gather_dim(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:  # noqa: ARG001
    """The elements that ``index`` names along a dimension."""
    axis = one_dim(dim, input.ndim)
    _check_index("gather", input, axis, index)
    return gather(input, axis, index)


def scatter(
    input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: float | None = None, reduce: str | None = None
) -> Tensor:
    """A copy with ``src`` (a tensor or a number) written at the positions ``index`` names along a dimension."""
    axis = one_dim(dim, input.ndim)
    source = src if value is None else value
    _check_index("scatter", input, axis, index, source)
    if reduce is not None:
        if reduce not in ("add", "multiply"):
            raise RuntimeError("reduce argument must be either add or multiply.")
        if isinstance(source, Tensor):
            warnings.warn(
                "The reduce argument of torch.scatter with Tensor src is deprecated and will be removed in a future PyTorch "
                "release. Use torch.scatter_reduce instead for more reduction options.",
                UserWarning,
                stacklevel=3,
            )
        return scatter_combined(input, axis, index, source, "sum" if reduce == "add" else "prod")
    if isinstance(source, Tensor):
        return scatter_src(input, axis, index, source)
    return scatter_value(input, axis, index, source)


def scatter_add_dim(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """A copy with ``src`` added at the positions ``index`` names along a dimension."""
    axis = one_dim(dim, input.ndim)
    _check_index("scatter", input, axis, index, src)
    return scatter_add(input, axis, index, src)


def scatter_reduce(input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True) -> Tensor:
    """A copy with ``src`` combined with the values at the positions ``index`` names: sum, prod, mean, amax or amin."""
    axis = one_dim(dim, input.ndim)
    if reduce not in _AT:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    _check_index("scatter", input, axis, index, src)
    return scatter_reduce_src(input, axis, index, src, reduce, include_self)


def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """As ``gather``, for indices that ``argsort`` and its like return; the other dimensions broadcast."""
    if dim is not None and input.ndim != indices.ndim:
        raise RuntimeError(
            f"torch.take_along_dim(): input and indices should have the same number of dimensions, but got {input.ndim} dimensions "
            f"for input, and {indices.ndim} dimensions for indices"
        )
    if not is_integer(indices, wide=True):
        raise RuntimeError(f"torch.take_along_dim(): dtype of indices should be Long but got {indices.dtype.cpp_name}")
    if dim is None:
        return gather_dim(flatten(input), 0, flatten(indices))
    axis = one_dim(dim, input.ndim)
    whole, indexed = list(input._array.shape), list(indices._array.shape)
    whole[axis] = indexed[axis] = 1
    try:
        shape = np.broadcast_shapes(tuple(whole), tuple(indexed))
    except ValueError:
        raise errors.not_broadcastable(whole, indexed) from None
    sizes, index_sizes = list(shape), list(shape)
    sizes[axis], index_sizes[axis] = input._array.shape[axis], indices._array.shape[axis]
    if indices._array.size and indices._array.min() < 0:
        indices = from_array(np.where(indices._array < 0, indices._array + sizes[axis], indices._array))
    return gather_dim(expand_to(input, sizes), axis, expand_to(indices, index_sizes))


def scatter_combined(input: Tensor, axis: int, index: Tensor, source: Any, reduce: str) -> Tensor:
    """``scatter`` with its old argument ``reduce``, which has no derivative."""
    if not isinstance(source, Tensor):
        source = from_array(np.full(index._array.shape, source, input._array.dtype))
    return scatter_with_reduce(input, axis, index, source, reduce)
