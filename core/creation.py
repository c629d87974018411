"""Making tensors from Python data and from NumPy; :mod:`.factories` makes them of a shape."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import dtypes, errors, events
from .dtypes import as_dtype, get_default_dtype
from .grad_mode import thread_state
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
    kinds: set[np.dtype[Any]] = set()
    plain = numbers_in(data, kinds)
    try:
        array = np.array(plain)
    except ValueError:
        raise _uneven(data) from None
    if array.dtype.kind not in "fiub":
        raise _unusable(data)
    if array.dtype == np.uint64:
        raise ValueError("Overflow when unpacking long long")
    if dtype is None and kinds:
        dtype = functools.reduce(dtypes.promote_types, kinds | _kinds_of_numbers(data))
    elif dtype is None:
        dtype = get_default_dtype().np if array.dtype.kind == "f" and not _holds_numpy(data) else array.dtype
    return array.astype(dtype)


def numbers_in(data: Any, kinds: set[np.dtype[Any]]) -> Any:
    """Nested sequences with a number for each tensor in them, whose dtypes are added to ``kinds``.

    Raises ``ValueError`` for a tensor of any other number of elements than one.
    """
    if isinstance(data, Tensor):
        if data._array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        if data._requires_grad and thread_state.grad_enabled:
            warnings.warn(errors.CONVERTED_WITH_GRAD, UserWarning, stacklevel=4)
        kinds.add(data._array.dtype)
        return data._array.reshape(())[()]
    if isinstance(data, (list, tuple)):
        return [numbers_in(item, kinds) for item in data]
    return data


def _kinds_of_numbers(data: Any) -> set[np.dtype[Any]]:
    """The dtypes of the Python numbers in nested sequences."""
    if isinstance(data, (list, tuple)):
        return set().union(*map(_kinds_of_numbers, data))
    if isinstance(data, bool):
        return {np.dtype(np.bool_)}
    if isinstance(data, int):
        return {np.dtype(np.int64)}
    return {get_default_dtype().np} if isinstance(data, float) else set()


def without_tensors(data: Any) -> Any:
    """Nested sequences with the arrays of the tensors in them."""
    if isinstance(data, Tensor):
        return data._array
    if isinstance(data, (list, tuple)):
        return [without_tensors(item) for item in data]
    return data


def _holds_numpy(data: Any) -> bool:
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    return isinstance(data, (np.ndarray, np.generic, Tensor)) and not isinstance(data, float)


def _uneven(data: Sequence[Any]) -> Exception:
    """For nested sequences of different lengths or depths."""
    if not isinstance(data[0], Sequence):
        odd = next(item for item in data if isinstance(item, Sequence))
        return TypeError(f"'{type(odd).__name__}' object cannot be interpreted as an integer")
    odd = next((item for item in data if not isinstance(item, Sequence) or len(item) != len(data[0])), data[0])
    if not isinstance(odd, Sequence):
        return TypeError(f"len() of a {type(odd).__name__} object")
    return ValueError(f"expected sequence of length {len(data[0])} at dim 1 (got {len(odd)})")


def _first_odd(data: Any) -> Any:
    """The first thing in nested sequences that is no number."""
    if not isinstance(data, (list, tuple)):
        return data
    found = [_first_odd(item) for item in data]
    return next((item for item in found if not isinstance(item, (bool, int, float))), found[0] if found else data)


def _unusable(data: Any) -> Exception:
    data = _first_odd(data)
    if isinstance(data, int):
        return ValueError("Overflow when unpacking long long")
    if isinstance(data, complex):
        return NotImplementedError("complex numbers are not part of gradtrace.core: keep real and imaginary part in two tensors")
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
