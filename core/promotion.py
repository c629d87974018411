"""The operands of an operator in the dtype that it computes in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from . import errors
from .dtypes import float_result_type, get_default_dtype, result_type
from .tensor import Array, Tensor

if TYPE_CHECKING:
    from .registry import Operator

_ALREADY_COMMON = ({np.dtype(np.float32)}, {np.dtype(np.float64)})
"""Operands all of float32, or all of float64, are as they should be."""


def as_float(array: Array) -> Array:
    """An array of integers or truth values in the default dtype; one of floating-point numbers as it is."""
    return array if array.dtype.kind == "f" else array.astype(get_default_dtype().np)


def promoted(row: Operator, first: Array, second: Any) -> tuple[Array, Any]:
    """Two operands, the second perhaps a number, in the dtype that PyTorch computes in."""
    if row.name == "sub":
        errors.refuse_bools(first, second)
    dtype = (float_result_type if row.floats_only else result_type)(first, second)
    if first.dtype != dtype:
        first = first.astype(dtype)
    if not isinstance(second, ndarray):
        second = np.asarray(second).astype(dtype)
    elif second.dtype != dtype:
        second = second.astype(dtype)
    return first, second


def arrays_of(row: Operator, arguments: Sequence[Any]) -> list[Any]:
    """The arguments as the kernel wants them: arrays for tensors, in a common dtype for a broadcasting operator."""
    if row.variadic:
        return [[tensor._array for tensor in arguments[0]], *arguments[1:]]
    arrays = [value._array if isinstance(value, Tensor) else value for value in arguments]
    if row.broadcast:
        positions = [row.parameters.index(name) for name in row.derivatives]
        operands = [position for position in positions if arrays[position] is not None]
        if {getattr(arrays[i], "dtype", None) for i in operands} in _ALREADY_COMMON:
            return arrays
        dtype = (float_result_type if row.floats_only else result_type)(*[arrays[i] for i in operands])
        for i in operands:
            arrays[i] = np.asarray(arrays[i]).astype(dtype, copy=False)
    elif row.floats_only:
        arrays[0] = as_float(arrays[0])
    return arrays
