"""Masks: masked_fill, masked_select, masked_scatter, where, nonzero."""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from .. import errors
from ..dtypes import result_type
from ..out_arguments import accepts_out
from ..registry import op
from ..tensor import Array, Tensor, from_array
from .elementwise import where as where_tensors
from .multi import unbind
from .nondifferentiable import plain
from .shape_primitives import Shape


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
    self=lambda k, g, mask, self_shape: k.sum_to(k.masked_place(g, mask, self_shape), self_shape),
)
def masked_elements(self: Array, mask: Array) -> Array:
    """The elements where ``mask``, in one dimension."""
    both = np.broadcast_shapes(self.shape, mask.shape)
    return np.broadcast_to(self, both)[np.broadcast_to(mask, both)]


@op("MaskedPlaceBackward0", tensors=("mask",), self=lambda k, g, mask: k.masked_elements(g, mask))
def masked_place(self: Array, mask: Array, shape: Shape) -> Array:
    """The elements of a vector where ``mask`` (broadcast with ``shape``), zero elsewhere."""
    both = np.broadcast_shapes(shape, mask.shape)
    result = np.zeros(both, self.dtype)
    result[np.broadcast_to(mask, both)] = self
    return result


def _given_back(k: Any, g: Any, mask: Any, source_shape: Shape) -> Any:
    """The gradient of the elements that were used; the rest of the source gets zero."""
    used = k.masked_elements(g, mask)
    unused = math.prod(source_shape) - used.shape[0]
    return k.reshape(k.cat([used, k.zeros((unused,), g)], 0), source_shape)


@op(
    "MaskedScatterBackward0",
    tensors=("mask",),
    self=lambda k, g, mask, self_shape: k.sum_to(k.masked_fill_value(g, mask, 0.0), self_shape),
    source=lambda k, g, mask, source_shape: _given_back(k, g, mask, source_shape),
)
def masked_replaced(self: Array, mask: Array, source: Array) -> Array:
    """The elements of ``source``, one after the other, where ``mask``."""
    both = np.broadcast_shapes(self.shape, mask.shape)
    result = np.broadcast_to(self, both).copy()
    wide = np.broadcast_to(mask, both)
    result[wide] = source.reshape(-1)[: np.count_nonzero(wide)]
    return result


# ------------------------------------------------------------------------------------------------------ as torch spells it
_CPP_SCALARS = {"float32": "float", "float64": "double", "int64": "long int", "int32": "int", "uint8": "unsigned char"}


def _check_broadcast(first: Tensor, second: Tensor) -> None:
    try:
        np.broadcast_shapes(first._array.shape, second._array.shape)
    except ValueError:
        raise errors.not_broadcastable(first._array.shape, second._array.shape) from None


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """``value`` (a number or a 0-d tensor) where ``mask``."""
    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    if mask._array.dtype != np.bool_:
        name = _CPP_SCALARS.get(mask.dtype.name, mask.dtype.name)
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {name}")
    _check_broadcast(mask, input)
    if not isinstance(value, Tensor):
        return masked_fill_value(input, mask, value)
    return masked_fill_tensor(input, mask, value)


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where ``mask``, in one dimension."""
    if mask._array.dtype != np.bool_:
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    _check_broadcast(mask, input)
    return masked_elements(input, mask)


def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """The elements of ``source``, one after the other, where ``mask``."""
    if mask._array.dtype != np.bool_:
        raise RuntimeError(f"masked_scatter_ only supports boolean masks, but got mask with dtype {mask.dtype.cpp_name}")
    if input._array.dtype != source._array.dtype:
        raise RuntimeError(
            f"masked_scatter_: expected self and source to have same dtypes but got {input.dtype.cpp_name} and "
            f"{source.dtype.cpp_name}"
        )
    _check_broadcast(mask, input)
    shape = np.broadcast_shapes(mask._array.shape, input._array.shape)
    if np.count_nonzero(np.broadcast_to(mask._array, shape)) > source.numel():
        raise RuntimeError("Number of elements of source < number of ones in mask")
    return masked_replaced(input, mask, source)


@accepts_out
def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """``input`` where ``condition``, else ``other`` (tensors or numbers); with the condition alone, where it is true."""
    if input is None and other is None:
        return nonzero(condition, as_tuple=True)
    mask = condition._array
    if mask.dtype == np.uint8:
        warnings.warn(
            "where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future version of "
            "PyTorch. Use a boolean condition instead.",
            UserWarning,
            stacklevel=3,
        )
        condition = from_array(mask != 0)
    elif mask.dtype != np.bool_:
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.dtype.cpp_name}"
        )
    if isinstance(input, Tensor) and isinstance(other, Tensor) and input._array.shape == other._array.shape == mask.shape:
        return where_tensors(condition, input, other)
    tensors = [value for value in (input, other) if isinstance(value, Tensor)]
    dtype = result_type(*[value._array if isinstance(value, Tensor) else value for value in (input, other)])
    shape: Shape = mask.shape
    for value in tensors:
        if value._array.shape == shape:
            continue
        try:
            shape = np.broadcast_shapes(shape, value._array.shape)
        except ValueError:
            raise errors.not_broadcastable(shape, value._array.shape) from None
    first, second = [value if isinstance(value, Tensor) else from_array(np.asarray(value, dtype)) for value in (input, other)]
    return where_tensors(condition, first, second)


def where_method(self: Tensor, condition: Tensor, other: Any) -> Tensor:
    """``self`` where ``condition``, else ``other``."""
    return where(condition, self, other)


@plain
def argwhere(self: Array) -> Array:
    """The positions of the elements that are not zero, one row each."""
    return np.argwhere(self) if self.ndim else np.zeros((int(self != 0), 0), np.int64)


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The positions of the elements that are not zero: one row each, or one tensor for each dimension."""
    if as_tuple:
        return unbind(argwhere(input if input.ndim else from_array(np.atleast_1d(input._array))), 1)
    return argwhere(input)
