"""The primitive operators on shapes: views, rearrangements that copy, and what their derivatives need.

:mod:`.shape` has the functions that users call."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..registry import op, register_pair
from ..tensor import Array

Shape = tuple[int, ...]


# ----------------------------------------------------------------------------------------------------------------- views
@op("ViewBackward0", view=True, self=lambda k, g, self_shape: k.reshape(g, self_shape))
def view_as_shape(self: Array, shape: Shape) -> Array:
    """The same elements in another shape, without a copy."""
    if self.flags.c_contiguous:
        return self.reshape(shape)
    try:
        return self.reshape(shape, copy=False)
    except ValueError:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous "
            "subspaces). Use .reshape(...) instead."
        ) from None


@op("ReshapeAliasBackward0", view=True, self=lambda k, g, self_shape: k.reshape(g, self_shape))
def reshape_alias(self: Array, shape: Shape) -> Array:
    """As :func:`view_as_shape`, of a tensor that is not contiguous."""
    return self.reshape(shape)


@op("AliasBackward0", view=True, self=lambda k, g: g)
def alias(self: Array) -> Array:
    """The tensor itself, as a view."""
    return self.view()


@op("UnsafeViewBackward0", self=lambda k, g, self_shape: k.reshape(g, self_shape))
def unsafe_view(self: Array, shape: Shape) -> Array:
    """The elements of a fresh tensor, which nobody else sees, in another shape."""
    return self.reshape(shape)


def _inverse(dims: Shape) -> Shape:
    """The permutation that undoes ``dims``."""
    return tuple(sorted(range(len(dims)), key=dims.__getitem__))


@op("PermuteBackward0", view=True, self=lambda k, g, dims: k.permute(g, _inverse(dims)))
def permute(self: Array, dims: Shape) -> Array:
    """The dimensions in another order."""
    return self.transpose(dims)


@op("TransposeBackward0", view=True, self=lambda k, g, dim0, dim1: k.transpose(g, dim0, dim1))
def transpose(self: Array, dim0: int, dim1: int) -> Array:
    """Two dimensions exchanged."""
    return self.swapaxes(dim0, dim1) if self.ndim else self.view()


@op("TBackward0", view=True, self=lambda k, g: k.t(g))
def t(self: Array) -> Array:
    """A matrix transposed."""
    return self.T


@op("ExpandBackward0", view=True, self=lambda k, g, self_shape: k.sum_to(g, self_shape))
def expand(self: Array, shape: Shape) -> Array:
    """Repeated along dimensions of size 1 and new leading ones, without a copy."""
    return self.view() if self.shape == shape else _expanded(self, shape)


def _expanded(array: Array, shape: Shape) -> Array:
    """``np.broadcast_to``, which takes its time; may be written to (elements that places share are refused elsewhere)."""
    if array.flags.c_contiguous and array.size and 0 not in shape:
        leading = len(shape) - array.ndim
        kept = [0 if old != new else step for old, new, step in zip(array.shape, shape[leading:], array.strides, strict=True)]
        return np.ndarray(shape, array.dtype, array, 0, (*(0,) * leading, *kept))
    result = np.broadcast_to(array, shape)
    if array.flags.writeable:
        result.flags.writeable = True
    return result


register_pair("expand", _expanded, expand)


def _squeezed_back(k: Any, g: Any, self_shape: Shape) -> Any:
    return k.reshape(g, self_shape)


@op("SqueezeBackward0", view=True, self=_squeezed_back)
def squeeze_all(self: Array) -> Array:
    """Without any dimension of size 1."""
    return self.squeeze()


@op("SqueezeBackward1", view=True, self=lambda k, g, self_shape, dim: k.reshape(g, self_shape))
def squeeze_dim(self: Array, dim: int) -> Array:
    """Without one dimension, if its size is 1."""
    return self.squeeze(dim) if self.ndim and self.shape[dim] == 1 else self.view()


@op("SqueezeBackward2", view=True, self=lambda k, g, self_shape, dim: k.reshape(g, self_shape))
def squeeze_dims(self: Array, dim: Shape) -> Array:
    """Without those of some dimensions whose size is 1."""
    return self.squeeze(tuple([axis for axis in dim if self.shape[axis] == 1]))


@op("SqueezeBackward4", self=lambda k, g, self_shape, dim: k.reshape(g, self_shape))
def squeeze_fresh(self: Array, dim: int) -> Array:
    """As :func:`squeeze_dim`, of a fresh tensor which nobody else sees."""
    return self.squeeze(dim)


@op("UnsqueezeBackward0", view=True, self=lambda k, g, self_shape, dim: k.reshape(g, self_shape))
def unsqueeze(self: Array, dim: int) -> Array:
    """With a new dimension of size 1."""
    return self[(slice(None),) * dim + (None, ...)]


@op("SelectBackward0", view=True, self=lambda k, g, self_shape, dim, index: k.select_backward(g, self_shape, dim, index))
def select(self: Array, dim: int, index: int) -> Array:
    """One slice along a dimension, which disappears."""
    return self[(slice(None),) * dim + (index, ...)]


@op(
    "SliceBackward0",
    view=True,
    self=lambda k, g, self_shape, dim, start, end, step: k.slice_backward(g, self_shape, dim, start, end, step),
)
def slice_dim(self: Array, dim: int, start: int, end: int, step: int = 1) -> Array:
    """A range along a dimension."""
    return self[(slice(None),) * dim + (slice(start, end, step),)]


@op(
    "DiagonalBackward0",
    view=True,
    self=lambda k, g, self_shape, offset, dim1, dim2: k.diagonal_backward(g, self_shape, offset, dim1, dim2),
)
def diagonal(self: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    """The diagonal of two dimensions, as the last dimension."""
    result = self.diagonal(offset, dim1, dim2)
    if self.flags.writeable:
        result.flags.writeable = True
    return result


@op(
    "UnfoldBackward0",
    view=True,
    self=lambda k, g, self_shape, dimension, size, step: k.unfold_backward(g, self_shape, dimension, size, step),
)
def unfold(self: Array, dimension: int, size: int, step: int) -> Array:
    """Windows of ``size`` along a dimension, each ``step`` after the last, as a new last dimension."""
    if not self.ndim:
        return self.reshape(1)[:size]
    windows = np.lib.stride_tricks.sliding_window_view(self, size, dimension, writeable=self.flags.writeable)
    return windows[(slice(None),) * dimension + (slice(None, None, step),)]


# -------------------------------------------------------------------------------------------- their derivatives, as operators
@op("SelectBackwardBackward0", grad=lambda k, g, dim, index: k.select(g, dim, index))
def select_backward(grad: Array, shape: Shape, dim: int, index: int) -> Array:
    """``grad`` at one slice, zero elsewhere."""
    result = np.zeros(shape, grad.dtype)
    result[(slice(None),) * dim + (index, ...)] = grad
    return result


@op("SliceBackwardBackward0", grad=lambda k, g, dim, start, end, step: k.slice_dim(g, dim, start, end, step))
def slice_backward(grad: Array, shape: Shape, dim: int, start: int, end: int, step: int) -> Array:
    """``grad`` at a range, zero elsewhere."""
    result = np.zeros(shape, grad.dtype)
    result[(slice(None),) * dim + (slice(start, end, step),)] = grad
    return result


def _on_diagonal(values: Array, shape: Shape, offset: int, dim1: int, dim2: int) -> Array:
    result = np.zeros(shape, values.dtype)
    view = result.diagonal(offset, dim1, dim2)
    view.flags.writeable = True
    view[...] = values
    return result


@op("DiagonalBackwardBackward0", grad=lambda k, g, offset, dim1, dim2: k.diagonal(g, offset, dim1, dim2))
def diagonal_backward(grad: Array, shape: Shape, offset: int, dim1: int, dim2: int) -> Array:
    """``grad`` on a diagonal, zero elsewhere."""
    return _on_diagonal(grad, shape, offset, dim1, dim2)


@op("UnfoldBackwardBackward0", grad=lambda k, g, dimension, size, step: k.unfold(g, dimension, size, step))
def unfold_backward(grad: Array, shape: Shape, dimension: int, size: int, step: int) -> Array:
    """The windows of ``grad`` added up where they overlap."""
    if not shape:
        return grad.sum(dtype=grad.dtype).reshape(())
    result = np.zeros(shape, grad.dtype)
    for window in range(grad.shape[dimension]):
        part = np.moveaxis(grad.take(window, dimension), -1, dimension)
        result[(slice(None),) * dimension + (slice(window * step, window * step + size),)] += part
    return result


# ---------------------------------------------------------------------------------------------------------------- copies
def _split_gradient(k: Any, g: Any, needs: Sequence[bool], tensors_shapes: list[Shape], dim: int) -> list[Any]:
    parts, start = [], 0
    for needed, shape in zip(needs, tensors_shapes, strict=True):
        if shape == (0,) and len(g.shape) != 1:
            parts.append(k.zeros(shape, g) if needed else None)
            continue
        parts.append(k.narrow(g, dim, start, shape[dim]) if needed else None)
        start += shape[dim]
    return parts


@op("CatBackward0", variadic=True, joint=_split_gradient)
def cat_arrays(tensors: list[Array], dim: int) -> Array:
    """Joined along an existing dimension."""
    dimensions = {array.ndim for array in tensors}
    if len(dimensions) > 1:
        tensors = [array for array in tensors if array.ndim == max(dimensions)]
    return np.concatenate(tensors, dim)


@op(
    "StackBackward0",
    variadic=True,
    joint=lambda k, g, needs, dim: [k.select(g, dim, i) if needed else None for i, needed in enumerate(needs)],
)
def stack_arrays(tensors: list[Array], dim: int) -> Array:
    """Joined along a new dimension."""
    return np.stack(tensors, dim)


@op("FlipBackward0", self=lambda k, g, dims: k.flip(g, dims))
def flip(self: Array, dims: Shape) -> Array:
    """Reversed along some dimensions."""
    return np.ascontiguousarray(np.flip(self, dims)) if self.ndim else self.copy()


@op("RollBackward0", self=lambda k, g, shifts, dims: k.roll_dims(g, tuple([-shift for shift in shifts]), dims))
def roll_dims(self: Array, shifts: Shape, dims: Shape) -> Array:
    """Shifted cyclically along some dimensions (the flattened tensor when there are none)."""
    return np.roll(self, shifts, dims) if dims else np.roll(self, shifts[0])


def _turned(array: Array, turns: int, dims: Shape) -> Array:
    first, second = dims
    if turns == 2:
        return np.ascontiguousarray(np.flip(array, dims))
    if turns:
        return np.ascontiguousarray(np.flip(array, second if turns == 1 else first)).swapaxes(first, second)
    return array.copy()


@op("Rot90Backward0", self=lambda k, g, turns, dims: k.rot90_turns(g, -turns % 4, dims))
def rot90_turns(self: Array, turns: int, dims: Shape) -> Array:
    """Turned by ``turns`` (0 to 3) right angles in the plane of two dimensions."""
    return _turned(self, turns, dims)


def _unrepeat(k: Any, g: Any, self_shape: Shape, repeats: Shape) -> Any:
    if 0 in repeats:
        return k.zeros(self_shape, g)
    padded = (1,) * (len(repeats) - len(self_shape)) + self_shape
    interleaved = tuple([size for pair in zip(repeats, padded, strict=True) for size in pair])
    summed = k.sum_dims(k.reshape(g, interleaved), tuple(range(0, len(interleaved), 2)), False) if interleaved else g
    return k.reshape(summed, self_shape)


@op("RepeatBackward0", self=_unrepeat)
def repeat_dims(self: Array, repeats: Shape) -> Array:
    """Repeated so many times along each dimension."""
    return np.tile(self, repeats)


@op("TrilBackward0", self=lambda k, g, diagonal: k.tril(g, diagonal))
def tril(self: Array, diagonal: int = 0) -> Array:
    """The part on and below a diagonal; zero above."""
    return np.tril(self, diagonal)


@op("TriuBackward0", self=lambda k, g, diagonal: k.triu(g, diagonal))
def triu(self: Array, diagonal: int = 0) -> Array:
    """The part on and above a diagonal; zero below."""
    return np.triu(self, diagonal)


@op("DiagEmbedBackward0", self=lambda k, g, offset, dim1, dim2: k.diagonal(g, offset, dim1, dim2))
def diag_embed_dims(self: Array, offset: int, dim1: int, dim2: int) -> Array:
    """The last dimension as the diagonal of two new ones."""
    size = self.shape[-1] + abs(offset)
    shape = list(self.shape[:-1])
    for axis in sorted((dim1, dim2)):
        shape.insert(axis, size)
    return _on_diagonal(self, tuple(shape), offset, dim1, dim2)


@op("DiagonalBackward0_copy", self=lambda k, g, self_shape, offset: k.diagonal_backward(g, self_shape, offset, 0, 1))
def diagonal_copy(self: Array, offset: int) -> Array:
    """A copy of a matrix's diagonal."""
    return self.diagonal(offset).copy()


def _block_gradients(k: Any, g: Any, needs: Sequence[bool], tensors_shapes: list[Shape]) -> list[Any]:
    parts, top, left = [], 0, 0
    for needed, shape in zip(needs, tensors_shapes, strict=True):
        height, width = ((1, 1, *shape))[-2:]
        block = k.narrow(k.narrow(g, 0, top, height), 1, left, width) if needed else None
        parts.append(k.reshape(block, shape) if needed else None)
        top, left = top + height, left + width
    return parts


@op("BlockDiagBackward0", variadic=True, joint=_block_gradients)
def block_diag_arrays(tensors: list[Array]) -> Array:
    """The matrices (or vectors as rows) along the diagonal of one matrix, zero elsewhere."""
    blocks = [np.atleast_2d(array) for array in tensors]
    shape = tuple(np.sum([block.shape for block in blocks], 0).tolist())
    result = np.zeros(shape, np.result_type(*blocks))
    top = left = 0
    for block in blocks:
        height, width = block.shape
        result[top : top + height, left : left + width] = block
        top, left = top + height, left + width
    return result
