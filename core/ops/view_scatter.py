"""Copies with a part written over: ``select_scatter``, ``slice_scatter``, ``diagonal_scatter``."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import numpy as np

from ..registry import op
from ..tensor import Array, Tensor
from .reduction import one_dim


def _check_size(src: Tensor, wanted: tuple[int, ...]) -> None:
    if src._array.shape != wanted:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src._array.shape)}, "
            f"slice size = {list(wanted)}"
        )


@op(
    "SelectScatterBackward0",
    self=lambda k, g, src_shape, dim, index: k.select_written(g, k.zeros(src_shape, g), dim, index),
    src=lambda k, g, dim, index: k.select(g, dim, index),
)
def select_written(self: Array, src: Array, dim: int, index: int) -> Array:
    """A copy with one place along a dimension written over."""
    result = self.copy()
    result[(slice(None),) * dim + (index,)] = src
    return result


def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """``input`` with ``src`` at one place along a dimension."""
    axis = one_dim(dim, input.ndim)
    _check_size(src, input._array.shape[:axis] + input._array.shape[axis + 1 :])
    return select_written(input, src, axis, index)


@op(
    "SliceScatterBackward0",
    self=lambda k, g, src_shape, dim, start, end, step: k.slice_written(g, k.zeros(src_shape, g), dim, start, end, step),
    src=lambda k, g, dim, start, end, step: k.slice_dim(g, dim, start, end, step),
)
def slice_written(self: Array, src: Array, dim: int, start: int, end: int, step: int) -> Array:
    """A copy with a range along a dimension written over."""
    result = self.copy()
    result[(slice(None),) * dim + (slice(start, end, step),)] = src
    return result


def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """``input`` with ``src`` in a range along a dimension."""
    axis = one_dim(dim, input.ndim)
    first, last, stride = slice(start, end, step).indices(input._array.shape[axis])
    wanted = list(input._array.shape)
    wanted[axis] = len(range(first, last, stride))
    _check_size(src, tuple(wanted))
    return slice_written(input, src, axis, first, max(first, last), stride)


@op(
    "DiagonalScatterBackward0",
    self=lambda k, g, src_shape, offset, dim1, dim2: k.diagonal_written(g, k.zeros(src_shape, g), offset, dim1, dim2),
    src=lambda k, g, offset, dim1, dim2: k.diagonal(g, offset, dim1, dim2),
)
def diagonal_written(self: Array, src: Array, offset: int, dim1: int, dim2: int) -> Array:
    """A copy with a diagonal written over."""
    result = self.copy()
    view = np.diagonal(result, offset, dim1, dim2)
    view.flags.writeable = True
    view[...] = src
    return result


def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """``input`` with ``src`` on a diagonal."""
    first, second = one_dim(dim1, input.ndim), one_dim(dim2, input.ndim)
    _check_size(src, np.diagonal(input._array, offset, first, second).shape)
    return diagonal_written(input, src, offset, first, second)
