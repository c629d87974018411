"""The elements again, repeated or in another order: repeat, tile, repeat_interleave, flip, roll, rot90."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor import Array, Tensor, from_array
from .convert import clone_array
from .indexing import index_select
from .reduction import dims_of, one_dim
from .shape import flatten
from .shape_primitives import Shape, expand, flip, repeat_dims, roll_dims, rot90_turns, unsqueeze, view_as_shape
from .sizes import shape_of, sizes_of


def _repeated(input: Tensor, times: Shape) -> Tensor:
    """``repeat_dims``. Raises ``RuntimeError`` for negative numbers of repetitions."""
    if any(count < 0 for count in times):
        padded = (1,) * (len(times) - input.ndim) + input._array.shape
        shape = [size * count for size, count in zip(padded, times, strict=True)]
        negative = next(size for size in shape if size < 0)
        raise RuntimeError(f"Trying to create tensor with negative dimension {negative}: {shape}")
    return repeat_dims(input, times)


def repeat(input: Tensor, *given: Any, repeats: Any = None) -> Tensor:
    """A copy repeated so many times along each dimension."""
    times = sizes_of("repeat", given, repeats, "repeats")
    if len(times) < input.ndim:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    return _repeated(input, times)


def tile(input: Tensor, *given: Any, dims: Any = None) -> Tensor:
    """As :func:`repeat`, for as few trailing dimensions as one likes."""
    times = sizes_of("tile", given, dims, "dims")
    return _repeated(input, (1,) * (input.ndim - len(times)) + times)


def repeat_interleave(input: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None) -> Tensor:
    """Each element repeated in place; ``repeats`` is one number or one for each element.

    ``repeat_interleave(repeats)`` with integers alone: the positions, each repeated.
    """
    if repeats is None:
        if input.ndim != 1:
            raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
        return from_array(_positions(input._array))
    if dim is None:
        input, dim = flatten(input), 0
    axis = one_dim(dim, input.ndim)
    sizes = input._array.shape
    if isinstance(repeats, Tensor):
        return _interleaved(input, repeats._array, axis, output_size)
    if repeats < 0:
        raise RuntimeError("Repeats must be non-negative")
    if output_size is not None and output_size != sizes[axis] * repeats:
        raise RuntimeError(f"repeat_interleave: Invalid output_size, expected {sizes[axis] * repeats} but got {output_size}")
    repeated = expand(unsqueeze(input, axis + 1), (*sizes[: axis + 1], repeats, *sizes[axis + 1 :]))
    return view_as_shape(clone_array(repeated), (*sizes[:axis], sizes[axis] * repeats, *sizes[axis + 1 :]))


def _interleaved(input: Tensor, repeats: Array, axis: int, output_size: int | None) -> Tensor:
    size = input._array.shape[axis] if input.ndim else 1
    if repeats.ndim > 1:
        raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
    if repeats.size == 1:
        repeats = np.broadcast_to(repeats.reshape(1), (size,))
    elif repeats.shape[0] != size:
        raise RuntimeError(
            f"repeats must have the same size as input along dim, but got repeats.size(0) = {repeats.shape[0]} and "
            f"input.size({axis}) = {size}"
        )
    positions = _positions(repeats)
    if output_size is not None and output_size != positions.size:
        raise RuntimeError(f"allocated size does not match required size: {output_size} against {positions.size}")
    return index_select(input, axis, from_array(positions))


def _positions(repeats: Array) -> Array:
    """0, 1, 2, … each so many times."""
    if repeats.dtype not in (np.int32, np.int64):
        name = from_array(repeats).dtype.cpp_name
        raise NotImplementedError(f"\"repeat_interleave_cpu\" not implemented for '{name}'")
    if (repeats < 0).any():
        raise RuntimeError("repeats can not be negative")
    return np.repeat(np.arange(repeats.size), repeats)


def flip_dims(input: Tensor, *given: Any, dims: Any = None) -> Tensor:
    """Reversed along some dimensions."""
    wanted = sizes_of("flip", given, dims, "dims")
    return flip(input, dims_of(wanted, input.ndim) if wanted else ())


def fliplr(input: Tensor) -> Tensor:
    """Reversed along the second dimension."""
    if input.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, (1,))


def flipud(input: Tensor) -> Tensor:
    """Reversed along the first dimension."""
    if input.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, (0,))


def roll(input: Tensor, shifts: Any, dims: Any = ()) -> Tensor:
    """Shifted cyclically along some dimensions; in the flattened tensor when there are none."""
    by, along = shape_of((shifts,)), shape_of((dims,)) if dims is not None else ()
    if not by:
        raise RuntimeError("`shifts` required")
    if len(by) != len(along) and (along or len(by) != 1):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(by)}, dims:{len(along)}")
    if along and not input.ndim:
        raise IndexError(f"Dimension specified as {along[0]} but tensor has no dimensions")
    return roll_dims(input, by, tuple([one_dim(dim, input.ndim) for dim in along]))


def rot90(input: Tensor, k: int = 1, dims: Any = (0, 1)) -> Tensor:
    """Turned by ``k`` right angles in the plane of two dimensions, from the first towards the second."""
    given = shape_of((dims,))
    if len(given) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(given)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    if given[0] == given[1] or abs(given[0] - given[1]) == input.ndim:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {given[0]} and dim1 = {given[1]}")
    return rot90_turns(input, k % 4, tuple([one_dim(dim, input.ndim) for dim in given]))
