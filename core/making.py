"""What the functions that make tensors of a given shape share: how they read ``size`` and ``dtype``, and hand over the result."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from .creation import finished
from .dtypes import as_dtype, get_default_dtype
from .grad_mode import thread_state
from .inplace import write
from .tensor import Array, Tensor

DtypeLike = Any
DeviceLike = Any


def shape_of(given: Sequence[Any], name: str = "size") -> tuple[int, ...]:
    """A shape from ``f(2, 3)`` or ``f((2, 3))``; ``name`` is that of the function, for its messages.

    Raises ``TypeError`` for anything but integers, ``RuntimeError`` for negative ones.
    """
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        given = given[0]
    sizes = []
    for position, size in enumerate(given):
        try:
            sizes.append(operator.index(size))
        except TypeError:
            kind = type(size).__name__
            if position == 0:
                raise TypeError(f"{name}(): argument 'size' (position 1) must be tuple of ints, not {kind}") from None
            raise TypeError(
                f"{name}(): argument 'size' failed to unpack the object at pos {position + 1} with error "
                f'"type must be tuple of ints,but got {kind}"'
            ) from None
    if any(size < 0 for size in sizes):
        raise RuntimeError(f"{name}: Dimension size must be non-negative.")
    return tuple(sizes)


def dtype_of(name: str, dtype: DtypeLike, default: Any = None) -> np.dtype[Any]:
    """The NumPy dtype that ``dtype`` names, or else ``default``, or else the default floating-point dtype."""
    if dtype is None:
        return default if default is not None else get_default_dtype().np
    if isinstance(dtype, str):
        raise TypeError(f"{name}(): argument 'dtype' must be torch.dtype, not str")
    return as_dtype(dtype).np


def delivered(
    name: str,
    array: Array,
    out: Tensor | None,
    dtype: DtypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """``array`` as a new tensor, or written into ``out``, which is resized where it has to be.

    Raises ``RuntimeError`` when ``dtype`` was asked for and ``out`` has another.
    """
    if out is None:
        return finished(array, requires_grad, device)
    if thread_state.grad_enabled and out._requires_grad:
        raise RuntimeError(
            f"aten::{name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments "
            "requires grad."
        )
    if dtype is not None and as_dtype(dtype).np != out._array.dtype:
        raise RuntimeError(f"dtype {as_dtype(dtype).cpp_name} does not match dtype of out parameter ({out.dtype.cpp_name})")
    if out._array.shape != array.shape:
        out.resize_(array.shape)
    write(out, array.astype(out._array.dtype), name)
    return out


def sizes_from(name: str, positional: Sequence[Any], size: Any) -> tuple[int, ...]:
    """A shape from sizes given one by one, as one sequence, or as ``size=``. Raises ``TypeError`` where there are none."""
    if size is not None:
        positional = (size,)
    elif not positional:
        raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
    return shape_of(positional, name)
