"""Several tensors made one, or fitted to each other: cat, stack, hstack, block_diag, meshgrid, broadcast_tensors."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from .. import errors
from ..backends import TENSORS
from ..dtypes import promote_types
from ..out_arguments import accepts_out
from ..registry import register_pair
from ..tensor import Tensor, from_array
from .reduction import one_dim
from .shape import expand_to, reshape, view
from .shape_primitives import block_diag_arrays, cat_arrays, expand, stack_arrays, unsqueeze


def _listed(tensors: Any, function: str) -> list[Tensor]:
    """The tensors in a list. Raises ``TypeError`` for anything that is none."""
    if not isinstance(tensors, (list, tuple)):
        raise TypeError(f"{function}(): argument 'tensors' (position 1) must be tuple of Tensors, not {type(tensors).__name__}")
    for position, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"expected Tensor as element {position} in argument 0, but got {type(tensor).__name__}")
    return list(tensors)


def _in_common_dtype(tensors: list[Tensor]) -> list[Tensor]:
    first = tensors[0]._array.dtype
    if all(tensor._array.dtype == first for tensor in tensors):
        return tensors
    dtype = reduce(promote_types, [tensor._array.dtype for tensor in tensors])
    return [TENSORS.cast(tensor, dtype) for tensor in tensors]


@accepts_out
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Joined along an existing dimension."""
    joined = _listed(tensors, "cat")
    if not joined:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for position, tensor in enumerate(joined):
        if not tensor.ndim:
            raise RuntimeError(f"zero-dimensional tensor (at position {position}) cannot be concatenated")
    proper = [tensor for tensor in joined if tensor._array.shape != (0,)] or joined
    axis = one_dim(dim, proper[0].ndim)
    first = proper[0]._array.shape
    for position, tensor in enumerate(joined):
        shape = tensor._array.shape
        if shape in (first, (0,)):
            continue
        if len(shape) != len(first):
            raise RuntimeError(f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}")
        for other, (expected, got) in enumerate(zip(first, shape, strict=True)):
            if other != axis and expected != got:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {axis}. Expected size {expected} but got size {got} for "
                    f"tensor number {position} in the list."
                )
    return cat_arrays(_in_common_dtype(joined), axis)


@accepts_out
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Joined along a new dimension."""
    joined = _listed(tensors, "stack")
    if not joined:
        raise RuntimeError("stack expects a non-empty TensorList")
    first = joined[0]._array.shape
    axis = one_dim(dim, len(first) + 1)
    for position, tensor in enumerate(joined):
        if tensor._array.shape != first:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and {list(tensor._array.shape)} at "
                f"entry {position}"
            )
    return stack_arrays(_in_common_dtype(joined), axis)


def _atleast(least: int, tensor: Tensor) -> Tensor:
    shape = tensor._array.shape
    if len(shape) >= least:
        return tensor
    if not shape:
        return reshape(tensor, (1,) * least)
    if least == 2:
        return unsqueeze(tensor, 0)
    return unsqueeze(unsqueeze(tensor, 0), 2) if len(shape) == 1 else unsqueeze(tensor, 2)


def _atleast_each(least: int, tensors: tuple[Any, ...]) -> Any:
    if len(tensors) == 1:
        if isinstance(tensors[0], Tensor):
            return _atleast(least, tensors[0])
        tensors = tuple(tensors[0])
    return tuple([_atleast(least, tensor) for tensor in tensors])


def atleast_1d(*tensors: Any) -> Any:
    """With at least one dimension."""
    return _atleast_each(1, tensors)


def atleast_2d(*tensors: Any) -> Any:
    """With at least two dimensions, new ones in front."""
    return _atleast_each(2, tensors)


def atleast_3d(*tensors: Any) -> Any:
    """With at least three dimensions; a matrix gets its new one at the end."""
    return _atleast_each(3, tensors)


def _joined(function: str, least: int, tensors: Any, dim: int) -> Tensor:
    joined = _listed(tensors, function)
    if not joined:
        raise RuntimeError(f"{function} expects a non-empty TensorList")
    raised = [_atleast(least, tensor) for tensor in joined]
    return cat(raised, 0 if function == "hstack" and raised[0].ndim == 1 else dim)


@accepts_out
def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined along the second dimension (vectors: along their only one)."""
    return _joined("hstack", 1, tensors, 1)


@accepts_out
def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined along the first dimension, vectors as rows."""
    return _joined("vstack", 2, tensors, 0)


@accepts_out
def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined along the third dimension."""
    return _joined("dstack", 3, tensors, 2)


@accepts_out
def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined along the second dimension, vectors as columns."""
    joined = _listed(tensors, "column_stack")
    if not joined:
        raise RuntimeError("column_stack expects a non-empty TensorList")
    return hstack([reshape(tensor, (tensor._array.size, 1)) if tensor.ndim <= 1 else tensor for tensor in joined])


def block_diag(*tensors: Tensor) -> Tensor:
    """The matrices along the diagonal of one matrix, zero elsewhere."""
    for position, tensor in enumerate(tensors):
        if tensor.ndim > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {position} has {tensor.ndim} dimensions"
            )
    if not tensors:
        return from_array(np.zeros((1, 0), np.float32))
    return block_diag_arrays(_in_common_dtype(list(tensors)))


def broadcast_tensors(*tensors: Any) -> tuple[Tensor, ...]:
    """All of them expanded to their common shape."""
    if len(tensors) == 1 and not isinstance(tensors[0], Tensor):
        tensors = tuple(tensors[0])
    shape: tuple[int, ...] = ()
    for tensor in tensors:
        try:
            shape = np.broadcast_shapes(shape, tensor._array.shape)
        except ValueError:
            raise errors.not_broadcastable(shape, tensor._array.shape) from None
    return tuple([tensor if tensor._array.shape == shape else expand(tensor, shape) for tensor in tensors])


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """Coordinate grids from coordinate vectors; ``indexing="xy"`` exchanges the first two dimensions."""
    vectors = list(tensors[0]) if len(tensors) == 1 and not isinstance(tensors[0], Tensor) else list(tensors)
    if indexing is None:
        warnings.warn(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.", UserWarning, stacklevel=2
        )
    if not vectors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    for vector in vectors:
        if vector.ndim > 1:
            rows = str(vector._array)
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {rows}")
    if any(vector._array.dtype != vectors[0]._array.dtype for vector in vectors):
        raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    if indexing not in (None, "ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    swapped = indexing == "xy" and len(vectors) > 1
    if swapped:
        vectors[:2] = vectors[1::-1]
    shape = tuple([math.prod(vector._array.shape) for vector in vectors])
    count = len(vectors)
    grids = [expand_to(view(v, [-1 if i == axis else 1 for i in range(count)]), shape) for axis, v in enumerate(vectors)]
    if swapped:
        grids[:2] = grids[1::-1]
    return tuple(grids)


register_pair("cat", lambda arrays, dim: np.concatenate(arrays, dim), cat)
