"""Shapes: view, transpose, expand, squeeze, cat, stack, repeat, flip, … with PyTorch's arguments and messages."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..registry import register_pair
from ..tensor import Array, Tensor, from_array
from .convert import clone_array
from .reduction import dims_of, one_dim
from .shape_primitives import (
    Shape,
    cat_arrays,
    diag_embed_last,
    diagonal,
    diagonal_copy,
    expand,
    flip,
    permute,
    repeat_dims,
    reshape_alias,
    roll_dims,
    select,
    slice_dim,
    squeeze_all,
    squeeze_dim,
    squeeze_dims,
    stack_arrays,
    t,
    transpose,
    unfold,
    unsafe_view,
    unsqueeze,
    view_as_shape,
)


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
