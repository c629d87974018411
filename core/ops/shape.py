"""Shapes: view, transpose, expand, squeeze, narrow, diagonal, … with PyTorch's arguments and messages."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..grad_mode import thread_state
from ..registry import register_pair
from ..tensor import Array, Tensor, from_array
from ..views import attach_view, strided_view
from .convert import clone_array
from .reduction import dims_of, one_dim
from .shape_primitives import (
    Shape,
    alias,
    diag_embed_dims,
    diagonal,
    diagonal_copy,
    expand,
    permute,
    reshape_alias,
    select,
    slice_dim,
    squeeze_all,
    squeeze_dim,
    squeeze_dims,
    t,
    transpose,
    tril,
    triu,
    unfold,
    unsafe_view,
    unsqueeze,
    view_as_shape,
)
from .sizes import complete, inferred, shape_of, sizes_of


def view(input: Tensor, *shape: Any, size: Any = None, dtype: Any = None) -> Tensor:
    """The same elements in another shape, or the same memory read as another dtype; never a copy.

    Raises ``RuntimeError`` where that is impossible.
    """
    if dtype is not None or (len(shape) == 1 and isinstance(shape[0], dtypes.dtype)):
        return _view_as_dtype(input, dtype or shape[0])
    return view_as_shape(input, inferred(sizes_of("view", shape, size, "size"), input._array.size))


def _view_as_dtype(input: Tensor, dtype: dtypes.dtype) -> Tensor:
    if dtype is input.dtype:
        return alias(input)
    try:
        result = from_array(input._array.view(dtype.np))
    except ValueError:
        raise RuntimeError(
            f"self.size(-1) must be divisible by {dtype.itemsize // input.itemsize} to view {input.dtype.cpp_name} as "
            f"{dtype.cpp_name} (different element sizes), but got {input.shape[-1]}"
        ) from None
    attach_view(result, input, None, thread_state.grad_enabled)
    result._requires_grad = False
    return result


def reshape(input: Tensor, *given: Any, shape: Any = None) -> Tensor:
    """The same elements in another shape; a view where possible, else a copy."""
    count = input._array.size
    wanted = complete(given, count) if shape is None else None
    return reshaped(input, inferred(sizes_of("reshape", given, shape, "shape"), count) if wanted is None else wanted)


def reshaped(input: Tensor, shape: Shape) -> Tensor:
    """:func:`reshape` to a complete shape."""
    array = input._array
    if array.flags.c_contiguous:
        return view_as_shape(input, shape)
    try:
        array.reshape(shape, copy=False)
    except ValueError:
        return unsafe_view(clone_array(input), shape)
    return reshape_alias(input, shape)


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
    wanted = shape_of((sizes,))
    if not wanted:
        raise RuntimeError("unflatten: sizes must be non-empty")
    size = input._array.shape[axis]
    try:
        split_up = inferred(wanted, size)
    except RuntimeError as error:
        if "invalid for input" not in str(error):
            raise RuntimeError(f"unflatten got an unexpected error:\n{error}") from None
        raise RuntimeError(
            f"unflatten: Provided sizes {list(wanted)} don't multiply up to the size of dim {axis} ({size}) in the input tensor"
        ) from None
    return view(input, (*input._array.shape[:axis], *split_up, *input._array.shape[axis + 1 :]))


def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """Without dimensions of size 1 (all, or those given)."""
    if dim is None:
        return squeeze_all(input)
    if isinstance(dim, (tuple, list)):
        return squeeze_dims(input, dims_of(dim, input.ndim) if dim else ())
    return squeeze_dim(input, one_dim(dim, input.ndim))


def unsqueeze_at(input: Tensor, dim: int) -> Tensor:
    """With a new dimension of size 1."""
    return unsqueeze(input, one_dim(dim, input.ndim + 1))


def transpose_dims(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions exchanged."""
    ndim = input._array.ndim
    return transpose(input, one_dim(dim0, ndim), one_dim(dim1, ndim))


def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """Two dimensions exchanged, as NumPy names them."""
    return transpose_dims(input, axis0, axis1)


def t_matrix(input: Tensor) -> Tensor:
    """A matrix transposed; a vector as it is."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return t(input)


def permute_dims(input: Tensor, *given: Any, dims: Any = None) -> Tensor:
    """The dimensions in another order."""
    wanted, ndim = sizes_of("permute", given, dims, "dims"), input._array.ndim
    if len(wanted) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of "
            f"dimensions i.e. input.dim() = {input.ndim} is not equal to len(dims) = {len(wanted)}"
        )
    order = tuple([dim if 0 <= dim < ndim else one_dim(dim, ndim) for dim in wanted])
    if len(set(order)) != ndim:
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return permute(input, order)


def all_dims_reversed(input: Tensor) -> Tensor:
    """``Tensor.T``."""
    if input.ndim == 0:
        warnings.warn(_deprecated_on_numbers("T"), UserWarning, stacklevel=2)
    elif input.ndim != 2:
        warnings.warn(
            "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an error "
            "in a future release. Consider `x.mT` to transpose batches of matrices or "
            "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.",
            UserWarning,
            stacklevel=2,
        )
    return permute(input, tuple(range(input.ndim))[::-1])


def _deprecated_on_numbers(name: str) -> str:
    return f"Tensor.{name} is deprecated on 0-D tensors. This function is the identity in these cases."


def matrix_transposed(input: Tensor) -> Tensor:
    """``Tensor.mT``: the last two dimensions exchanged."""
    return _batch_transposed(input, "mT")


def matrix_adjoint(input: Tensor) -> Tensor:
    """``Tensor.mH``: as ``mT``, for there are no complex numbers."""
    return _batch_transposed(input, "mH")


def _batch_transposed(input: Tensor, name: str) -> Tensor:
    if input.ndim == 1:
        raise RuntimeError(f"tensor.{name} is only supported on matrices or batches of matrices. Got 1-D tensor.")
    if input.ndim == 0:
        warnings.warn(_deprecated_on_numbers(name), UserWarning, stacklevel=3)
        return permute(input, ())
    return transpose(input, input.ndim - 2, input.ndim - 1)


def adjoint_of_matrix(input: Tensor) -> Tensor:
    """``Tensor.H``: a matrix transposed."""
    if input.ndim == 0:
        warnings.warn(_deprecated_on_numbers("H"), UserWarning, stacklevel=2)
        return permute(input, ())
    if input.ndim != 2:
        raise RuntimeError(
            f"tensor.H is only supported on matrices (2-D tensors). Got {input.ndim}-D tensor."
            + (" For batches of matrices, consider using tensor.mH" if input.ndim > 2 else "")
        )
    return transpose(input, 0, 1)


def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Some dimensions moved to other places."""
    given_sources, given_targets = shape_of((source,)), shape_of((destination,))
    if len(given_sources) != len(given_targets):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(given_sources)} dims) should contain the same number of "
            f"dims as destination ({list(given_targets)} dims)"
        )
    sources = [one_dim(dim, input.ndim) for dim in given_sources]
    targets = [one_dim(dim, input.ndim) for dim in given_targets]
    for name, dims, given in (("source", sources, given_sources), ("destination", targets, given_targets)):
        if len(set(dims)) != len(dims):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({list(given)})")
    rest = [dim for dim in range(input.ndim) if dim not in sources]
    for target, moved in sorted(zip(targets, sources, strict=True)):
        rest.insert(target, moved)
    return permute(input, tuple(rest))


def expand_to(input: Tensor, *sizes: Any, size: Any = None, implicit: bool = False) -> Tensor:  # noqa: ARG001
    """Repeated along dimensions of size 1 and new leading ones, without a copy; -1 keeps a size."""
    wanted, have = sizes_of("expand", sizes, size, "size"), input._array.shape
    if _is_plain_expansion(have, wanted):
        return expand(input, wanted)
    leading = len(wanted) - len(have)
    if leading < 0:
        raise RuntimeError(
            f"expand(torch.{input.dtype.cpp_name}Tensor{{{list(have)}}}, size={list(wanted)}): the number of sizes provided "
            f"({len(wanted)}) must be greater or equal to the number of dimensions in the tensor ({len(have)})"
        )
    shape = tuple([have[axis - leading] if new == -1 and axis >= leading else new for axis, new in enumerate(wanted)])
    if any(one < 0 for one in shape[:leading]):
        axis = next(axis for axis in reversed(range(leading)) if shape[axis] < 0)
        raise RuntimeError(
            f"The expanded size of the tensor ({shape[axis]}) isn't allowed in a leading, non-existing dimension {axis}"
        )
    for axis, old in reversed(list(enumerate(have))):
        if old not in (1, shape[axis + leading]):
            raise RuntimeError(
                f"The expanded size of the tensor ({shape[axis + leading]}) must match the existing size ({old}) at non-singleton "
                f"dimension {axis + leading}.  Target sizes: {list(wanted)}.  Tensor sizes: {list(have)}"
            )
    return expand(input, shape)


def _is_plain_expansion(have: Shape, wanted: Shape) -> bool:
    """Whether every size is given, and fits."""
    leading = len(wanted) - len(have)
    if leading < 0 or (wanted and min(wanted) < 0):
        return False
    return False not in [old in (1, new) for old, new in zip(have, wanted[leading:], strict=True)]


def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """:func:`expand` to the shape of ``other``."""
    return expand_to(input, other._array.shape)


def narrow(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """``length`` slices along a dimension, from ``start`` on."""
    if isinstance(start, Tensor):
        if start.ndim or start.is_floating_point() or start._array.dtype.kind == "b":
            raise RuntimeError("start must be an 0-dim integral Tensor.")
        start = int(start._array)
    if not input.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
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
    return diagonal(input, offset, *_two_dims(dim1, dim2, input.ndim))


def _two_dims(dim1: int, dim2: int, ndim: int) -> tuple[int, int]:
    first, second = one_dim(dim1, ndim), one_dim(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return first, second


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """A vector as a diagonal matrix, or a copy of a matrix's diagonal."""
    if input.ndim == 1:
        return diag_embed_dims(input, diagonal, 0, 1)
    if input.ndim != 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    return diagonal_copy(input, diagonal)


def unfold_dim(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """Windows along a dimension, as a new last dimension."""
    axis = one_dim(dimension, input.ndim)
    available = input._array.shape[axis] if input.ndim else 1
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > available:
        raise RuntimeError(f"maximum size for tensor at dimension {axis} is {available} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    return unfold(input, axis, size, step)


def tril_of(input: Tensor, diagonal: int = 0) -> Tensor:
    """The part on and below a diagonal; zero above."""
    if input.ndim < 2:
        raise RuntimeError("tril: input tensor must have at least 2 dimensions")
    return tril(input, diagonal)


def triu_of(input: Tensor, diagonal: int = 0) -> Tensor:
    """The part on and above a diagonal; zero below."""
    if input.ndim < 2:
        raise RuntimeError("triu: input tensor must have at least 2 dimensions")
    return triu(input, diagonal)


def as_strided(input: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """Elements anywhere in the tensor's memory: steps between neighbours and the first position, in elements."""
    return strided_view(input, shape_of((size,)), shape_of((stride,)), storage_offset)


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The last dimension as the diagonal of two new ones."""
    return diag_embed_dims(input, offset, *_two_dims(dim1, dim2, input.ndim + 1))


def numel(input: Tensor) -> int:
    """The number of elements."""
    return input._array.size


def _narrow_array(array: Array, dim: int, start: int, length: int) -> Array:
    return array[(slice(None),) * dim + (slice(start, start + length),)]


def _zeros(shape: Shape, like: Tensor) -> Tensor:
    return from_array(np.zeros(shape, like._array.dtype))


register_pair("reshape", lambda array, shape: array.reshape(shape), reshape)
register_pair("narrow", _narrow_array, narrow)
register_pair("zeros", lambda shape, like: np.zeros(shape, like.dtype), _zeros)
register_pair("zeros_like", np.zeros_like, lambda like: _zeros(like._array.shape, like))
register_pair("ones_like", np.ones_like, lambda like: from_array(np.ones_like(like._array)))
