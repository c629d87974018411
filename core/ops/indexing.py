"""Indexing: ``tensor[...]``, gather, scatter, index_select, masked_fill, sort, topk, …"""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..registry import op
from ..results import MinMax
from ..tensor import Array, Tensor, from_array
from .nondifferentiable import plain
from .reduction import one_dim
from .shape import flatten
from .shape_primitives import Shape

Indices = tuple[Any, ...]


# ------------------------------------------------------------------------------------------------------- tensors as indices
def _location(indices: Indices) -> Indices:
    return tuple([slice(None) if index is None else index for index in indices])


@op("IndexBackward0", self=lambda k, g, self_shape, indices: k.index_backward(g, self_shape, indices))
def index(self: Array, indices: Indices) -> Array:
    """The elements at some positions; None stands for a whole dimension."""
    try:
        return self[_location(indices)]
    except IndexError as error:
        raise _as_in_torch(error) from None


def _as_in_torch(error: IndexError) -> IndexError:
    return IndexError(str(error).replace("axis", "dimension"))


@op("IndexBackwardBackward0", grad=lambda k, g, indices: k.index(g, indices))
def index_backward(grad: Array, shape: Shape, indices: Indices) -> Array:
    """``grad`` added up at some positions, zero elsewhere."""
    result = np.zeros(shape, grad.dtype)
    np.add.at(result, _location(indices), grad)
    return result


@op(
    "IndexPutBackward0",
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
        raise _as_in_torch(error) from None
    except ValueError:
        wanted = result[_location(indices)].shape
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of shape "
            f"{list(wanted)}"
        ) from None
    return result


def _plain_indices(indices: Sequence[Any]) -> Indices:
    return tuple([one._array if isinstance(one, Tensor) else one for one in indices])


def index_put(input: Tensor, indices: Sequence[Any], values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy with ``values`` written, or added, at ``indices``."""
    return index_put_values(input, _plain_indices(indices), values, accumulate)


# ------------------------------------------------------------------------------------------------- one index per dimension
def _along(dim: int, index: Array) -> Indices:
    """NumPy's index for ``array[..., index along dim, ...]`` where the other positions are those of ``index`` itself."""
    grid = list(np.ogrid[tuple(slice(size) for size in index.shape)])
    if grid:
        grid[dim] = index
    return tuple(grid) if grid else (...,)


@op("GatherBackward0", tensors=("index",), self=lambda k, g, dim, index, self: k.scatter_add(k.zeros_like(self), dim, index, g))
def gather(self: Array, dim: int, index: Array) -> Array:
    """The elements that ``index`` names along a dimension."""
    try:
        return self[_along(dim, index)]
    except IndexError:
        bad = int(index[(index < 0) | (index >= self.shape[dim])].ravel()[0])
        raise RuntimeError(f"index {bad} is out of bounds for dimension {dim} with size {self.shape[dim]}") from None


def _part(src: Array, index: Array) -> Array:
    return src[tuple(slice(size) for size in index.shape)]


@op(
    "ScatterAddBackward0",
    tensors=("index",),
    self=lambda k, g: g,
    src=lambda k, g, dim, index, src_shape: k.pad_to(k.gather(g, dim, index), src_shape),
)
def scatter_add(self: Array, dim: int, index: Array, src: Array) -> Array:
    """A copy with ``src`` added at the positions that ``index`` names along a dimension."""
    result = self.copy()
    np.add.at(result, _along(dim, index), _part(src, index))
    return result


@op(
    "ScatterBackward0",
    tensors=("index",),
    self=lambda k, g, dim, index: k.scatter_value(g, dim, index, 0.0),
    src=lambda k, g, dim, index, src_shape: k.pad_to(k.gather(g, dim, index), src_shape),
)
def scatter_src(self: Array, dim: int, index: Array, src: Array) -> Array:
    """A copy with ``src`` written at the positions that ``index`` names along a dimension."""
    result = self.copy()
    result[_along(dim, index)] = _part(src, index)
    return result


@op("ScatterBackward1", tensors=("index",), self=lambda k, g, dim, index: k.scatter_value(g, dim, index, 0.0))
def scatter_value(self: Array, dim: int, index: Array, value: float) -> Array:
    """A copy with one value written at the positions that ``index`` names along a dimension."""
    result = self.copy()
    result[_along(dim, index)] = value
    return result


@op("PadBackward0", self=lambda k, g, self_shape: k.crop_to(g, self_shape))
def pad_to(self: Array, shape: Shape) -> Array:
    """Zeros appended up to a shape."""
    result = np.zeros(shape, self.dtype)
    result[tuple(slice(size) for size in self.shape)] = self
    return result


@op("CropBackward0", self=lambda k, g, self_shape: k.pad_to(g, self_shape))
def crop_to(self: Array, shape: Shape) -> Array:
    """Cut down to a shape."""
    return self[tuple(slice(size) for size in shape)].copy()


@op(
    "IndexSelectBackward0",
    tensors=("index",),
    self=lambda k, g, self_shape, dim, index: k.index_add(k.zeros(self_shape, g), dim, index, g),
)
def index_select(self: Array, dim: int, index: Array) -> Array:
    """Some slices along a dimension."""
    try:
        return np.take(self, index, dim) if self.ndim else self.copy()
    except IndexError:
        raise IndexError("index out of range in self") from None


@op(
    "IndexAddBackward0",
    tensors=("index",),
    self=lambda k, g: g,
    source=lambda k, g, dim, index: k.index_select(g, dim, index),
)
def index_add(self: Array, dim: int, index: Array, source: Array) -> Array:
    """A copy with slices added along a dimension."""
    result = self.copy()
    np.add.at(np.moveaxis(result, dim, 0), index, np.moveaxis(source, dim, 0))
    return result


@op(
    "IndexCopyBackward0",
    tensors=("index",),
    self=lambda k, g, dim, index: k.index_fill_value(g, dim, index, 0.0),
    source=lambda k, g, dim, index: k.index_select(g, dim, index),
)
def index_copy(self: Array, dim: int, index: Array, source: Array) -> Array:
    """A copy with slices written along a dimension."""
    result = self.copy()
    np.moveaxis(result, dim, 0)[index] = np.moveaxis(source, dim, 0)
    return result


@op("IndexFillBackward0", tensors=("index",), self=lambda k, g, dim, index: k.index_fill_value(g, dim, index, 0.0))
def index_fill_value(self: Array, dim: int, index: Array, value: float) -> Array:
    """A copy with some slices filled with a value."""
    return _filled(self, dim, index, value)


def _filled(array: Array, dim: int, index: Array, value: Any) -> Array:
    result = array.copy()
    np.moveaxis(result, dim, 0)[index] = value
    return result


@op(
    "IndexFillBackward1",
    tensors=("index",),
    self=lambda k, g, dim, index: k.index_fill_value(g, dim, index, 0.0),
    value=lambda k, g, dim, index: k.sum_all(k.index_select(g, dim, index)),
)
def index_fill_tensor(self: Array, dim: int, index: Array, value: Array) -> Array:
    """A copy with some slices filled with the value of a 0-d tensor."""
    return _filled(self, dim, index, value)


@op("TakeBackward0", tensors=("index",), self=lambda k, g, self, index: k.put_flat(k.zeros_like(self), index, g))
def take(self: Array, index: Array) -> Array:
    """Elements by their position in the flattened tensor."""
    return self.reshape(-1)[index]


@op("PutBackward0", tensors=("index",), self=lambda k, g: g, source=lambda k, g, index: k.take(g, index))
def put_flat(self: Array, index: Array, source: Array) -> Array:
    """A copy with values added at positions of the flattened tensor."""
    result = self.copy().reshape(-1)
    np.add.at(result, index, source)
    return result.reshape(self.shape)


# ------------------------------------------------------------------------------------------------------------------- masks
@op(
    "MaskedFillBackward0",
    tensors=("mask",),
    self=lambda k, g, mask, self_shape: k.sum_to(k.masked_fill_value(g, mask, 0.0), self_shape),
)
def masked_fill_value(self: Array, mask: Array, value: float) -> Array:
    """A number where ``mask``."""
    return np.where(mask, np.asarray(value, self.dtype), self)


@op(
    "MaskedFillBackward1",
    tensors=("mask",),
    self=lambda k, g, mask, self_shape: k.sum_to(k.masked_fill_value(g, mask, 0.0), self_shape),
    value=lambda k, g, mask: k.sum_all(k.masked(g, mask)),
)
def masked_fill_tensor(self: Array, mask: Array, value: Array) -> Array:
    """A 0-d tensor where ``mask``."""
    return np.where(mask, value.astype(self.dtype), self)


@op(
    "MaskedSelectBackward0",
    tensors=("mask",),
    self=lambda k, g, mask, self: k.sum_to(k.masked_place(g, mask, self), tuple(self.shape)),
)
def masked_select(self: Array, mask: Array) -> Array:
    """The elements where ``mask``, in one dimension."""
    both = np.broadcast_shapes(self.shape, mask.shape)
    return np.broadcast_to(self, both)[np.broadcast_to(mask, both)]


@op("MaskedPlaceBackward0", tensors=("mask", "like"), self=lambda k, g, mask: k.masked_select(g, mask))
def masked_place(self: Array, mask: Array, like: Array) -> Array:
    """The elements of a vector where ``mask``, zero elsewhere."""
    both = np.broadcast_shapes(like.shape, mask.shape)
    result = np.zeros(both, self.dtype)
    result[np.broadcast_to(mask, both)] = self
    return result


# ------------------------------------------------------------------------------------------------------------------ sorting
def _restore_order(k: Any, g: Any, indices: Any, dim: int, self_shape: Shape) -> Any:
    return k.scatter_add(k.zeros(self_shape, g), dim, indices, g) if self_shape else g


@op("SortBackward0", outputs=("values", "indices"), visible=2, self=_restore_order)
def sort_dim(self: Array, dim: int, descending: bool) -> tuple[Array, Array]:
    """Sorted along a dimension, with the positions the elements came from."""
    order = np.argsort(-self if descending else self, dim if self.ndim else None, kind="stable")
    return (np.take_along_axis(self, order, dim), order) if self.ndim else (self.copy(), order.reshape(()))


@op("TopkBackward0", outputs=("values", "indices"), visible=2, self=_restore_order)
def topk_dim(self: Array, count: int, dim: int, largest: bool) -> tuple[Array, Array]:
    """The largest (or smallest) elements along a dimension, in order, with their positions."""
    order = np.take(np.argsort(-self if largest else self, dim, kind="stable"), np.arange(count), dim)
    return np.take_along_axis(self, order, dim), order


def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:  # noqa: ARG001  (always stable)
    """Sorted along a dimension: (values, indices)."""
    return MinMax["sort"](sort_dim(input, one_dim(dim, input.ndim), descending))


def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:  # noqa: ARG001
    """The ``k`` largest elements along a dimension: (values, indices)."""
    axis = one_dim(dim, input.ndim)
    if k > input._array.shape[axis]:
        raise RuntimeError("selected index k out of range")
    return MinMax["topk"](topk_dim(input, k, axis, largest))


@plain
def argsort(self: Array, dim: int = -1, descending: bool = False) -> Array:
    """The positions that sort the elements along a dimension."""
    return np.argsort(-self if descending else self, dim, kind="stable")


@plain
def nonzero(self: Array) -> Array:
    """The positions of the elements that are not zero, one row each."""
    return np.argwhere(self)


def unique(input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False) -> Any:  # noqa: ARG001
    """The distinct elements in order; on request where each came from, and how many there were."""
    values, inverse, counts = np.unique(input._array, return_inverse=True, return_counts=True)
    wanted = [values, inverse.reshape(input._array.shape) if return_inverse else None, counts if return_counts else None]
    found = tuple([from_array(array) for array in wanted if array is not None])
    return found[0] if len(found) == 1 else found


# ------------------------------------------------------------------------------------------------------ as torch spells it
def _per_dim(function: Any) -> Any:
    """Let a function take negative dimensions."""

    def wrapper(input: Tensor, dim: int, *arguments: Any, **options: Any) -> Tensor:
        result: Tensor = function(input, one_dim(dim, input.ndim), *arguments, **options)
        return result

    wrapper.__doc__ = function.__doc__
    wrapper.__name__ = wrapper.__qualname__ = function.__name__
    return wrapper


def scatter(input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: float | None = None) -> Tensor:
    """A copy with ``src`` (a tensor or a number) written at the positions ``index`` names along a dimension."""
    axis = one_dim(dim, input.ndim)
    if isinstance(src, Tensor):
        return scatter_src(input, axis, index, src)
    return scatter_value(input, axis, index, src if value is None else value)


def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """A copy with some slices filled with a value."""
    fill = index_fill_tensor if isinstance(value, Tensor) else index_fill_value
    return fill(input, one_dim(dim, input.ndim), index, value)


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """``value`` (a number or a 0-d tensor) where ``mask``."""
    if not isinstance(value, Tensor):
        return masked_fill_value(input, mask, value)
    if value.ndim:
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    return masked_fill_tensor(input, mask, value)


gather_dim = _per_dim(gather)
index_select_dim = _per_dim(index_select)
scatter_add_dim = _per_dim(scatter_add)
index_copy_dim = _per_dim(index_copy)


def index_add_dim(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    """A copy with slices added along a dimension."""
    return index_add(input, one_dim(dim, input.ndim), index, source if alpha == 1 else source * alpha)


def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """As ``gather``, for indices that :func:`argsort` and its like return."""
    return gather(flatten(input), 0, flatten(indices)) if dim is None else gather(input, one_dim(dim, input.ndim), indices)
