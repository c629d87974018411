"""Tensors as indices: ``tensor[index]``, index_put, index_select, index_add, index_copy, index_fill, take, put."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..registry import op
from ..tensor import Array, Tensor
from .nondifferentiable import plain
from .reduction import one_dim
from .shape_primitives import Shape

Indices = tuple[Any, ...]


# ------------------------------------------------------------------------------------------------------- tensors as indices
def _location(indices: Indices) -> Indices:
    return tuple([slice(None) if index is None else index for index in indices])


@op("IndexBackward0", keeps_arguments=True, self=lambda k, g, self_shape, indices: k.index_backward(g, self_shape, indices))
def index(self: Array, indices: Indices) -> Array:
    """The elements at some positions; None stands for a whole dimension."""
    try:
        found = self[_location(indices)]
    except IndexError as error:
        raise _as_in_torch(error, indices) from None
    return found if found.flags.c_contiguous else np.ascontiguousarray(found)


def _as_in_torch(error: IndexError, indices: Indices) -> IndexError:
    if "shape mismatch" in str(error):
        shapes = ", ".join([str(list(one.shape)) for one in indices if one is not None])
        return IndexError(f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}")
    found = re.match(r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)", str(error))
    if found is None:
        return IndexError(str(error))
    position, axis, size = found.groups()
    if size == "0":
        return IndexError("index is out of bounds for dimension with size 0")
    counted = sum(one is not None for one in indices[: int(axis)])  # PyTorch counts the dimensions that are indexed
    return IndexError(f"index {position} is out of bounds for dimension {counted} with size {size}")


@op("IndexBackwardBackward0", keeps_arguments=True, grad=lambda k, g, indices: k.index(g, indices))
def index_backward(grad: Array, shape: Shape, indices: Indices) -> Array:
    """``grad`` added up at some positions, zero elsewhere."""
    result = np.zeros(shape, grad.dtype)
    np.add.at(result, _location(indices), grad)
    return result


@op(
    "IndexPutBackward0",
    keeps_arguments=True,
    self=lambda k, g, indices, accumulate: g if accumulate else k.index_put_values(g, indices, k.zeros((), g), False),
    values=lambda k, g, indices, values_shape: k.sum_to(k.index(g, indices), values_shape),
)
def index_put_values(self: Array, indices: Indices, values: Array, accumulate: bool) -> Array:
    """A copy with ``values`` written, or added, at some positions."""
    result = self.copy()
    try:
        if accumulate:
            np.add.at(result, _location(indices), values)
        else:
            result[_location(indices)] = values
    except IndexError as error:
        raise _as_in_torch(error, indices) from None
    except ValueError:
        wanted = result[_location(indices)].shape
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of shape "
            f"{list(wanted)}"
        ) from None
    return result


def _plain_indices(indices: Sequence[Any]) -> Indices:
    return tuple([one._array if isinstance(one, Tensor) else one for one in indices])


def check_values_fit(input: Tensor, indices: Indices, values: Tensor) -> None:
    """Raise ``RuntimeError`` for values that cannot be broadcast to what is indexed."""
    wanted = input._array[_location(indices)].shape
    given = values._array.shape
    try:
        fits = np.broadcast_shapes(wanted, given) == wanted
    except ValueError:
        fits = False
    if not fits:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(given)} cannot be broadcast to indexing result of shape {list(wanted)}"
        )


def index_put(input: Tensor, indices: Sequence[Any], values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy with ``values`` written, or added, at ``indices``."""
    if values._array.dtype != input._array.dtype:
        check_values_fit(input, _plain_indices(indices), values)
        raise RuntimeError(
            f"Index put requires the source and destination dtypes match, got {input.dtype.cpp_name} for the destination and "
            f"{values.dtype.cpp_name} for the source."
        )
    return index_put_values(input, _plain_indices(indices), values, accumulate)


# --------------------------------------------------------------------------------------------------- slices along a dimension
def _rows(array: Array, dim: int) -> Array:
    """``array``, which may be a number, with ``dim`` in front."""
    return np.moveaxis(array, dim, 0) if array.ndim else array.reshape(1)


@op(
    "IndexSelectBackward0",
    tensors=("index",),
    self=lambda k, g, self_shape, dim, index: k.index_add(k.zeros(self_shape, g), dim, index, g),
)
def index_select(self: Array, dim: int, index: Array) -> Array:
    """Some slices along a dimension."""
    try:
        return np.take(self, np.atleast_1d(index), dim) if self.ndim else np.take(self.reshape(1), index).reshape(())
    except IndexError:
        raise IndexError("index out of range in self") from None


@op(
    "IndexAddBackward0",
    tensors=("index",),
    self=lambda k, g: g,
    source=lambda k, g, dim, index, alpha, source_shape: k.reshape(_times(k.index_select(g, dim, index), alpha), source_shape),
)
def index_add(self: Array, dim: int, index: Array, source: Array, alpha: float = 1) -> Array:
    """A copy with slices, ``alpha`` times, added along a dimension."""
    result = self.copy()
    rows = _rows(source, dim) if source.ndim == self.ndim else source.reshape(np.size(index), *_rows(self, dim).shape[1:])
    np.add.at(_rows(result, dim), np.atleast_1d(index), _times(rows, alpha))
    return result


def _times(value: Any, alpha: float) -> Any:
    return value if alpha == 1 else value * alpha


@op(
    "IndexCopyBackward0",
    tensors=("index",),
    self=lambda k, g, dim, index: k.index_fill_value(g, dim, index, 0.0),
    source=lambda k, g, dim, index, source_shape: k.expand(k.index_select(g, dim, index), source_shape),
)
def index_copy(self: Array, dim: int, index: Array, source: Array) -> Array:
    """A copy with slices written along a dimension."""
    result = self.copy()
    _rows(result, dim)[np.atleast_1d(index)] = _rows(source, dim) if source.ndim else source
    return result


def _filled(array: Array, dim: int, index: Array, value: Any) -> Array:
    result = array.copy()
    _rows(result, dim)[np.atleast_1d(index)] = value
    return result


@plain
def distinct(self: Array) -> Array:
    """The different elements, in order."""
    return np.unique(self)


@op("IndexFillBackward0", tensors=("index",), self=lambda k, g, dim, index: k.index_fill_value(g, dim, index, 0.0))
def index_fill_value(self: Array, dim: int, index: Array, value: float) -> Array:
    """A copy with some slices filled with a value."""
    return _filled(self, dim, index, value)


@op(
    "IndexFillBackward1",
    tensors=("index",),
    self=lambda k, g, dim, index: k.index_fill_value(g, dim, index, 0.0),
    value=lambda k, g, dim, index: k.sum_all(k.index_select(g, dim, k.distinct(index))),
)
def index_fill_tensor(self: Array, dim: int, index: Array, value: Array) -> Array:
    """A copy with some slices filled with the value of a 0-d tensor."""
    return _filled(self, dim, index, value)


# -------------------------------------------------------------------------------------- positions in the flattened tensor
@op("TakeBackward0", tensors=("index",), self=lambda k, g, self_shape, index: k.put_flat(k.zeros(self_shape, g), index, g, True))
def take_flat(self: Array, index: Array) -> Array:
    """Elements by their position in the flattened tensor."""
    try:
        return self.reshape(-1)[index]
    except IndexError:
        raise out_of_range(index, self.size) from None


def out_of_range(index: Array, size: int) -> IndexError:
    """A position that the flattened tensor does not have."""
    bad = int(index[(index < -size) | (index >= size)].ravel()[0])
    return IndexError(f"out of range: tried to access index {bad} on a tensor of {size} elements.")


@op(
    "PutBackward0",
    tensors=("index",),
    self=lambda k, g, index, accumulate, source_shape: g if accumulate else k.put_flat(g, index, k.zeros(source_shape, g), False),
    source=lambda k, g, index, source_shape: k.reshape(k.take_flat(g, index), source_shape),
)
def put_flat(self: Array, index: Array, source: Array, accumulate: bool) -> Array:
    """A copy with values written or added at positions of the flattened tensor."""
    flat = self.copy().reshape(-1)
    try:
        if accumulate:
            np.add.at(flat, index, source.reshape(index.shape))
        else:
            flat[index] = source.reshape(index.shape)
    except IndexError:
        raise out_of_range(index, self.size) from None
    return flat.reshape(self.shape)


# ------------------------------------------------------------------------------------------------------ as torch spells it
def is_integer(index: Tensor, *, wide: bool = False) -> bool:
    """Whether ``index`` has the dtype of an index: int64, or also int32 unless ``wide``."""
    return index._array.dtype == np.int64 or (not wide and index._array.dtype == np.int32)


def index_select_dim(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """Some slices along a dimension."""
    if index.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if not is_integer(index):
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    if not input.ndim and index.numel() != 1:
        raise RuntimeError(f"index_select(): Index to scalar can have only 1 value, got {index.numel()} value(s)")
    if index._array.size and index._array.min() < 0:
        raise IndexError("index out of range in self")
    return index_select(input, one_dim(dim, input.ndim), index)


def index_add_dim(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    """A copy with slices added along a dimension."""
    axis = one_dim(dim, input.ndim)
    if index.ndim > 1:
        raise IndexError(f"index_add_(): Index dimension is supposed to be 0 or 1, but got: {index.ndim} dimensions.")
    if not is_integer(index):
        raise RuntimeError(f"index_add_(): Expected dtype int32/int64 for index but got: {index.dtype.cpp_name}")
    if input._array.dtype != source._array.dtype:
        raise RuntimeError(
            f"index_add_(): self ({input.dtype.cpp_name}) and source ({source.dtype.cpp_name}) must have the same scalar type"
        )
    rows = source._array.shape[axis] if source.ndim > axis else 1
    if index.numel() != rows:
        raise RuntimeError(
            f"index_add_(): Number of indices ({index.numel()}) should be equal to source.size(dim): ({rows}), for dim: {dim}"
        )
    size = input._array.shape[axis] if input.ndim else 1
    _check_bounds(index, size, axis, RuntimeError, "")
    if source.ndim != input.ndim and source.numel() and input.ndim > 1:
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            f"{list(input._array.shape)} source.shape = {list(source._array.shape)}"
        )
    return index_add(input, axis, index, source, alpha)


def _check_bounds(index: Tensor, size: int, dim: int, error: type[Exception], prefix: str) -> None:
    wrong = index._array[(index._array < 0) | (index._array >= size)]
    if wrong.size:
        raise error(f"{prefix}index {int(wrong.ravel()[0])} is out of bounds for dimension {dim} with size {size}")


def index_copy_dim(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """A copy with slices written along a dimension."""
    axis = one_dim(dim, input.ndim)
    if index.ndim > 1:
        raise IndexError(f"index_copy_(): Index should have dimension 1 or 0 (got {index.ndim})")
    if not source.ndim and index.numel() != 1:
        raise IndexError(f"index_copy_(): When source is scalar, index should have one element (got {index.numel()})")
    if source.ndim not in (0, input.ndim) and input.ndim:
        raise IndexError(
            "index_copy_(): When source and destination are not scalars, their dimensionality must match. Source dimensionality "
            f"({source.ndim}), destination dimensionality ({input.ndim})"
        )
    if not is_integer(index, wide=True):
        raise RuntimeError(f"index_copy_(): Expected a long tensor for index, but got {index.dtype.cpp_name}")
    if input._array.dtype != source._array.dtype:
        raise RuntimeError(
            "index_copy_(): self and source expected to have the same dtype, but got (self) "
            f"{input.dtype.cpp_name} and (source) {source.dtype.cpp_name}"
        )
    if source.ndim and index.numel() != source._array.shape[axis]:
        raise IndexError(
            f"index_copy_(): Number of indices ({index.numel()}) should be equal to source.size(dim) ({source._array.shape[axis]})"
        )
    _check_bounds(index, input._array.shape[axis] if input.ndim else 1, axis, IndexError, "index_copy_(): ")
    return index_copy(input, axis, index, source)


def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """A copy with some slices filled with a value."""
    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(
            f"index_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    axis = one_dim(dim, input.ndim)
    if not is_integer(index, wide=True):
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    if index.ndim > 1:
        raise IndexError("Index has to be a vector/scalar")
    size = input._array.shape[axis] if input.ndim else 1
    outside = index._array[(index._array < -size) | (index._array >= size)]
    if outside.size:
        raise IndexError(f"index {int(outside.ravel()[0])} is out of bounds for dimension {axis} with size {size}")
    fill = index_fill_tensor if isinstance(value, Tensor) else index_fill_value
    return fill(input, axis, index, value)


def take(input: Tensor, index: Tensor) -> Tensor:
    """Elements by their position in the flattened tensor."""
    if not is_integer(index, wide=True):
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {index.dtype.cpp_name}")
    if not input.numel() and index.numel():
        raise IndexError("take(): tried to take from an empty tensor")
    return take_flat(input, index)


def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """A copy with the elements of ``source`` written, or added, at positions of the flattened tensor."""
    if not is_integer(index, wide=True):
        raise RuntimeError(f"put_(): Expected a long tensor for index, but got {index.dtype.cpp_name}")
    if input._array.dtype != source._array.dtype:
        raise RuntimeError(
            "put_(): self and source expected to have the same dtype, but got self.dtype = "
            f"{input.dtype.cpp_name} and source.dtype = {source.dtype.cpp_name}"
        )
    if index.numel() != source.numel():
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
            f"{source.numel()}, index.numel() = {index.numel()}"
        )
    return put_flat(input, index, source, accumulate)
