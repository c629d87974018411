"""PyTorch's gradients as the NumPy arrays that a sink looks at."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....core.events import Array, Unknown, Widened
from .loaded import dtype_name, torch
from .probing import array_of, dispatch_modes

__all__ = ["as_array", "placeholder", "unknown"]

_placeholders: dict[Any, Array] = {}
_MANY = 1 << 12

_NUMPY_DTYPES = {
    torch.float64: np.float64,
    torch.float32: np.float32,
    torch.float16: np.float16,
    torch.complex64: np.complex64,
    torch.complex128: np.complex128,
}


def as_array(tensor: Any) -> Array:
    """The values of ``tensor``: its own memory when it is dense, on the CPU and of a dtype that NumPy has, else a copy.

    Of a tensor that is spread over processes (a ``DTensor``) it is the part of this one. A tensor whose values cannot be had (on
    the meta device, standing for another, or one of a batch) gives an unknown array, a nested one the numbers of all its parts.
    Dispatch modes of the program do not hear of it.
    """
    try:
        if type(tensor) is torch.Tensor and dispatch_modes():
            with torch._C._DisableTorchDispatch():
                return _as_array(tensor)
        return _as_array(tensor)
    except (RuntimeError, TypeError, NotImplementedError, BufferError):
        return unknown(tensor)


def _as_array(tensor: Any) -> Array:
    tensor = _numbers_of(tensor).detach()
    if tensor.layout is not torch.strided:
        tensor = tensor.to_dense()
    if tensor.dtype not in _NUMPY_DTYPES and tensor.is_floating_point():  # bfloat16 and the 8-bit ones
        wide = as_array(tensor.to(torch.float32))
        return (Unknown if isinstance(wide, Unknown) else Widened).of(wide, dtype_name(tensor.dtype))
    if tensor.is_conj() or tensor.is_neg():
        tensor = tensor.resolve_conj().resolve_neg()
    if tensor._is_zerotensor():  # zeros that take no memory, such as the gradient of a sign
        tensor = tensor.clone()
    array: Array = array_of(tensor.cpu())
    return array


def unknown(tensor: Any) -> Array:
    """An array of the tensor's shape and dtype, of which nobody knows the numbers."""
    return Unknown.of(placeholder(tensor), dtype_name(tensor.dtype))


def placeholder(tensor: Any) -> Array:
    """An array of the tensor's shape and dtype that takes no memory: enough when nobody looks at the values."""
    tensor = _numbers_of(tensor)
    key = tensor.shape, tensor.dtype
    array = _placeholders.get(key)
    if array is None:
        if len(_placeholders) > _MANY:
            _placeholders.clear()
        dtype = _NUMPY_DTYPES.get(tensor.dtype, np.float32)
        array = np.broadcast_to(np.zeros((), dtype), tuple(tensor.shape))
        if tensor.dtype not in _NUMPY_DTYPES and tensor.is_floating_point():
            array = Widened.of(array, dtype_name(tensor.dtype))
        _placeholders[key] = array
    return array


def _numbers_of(tensor: Any) -> Any:
    """The tensor itself; its part here, if it is spread over processes; or all the numbers of a nested one."""
    if type(tensor) is not torch.Tensor:
        tensor = getattr(tensor, "_local_tensor", tensor)
    return tensor.detach().contiguous().values() if tensor.is_nested else tensor
