"""What in-place operations write that has no other name: zeros, a value, another tensor's elements; and ``tensor[key] = value``."""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from typing import Any

import numpy as np

from .. import events
from ..dtypes import scalar_dtype
from ..grad_mode import thread_state
from ..inplace import OVERLAPPING, bump, in_place, is_writable
from ..registry import op
from ..tensor import Array, Tensor, from_array
from ..views import has_shared_elements
from .getitem import basic_and_advanced, is_basic, setitem_value
from .indexing import index_put
from .shape import expand_to, reshape


@op("ZeroBackward0", self=lambda k, g: k.zeros_like(g))
def zero(self: Array) -> Array:
    """Zeros."""
    return np.zeros_like(self)


@op("FillBackward0", self=lambda k, g: k.zeros_like(g))
def filled_with_scalar(self: Array, value: float) -> Array:
    """A copy with one value everywhere."""
    return np.full_like(self, value)


@op("FillBackward1", self=lambda k, g: k.zeros_like(g), value=lambda k, g: k.sum_all(g))
def filled_with_tensor(self: Array, value: Array) -> Array:
    """A copy with the value of a 0-d tensor everywhere."""
    return np.full_like(self, value)


@op("FillBackward2", self=lambda k, g: k.zeros_like(g))
def fill_scalar(self: Array, value: float) -> Array:
    """One value everywhere."""
    return np.full_like(self, value)


@op("FillBackward3", self=lambda k, g: k.zeros_like(g), value=lambda k, g: k.sum_all(g))
def fill_tensor(self: Array, value: Array) -> Array:
    """The value of a 0-d tensor everywhere."""
    return np.full_like(self, value)


@op(
    "CopyBackwards",
    display_name="torch::autograd::CopyBackwards",
    self=lambda k, g: k.zeros_like(g),
    src=lambda k, g, src_shape, src_dtype: k.cast(k.sum_to(g, src_shape), src_dtype),
)
def copy(self: Array, src: Array) -> Array:
    """The elements of ``src``, broadcast and cast."""
    try:
        return np.broadcast_to(src, self.shape).astype(self.dtype)
    except ValueError:
        raise RuntimeError(
            f"The size of tensor a ({self.shape[-1] if self.ndim else 1}) must match the size of tensor b ({src.shape[-1]}) at "
            f"non-singleton dimension {max(self.ndim - 1, 0)}"
        ) from None


def fill(input: Tensor, value: Any) -> Tensor:
    """A copy filled with a number or a 0-d tensor."""
    _check_fill(value)
    return filled_with_tensor(input, value) if isinstance(value, Tensor) else filled_with_scalar(input, value)


def _check_fill(value: Any) -> None:
    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions.")


def _refilled(input: Tensor, value: Any) -> Tensor:
    _check_fill(value)
    return fill_tensor(input, value) if isinstance(value, Tensor) else fill_scalar(input, value)


def _copied(self: Tensor, src: Any, non_blocking: bool = False) -> Tensor:  # noqa: ARG001  (there is one device)
    return copy(self, src if isinstance(src, Tensor) else from_array(np.asarray(src, scalar_dtype(src))))


def _fill_directly(array: Array, value: Any = 0) -> bool:
    simple = type(value) in (int, float) and array.dtype.kind == "f" and array.flags.writeable
    if simple:
        array.fill(value)
    return simple


def _copy_directly(array: Array, src: Any) -> bool:
    simple = isinstance(src, Tensor) and src._array.shape == array.shape and src._array.dtype == array.dtype and is_writable(array)
    if simple:
        np.copyto(array, src._array)
    return simple


zero_ = in_place(zero, "zero_", _fill_directly)
fill_ = in_place(_refilled, "fill_", _fill_directly)
copy_ = in_place(_copied, "copy_", _copy_directly)
index_put_ = in_place(index_put, "index_put_")


def _set_directly(tensor: Tensor, key: Any, value: Any) -> bool:
    """Write numbers where nothing needs a history, a conversion, or PyTorch's messages; says whether it could."""
    array, values = tensor._array, value
    recorded: Any = tensor._requires_grad
    if isinstance(value, Tensor):
        values = value._array
        recorded = recorded or value._requires_grad
        if values.dtype != array.dtype:
            return False
    elif type(value) not in (int, float) or array.dtype.kind != "f":
        return False
    for one in key if type(key) is tuple else (key,):
        if type(one) is slice and one.step is not None and (type(one.step) is not int or one.step <= 0):
            return False
    if (recorded and thread_state.grad_enabled) or not is_writable(array):
        return False
    try:
        array[key] = values
    except (IndexError, ValueError, TypeError):
        return False
    bump(tensor, "copy_")
    return True


def setitem(self: Tensor, key: Any, value: Any) -> None:
    """``self[key] = value``: a write to a view where ``key`` makes one, else an ``index_put_``."""
    if events.sink is None and is_basic(key) and _set_directly(self, key, value):
        return
    source = setitem_value(value, self)
    target, advanced = basic_and_advanced(self, key)
    if advanced:
        index_put_(target, advanced, source)
    elif source.ndim or not target.ndim:
        leading = next((axis for axis, size in enumerate(source._array.shape) if size != 1), source.ndim)
        if leading and source._array.shape != target._array.shape:
            source = reshape(source, source._array.shape[leading:])
        if source._array.shape != target._array.shape:
            source = expand_to(source, target._array.shape)
        copy_(target, source)
    elif has_shared_elements(target._array):
        raise RuntimeError(OVERLAPPING)
    else:
        fill_(target, source)
