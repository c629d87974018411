"""Shapes: views (view, transpose, expand, squeeze, …) and rearrangements that copy (cat, stack, repeat, flip, …)."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..registry import op, register_pair
from ..tensor import Array, Tensor, from_array
from .convert import clone_array
from .reduction import dims_of, one_dim

Shape = tuple[int, ...]


def shape_of(given: Sequence[Any]) -> Shape:
    """A shape from ``f(2, 3)`` or ``f((2, 3))``."""
    if len(given) == 1 and not isinstance(given[0], (int, np.integer, Tensor)):
        given = given[0]
    return tuple([int(size) for size in given])


def inferred(shape: Shape, count: int) -> Shape:
    """``shape`` with its -1 replaced. Raises ``RuntimeError`` if ``count`` elements do not fit it."""
    known = math.prod([size for size in shape if size != -1])
    if shape.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if -1 in shape and known and count % known == 0:
        return tuple([count // known if size == -1 else size for size in shape])
    if -1 in shape or known != count:
        if -1 in shape and not known:
            raise RuntimeError(
                f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified dimension size -1 can "
                f"be any "
                "value and is ambiguous"
            )
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")
    return shape


# ----------------------------------------------------------------------------------------------------------------- views
@op("ViewBackward0", view=True, self=lambda k, g, self_shape: k.reshape(g, self_shape))
def view_as_shape(self: Array, shape: Shape) -> Array:
    """The same elements in another shape, without a copy."""
    result = self.view()
    try:
        result.shape = shape
    except AttributeError:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous "
            "subspaces). Use .reshape(...) instead."
        ) from None
    return result


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


@op("PermuteBackward0", view=True, self=lambda k, g, dims: k.permute(g, tuple(np.argsort(dims).tolist())))
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
    return np.broadcast_to(self, shape)


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
    return np.expand_dims(self, dim)


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
    return self.diagonal(offset, dim1, dim2)


@op(
    "UnfoldBackward0",
    view=True,
    self=lambda k, g, self_shape, dimension, size, step: k.unfold_backward(g, self_shape, dimension, size, step),
)
def unfold(self: Array, dimension: int, size: int, step: int) -> Array:
    """Windows of ``size`` along a dimension, each ``step`` after the last, as a new last dimension."""
    windows = np.lib.stride_tricks.sliding_window_view(self, size, dimension)
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
    longest = max(array.ndim for array in tensors)
    return np.concatenate([array for array in tensors if array.ndim == longest], dim)


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
    return np.flip(self, dims)


@op("RollBackward0", self=lambda k, g, shifts, dims: k.roll_dims(g, tuple([-shift for shift in shifts]), dims))
def roll_dims(self: Array, shifts: Shape, dims: Shape) -> Array:
    """Shifted cyclically along some dimensions (the flattened tensor when there are none)."""
    return np.roll(self, shifts, dims) if dims else np.roll(self, shifts[0])


def _unrepeat(k: Any, g: Any, self_shape: Shape, repeats: Shape) -> Any:
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


@op("DiagEmbedBackward0", self=lambda k, g, offset: k.diagonal(g, offset, len(g.shape) - 2, len(g.shape) - 1))
def diag_embed_last(self: Array, offset: int = 0) -> Array:
    """The last dimension as the diagonal of two new ones."""
    size = self.shape[-1] + (offset if offset >= 0 else -offset)
    return _on_diagonal(self, (*self.shape[:-1], size, size), offset, self.ndim - 1, self.ndim)


@op("DiagonalBackward0_copy", self=lambda k, g, self_shape, offset: k.diagonal_backward(g, self_shape, offset, 0, 1))
def diagonal_copy(self: Array, offset: int) -> Array:
    """A copy of a matrix's diagonal."""
    return self.diagonal(offset).copy()


# ------------------------------------------------------------------------------------------------------ as torch spells it
def view(input: Tensor, *shape: Any) -> Tensor:
    """The same elements in another shape, without a copy. Raises ``RuntimeError`` where that is impossible."""
    return view_as_shape(input, inferred(shape_of(shape), input._array.size))


def reshape(input: Tensor, *shape: Any) -> Tensor:
    """The same elements in another shape; a view where possible, else a copy."""
    wanted = inferred(shape_of(shape), input._array.size)
    if input._array.flags.c_contiguous:
        return view_as_shape(input, wanted)
    try:
        np.reshape(input._array, wanted, copy=False)
    except ValueError:
        return unsafe_view(clone_array(input), wanted)
    return reshape_alias(input, wanted)


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """:func:`view` in the shape of ``other``."""
    return view(input, other.shape)


def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """:func:`reshape` in the shape of ``other``."""
    return reshape(input, other.shape)


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """A range of dimensions as one."""
    if not input.ndim:
        return reshape(input, 1)
    first, last = one_dim(start_dim, input.ndim), one_dim(end_dim, input.ndim)
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if first == last:
        return input
    sizes = input._array.shape
    return reshape(input, (*sizes[:first], math.prod(sizes[first : last + 1]), *sizes[last + 1 :]))


def ravel(input: Tensor) -> Tensor:
    """One dimension."""
    return view(input if input.is_contiguous() else clone_array(input), -1)


def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """One dimension as several."""
    axis = one_dim(dim, input.ndim)
    split_up = inferred(tuple(sizes), input._array.shape[axis])
    return view(input, (*input._array.shape[:axis], *split_up, *input._array.shape[axis + 1 :]))


def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """Without dimensions of size 1 (all, or those given)."""
    if dim is None:
        return squeeze_all(input)
    if isinstance(dim, (tuple, list)):
        return squeeze_dims(input, dims_of(dim, input.ndim))
    return squeeze_dim(input, one_dim(dim, input.ndim))


def unsqueeze_at(input: Tensor, dim: int) -> Tensor:
    """With a new dimension of size 1."""
    return unsqueeze(input, one_dim(dim, input.ndim + 1))


def transpose_dims(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions exchanged."""
    return transpose(input, one_dim(dim0, input.ndim), one_dim(dim1, input.ndim))


def t_matrix(input: Tensor) -> Tensor:
    """A matrix transposed; a vector as it is."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return t(input)


def permute_dims(input: Tensor, *dims: Any) -> Tensor:
    """The dimensions in another order."""
    wanted = shape_of(dims)
    if len(wanted) != input.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of "
            f"dimensions i.e. input.dim() = {input.ndim} is not equal to len(dims) = {len(wanted)}"
        )
    return permute(input, tuple([one_dim(dim, input.ndim) for dim in wanted]))


def all_dims_reversed(input: Tensor) -> Tensor:
    """``Tensor.T``."""
    return permute(input, tuple(range(input.ndim))[::-1])


def matrix_transposed(input: Tensor) -> Tensor:
    """``Tensor.mT``: the last two dimensions exchanged."""
    return transpose_dims(input, -2, -1)


def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Some dimensions moved to other places."""
    sources = [one_dim(dim, input.ndim) for dim in ([source] if isinstance(source, int) else source)]
    targets = [one_dim(dim, input.ndim) for dim in ([destination] if isinstance(destination, int) else destination)]
    rest = [dim for dim in range(input.ndim) if dim not in sources]
    for target, moved in sorted(zip(targets, sources, strict=True)):
        rest.insert(target, moved)
    return permute(input, tuple(rest))


def expand_to(input: Tensor, *sizes: Any) -> Tensor:
    """Repeated along dimensions of size 1 and new leading ones, without a copy; -1 keeps a size."""
    wanted, have = shape_of(sizes), input._array.shape
    leading = len(wanted) - len(have)
    if leading < 0:
        raise RuntimeError(
            f"expand(torch.{input.dtype.cpp_name}Tensor{{{list(have)}}}, size={list(wanted)}): the number of sizes provided "
            f"({len(wanted)}) must be greater or equal to the number of dimensions in the tensor ({len(have)})"
        )
    shape = tuple([have[axis - leading] if size == -1 and axis >= leading else size for axis, size in enumerate(wanted)])
    for axis, size in reversed(list(enumerate(have))):
        if size not in (1, shape[axis + leading]):
            raise RuntimeError(
                f"The expanded size of the tensor ({shape[axis + leading]}) must match the existing size ({size}) at non-singleton "
                f"dimension {axis + leading}.  Target sizes: {list(wanted)}.  Tensor sizes: {list(have)}"
            )
    return expand(input, shape)


def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """:func:`expand` to the shape of ``other``."""
    return expand_to(input, other._array.shape)


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """All of them expanded to their common shape."""
    shape = np.broadcast_shapes(*[tensor._array.shape for tensor in tensors])
    return tuple([expand(tensor, shape) for tensor in tensors])


def repeat(input: Tensor, *repeats: Any) -> Tensor:
    """A copy repeated so many times along each dimension."""
    times = shape_of(repeats)
    if len(times) < input.ndim:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    return repeat_dims(input, times)


def tile(input: Tensor, *dims: Any) -> Tensor:
    """As :func:`repeat`, for as few trailing dimensions as one likes."""
    times = shape_of(dims)
    return repeat_dims(input, (1,) * (input.ndim - len(times)) + times)


def repeat_interleave(input: Tensor, repeats: int, dim: int | None = None) -> Tensor:
    """Each element repeated in place."""
    if dim is None:
        input, dim = flatten(input), 0
    axis = one_dim(dim, input.ndim)
    sizes = input._array.shape
    repeated = expand(unsqueeze(input, axis + 1), (*sizes[: axis + 1], repeats, *sizes[axis + 1 :]))
    return view_as_shape(clone_array(repeated), (*sizes[:axis], sizes[axis] * repeats, *sizes[axis + 1 :]))


def flip_dims(input: Tensor, *dims: Any) -> Tensor:
    """Reversed along some dimensions."""
    return flip(input, dims_of(shape_of(dims), input.ndim))


def roll(input: Tensor, shifts: Any, dims: Any = ()) -> Tensor:
    """Shifted cyclically."""
    shift_of = (shifts,) if isinstance(shifts, int) else tuple(shifts)
    return roll_dims(input, shift_of, (dims,) if isinstance(dims, int) else tuple(dims))


def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Joined along an existing dimension."""
    tensors = list(tensors)
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    if any(tensor.ndim == 0 for tensor in tensors):
        position = [tensor.ndim for tensor in tensors].index(0)
        raise RuntimeError(f"zero-dimensional tensor (at position {position}) cannot be concatenated")
    axis = one_dim(dim, max(tensor.ndim for tensor in tensors))
    try:
        return cat_arrays(tensors, axis)
    except ValueError:
        raise _cat_mismatch(tensors, axis) from None


def _cat_mismatch(tensors: Sequence[Tensor], axis: int) -> RuntimeError:
    first = tensors[0]._array.shape
    for position, tensor in enumerate(tensors):
        shape = tensor._array.shape
        if len(shape) != len(first):
            return RuntimeError(f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}")
        if any(i != axis and a != b for i, (a, b) in enumerate(zip(first, shape, strict=True))):
            expected, got = next((a, b) for i, (a, b) in enumerate(zip(first, shape, strict=True)) if i != axis and a != b)
            return RuntimeError(
                f"Sizes of tensors must match except in dimension {axis}. Expected size {expected} but got size {got} for tensor "
                f"number {position} in the list."
            )
    return RuntimeError("these tensors cannot be concatenated")


def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Joined along a new dimension."""
    tensors = list(tensors)
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    for position, tensor in enumerate(tensors):
        if tensor._array.shape != tensors[0]._array.shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(tensors[0]._array.shape)} at entry 0 and "
                f"{list(tensor._array.shape)} at entry {position}"
            )
    return stack_arrays(tensors, one_dim(dim, tensors[0].ndim + 1))


def narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """``length`` slices along a dimension, from ``start`` on."""
    axis = one_dim(dim, input.ndim)
    size = input._array.shape[axis]
    if not -size <= start <= size:
        raise IndexError(f"start out of range (expected to be in range of [{-size}, {size}], but got {start})")
    start = start + size if start < 0 else start
    if start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return slice_dim(input, axis, start, start + length, 1)


def select_at(input: Tensor, dim: int, index: int) -> Tensor:
    """One slice along a dimension, which disappears."""
    if not input.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    axis = one_dim(dim, input.ndim)
    size = input._array.shape[axis]
    if not -size <= index < size:
        raise IndexError(f"select(): index {index} out of range for tensor of size {list(input._array.shape)} at dimension {axis}")
    return select(input, axis, index)


def diagonal_of(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal of two dimensions, as the last dimension."""
    return diagonal(input, offset, one_dim(dim1, input.ndim), one_dim(dim2, input.ndim))


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """A vector as a diagonal matrix, or a copy of a matrix's diagonal."""
    if input.ndim == 1:
        return diag_embed_last(input, diagonal)
    if input.ndim != 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    return diagonal_copy(input, diagonal)


def unfold_dim(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """Windows along a dimension, as a new last dimension."""
    return unfold(input, one_dim(dimension, input.ndim), size, step)


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """Coordinate grids from coordinate vectors."""
    vectors = list(tensors[0]) if len(tensors) == 1 and not isinstance(tensors[0], Tensor) else list(tensors)
    if indexing == "xy" and len(vectors) > 1:
        first, second, *others = [transpose_dims(grid, 0, 1) for grid in meshgrid(*vectors)]
        return (first, second, *others)
    shape = tuple([vector._array.size for vector in vectors])
    count = len(vectors)
    return tuple([expand_to(view(v, [-1 if i == axis else 1 for i in range(count)]), shape) for axis, v in enumerate(vectors)])


def diag_embed(input: Tensor, offset: int = 0) -> Tensor:
    """The last dimension as the diagonal of two new ones."""
    return diag_embed_last(input, offset)


def atleast_1d(input: Tensor) -> Tensor:
    """At least one dimension."""
    return input if input.ndim else reshape(input, 1)


def numel(input: Tensor) -> int:
    """The number of elements."""
    return input._array.size


def _narrow_array(array: Array, dim: int, start: int, length: int) -> Array:
    return array[(slice(None),) * dim + (slice(start, start + length),)]


def _zeros(shape: Shape, like: Tensor) -> Tensor:
    return from_array(np.zeros(shape, like._array.dtype))


register_pair("reshape", lambda array, shape: array.reshape(shape), reshape)
register_pair("narrow", _narrow_array, narrow)
register_pair("cat", lambda arrays, dim: np.concatenate(arrays, dim), cat)
register_pair("zeros", lambda shape, like: np.zeros(shape, like.dtype), _zeros)
register_pair("zeros_like", np.zeros_like, lambda like: _zeros(like._array.shape, like))
register_pair("ones_like", np.ones_like, lambda like: from_array(np.ones_like(like._array)))
