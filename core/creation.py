"""Making tensors: from Python data, from NumPy, filled with a value, ranges."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import dtypes, errors, events
from .dtypes import as_dtype, get_default_dtype
from .identity import tensor_id
from .tensor import Array, Tensor, from_array
from .views import bounded

DtypeLike = Any
DeviceLike = Any


def finished(array: Array, requires_grad: bool, device: DeviceLike = None) -> Tensor:
    """A new leaf around ``array``. Raises ``RuntimeError`` when an integer tensor shall require grad."""
    if device is not None:
        dtypes.device(device)
    result = from_array(array)
    if requires_grad:
        if array.dtype.kind != "f":
            raise RuntimeError(errors.ONLY_FLOATS_AT_CREATION)
        result._requires_grad = True
        if events.sink is not None:
            events.sink.leaf_created(tensor_id(result), array.shape, result.dtype.name, True)
    return result


def tensor(
    data: Any,
    *,
    dtype: DtypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    pin_memory: bool = False,  # noqa: ARG001  (as in torch; there is one kind of memory)
) -> Tensor:
    """A new leaf with a copy of ``data``: numbers, nested sequences, arrays or tensors."""
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
            UserWarning,
            stacklevel=2,
        )
        data = data._array
    wanted = None if dtype is None else as_dtype(dtype).np
    return finished(_array_of(data, wanted), requires_grad, device)


def _array_of(data: Any, dtype: Any) -> Array:
    """A fresh array of Python data, in the dtype PyTorch would infer."""
    if isinstance(data, (np.ndarray, np.generic)):
        return np.array(data, dtype)
    plain = _without_tensors(data)
    try:
        array = np.array(plain)
    except ValueError:
        raise ValueError(f"expected sequence of length {len(data[0])} at dim 1 (got {_odd_length(data)})") from None
    if array.dtype.kind not in "fiub":
        raise _unusable(data)
    if dtype is None:
        dtype = get_default_dtype().np if array.dtype.kind == "f" and not _holds_numpy(data) else array.dtype
    return array.astype(dtype)


def _without_tensors(data: Any) -> Any:
    if isinstance(data, Tensor):
        return data._array
    if isinstance(data, (list, tuple)):
        return [_without_tensors(item) for item in data]
    return data


def _holds_numpy(data: Any) -> bool:
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    return isinstance(data, (np.ndarray, np.generic, Tensor)) and not isinstance(data, float)


def _odd_length(data: Sequence[Any]) -> int:
    return next((len(item) for item in data if len(item) != len(data[0])), 0)


def _unusable(data: Any) -> Exception:
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    if isinstance(data, str):
        return TypeError("new(): invalid data type 'str'")
    if data is None:
        return RuntimeError("Could not infer dtype of NoneType")
    return RuntimeError(f"Could not infer dtype of {type(data).__name__}")


def as_tensor(data: Any, dtype: DtypeLike = None, device: DeviceLike = None) -> Tensor:
    """``data`` as a tensor, sharing its memory where possible."""
    wanted = None if dtype is None else as_dtype(dtype).np
    if isinstance(data, Tensor):
        return data if wanted is None else data.to(dtype)
    if isinstance(data, np.ndarray):
        return finished(np.asarray(data, wanted), False, device)
    return finished(_array_of(data, wanted), False, device)


def from_numpy(ndarray: Array) -> Tensor:
    """A tensor that shares the array's memory."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    return finished(ndarray if ndarray.base is None else _memory_of_its_own(ndarray), False)


def _memory_of_its_own(array: Array) -> Array:
    """The same array as if its memory began at its first element and ended with its last: what ``as_strided`` may reach."""
    if any(stride < 0 for stride in array.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not currently "
            "supported. (You can probably work around this by making a copy of your array  with array.copy().) "
        )
    if not array.size:
        return array
    return bounded(array)


def shape_of(given: Sequence[Any]) -> tuple[int, ...]:
    """A shape from ``f(2, 3)`` or ``f((2, 3))``."""
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        given = given[0]
    return tuple([int(size) for size in given])


def _filled(shape: Sequence[Any], value: Any, dtype: DtypeLike, device: DeviceLike, requires_grad: bool) -> Tensor:
    wanted = get_default_dtype() if dtype is None else as_dtype(dtype)
    return finished(np.full(shape_of(shape), value, wanted.np), requires_grad, device)


def zeros(*size: Any, dtype: DtypeLike = None, device: DeviceLike = None, requires_grad: bool = False) -> Tensor:
    """Filled with zeros."""
    return _filled(size, 0, dtype, device, requires_grad)


def ones(*size: Any, dtype: DtypeLike = None, device: DeviceLike = None, requires_grad: bool = False) -> Tensor:
    """Filled with ones."""
    return _filled(size, 1, dtype, device, requires_grad)


def empty(*size: Any, dtype: DtypeLike = None, device: DeviceLike = None, requires_grad: bool = False) -> Tensor:
    """Of this shape; the values are zeros here, but do not count on it."""
    return _filled(size, 0, dtype, device, requires_grad)


def full(
    size: Sequence[int], fill_value: Any, *, dtype: DtypeLike = None, device: DeviceLike = None, requires_grad: bool = False
) -> Tensor:
    """Filled with a value, whose type decides the dtype."""
    if dtype is None:
        dtype = bool if isinstance(fill_value, bool) else int if isinstance(fill_value, int) else get_default_dtype()
    return _filled((tuple(size),), fill_value, dtype, device, requires_grad)


def _like(like: Tensor, value: Any, dtype: DtypeLike, requires_grad: bool) -> Tensor:
    wanted = like._array.dtype if dtype is None else as_dtype(dtype).np
    return finished(np.full(like._array.shape, value, wanted), requires_grad)


def zeros_like(input: Tensor, *, dtype: DtypeLike = None, device: DeviceLike = None, requires_grad: bool = False) -> Tensor:  # noqa: ARG001
    """Zeros in the shape and dtype of ``input``."""
    return _like(input, 0, dtype, requires_grad)


def ones_like(input: Tensor, *, dtype: DtypeLike = None, device: DeviceLike = None, requires_grad: bool = False) -> Tensor:  # noqa: ARG001
    """Ones in the shape and dtype of ``input``."""
    return _like(input, 1, dtype, requires_grad)


def empty_like(input: Tensor, *, dtype: DtypeLike = None, device: DeviceLike = None, requires_grad: bool = False) -> Tensor:  # noqa: ARG001
    """A tensor in the shape and dtype of ``input``."""
    return _like(input, 0, dtype, requires_grad)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: DtypeLike = None,
    device: DeviceLike = None,  # noqa: ARG001
    requires_grad: bool = False,
) -> Tensor:
    """One value in the shape and dtype of ``input``."""
    return _like(input, fill_value, dtype, requires_grad)


def new_zeros(self: Tensor, *size: Any, dtype: DtypeLike = None, requires_grad: bool = False) -> Tensor:
    """Zeros in the dtype of ``self``."""
    return _filled(size, 0, dtype or self.dtype, None, requires_grad)


def new_ones(self: Tensor, *size: Any, dtype: DtypeLike = None, requires_grad: bool = False) -> Tensor:
    """Ones in the dtype of ``self``."""
    return _filled(size, 1, dtype or self.dtype, None, requires_grad)


def new_tensor(self: Tensor, data: Any, *, dtype: DtypeLike = None, requires_grad: bool = False) -> Tensor:
    """``tensor(data)`` in the dtype of ``self``."""
    return tensor(data, dtype=dtype or self.dtype, requires_grad=requires_grad)


def scalar_tensor(value: Any, *, dtype: DtypeLike = None) -> Tensor:
    """A 0-d tensor."""
    return tensor(value, dtype=dtype or get_default_dtype())


def eye(n: int, m: int | None = None, *, dtype: DtypeLike = None, device: DeviceLike = None, requires_grad: bool = False) -> Tensor:
    """Ones on the diagonal."""
    wanted = get_default_dtype() if dtype is None else as_dtype(dtype)
    return finished(np.eye(n, m, dtype=wanted.np), requires_grad, device)


def arange(*bounds: Any, dtype: DtypeLike = None, device: DeviceLike = None, requires_grad: bool = False) -> Tensor:
    """``arange(end)``, ``arange(start, end)`` or ``arange(start, end, step)``."""
    start, end, step = (0, *bounds, 1) if len(bounds) == 1 else (*bounds, 1)[:3]
    if dtype is None:
        dtype = get_default_dtype() if any(isinstance(bound, float) for bound in (start, end, step)) else int
    count = max(0, math.ceil((end - start) / step))
    values = start + step * np.arange(count)
    return finished(values.astype(as_dtype(dtype).np), requires_grad, device)


def linspace(
    start: float, end: float, steps: int, *, dtype: DtypeLike = None, device: DeviceLike = None, requires_grad: bool = False
) -> Tensor:
    """``steps`` numbers from ``start`` to ``end``: the first half counted from the start, the second from the end, as PyTorch
    does.
    """
    wanted = (get_default_dtype() if dtype is None else as_dtype(dtype)).np
    if steps == 1:
        return finished(np.full(1, start, wanted), requires_grad, device)
    step = float(wanted.type((wanted.type(end) - wanted.type(start)) / wanted.type(steps - 1))) if wanted.kind == "f" else (
        (end - start) / (steps - 1)
    )  # fmt: skip
    first, last = (float(wanted.type(start)), float(wanted.type(end))) if wanted.kind == "f" else (start, end)
    index = np.arange(steps)
    values = np.where(index < steps // 2, first + step * index, last - step * (steps - 1 - index))
    return finished(values.astype(wanted), requires_grad, device)
