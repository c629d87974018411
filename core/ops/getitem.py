"""``tensor[key]``: what is a view, what is a copy, and PyTorch's messages for keys that do not fit."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import operator
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..creation import without_tensors
from ..grad_mode import thread_state
from ..storage import version_of
from ..tensor import Array, Tensor, from_array
from .indexing import Indices, index
from .shape_primitives import alias, select, slice_dim, unsqueeze

UINT8_INDEX = "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead."


def basic_and_advanced(tensor: Tensor, key: Any) -> tuple[Tensor, Indices]:
    """Apply the views of an index (numbers, slices, None, ...) and return what is left of it: tensors used as indices.

    Raises ``IndexError`` as PyTorch does.
    """
    keys = list(key) if isinstance(key, tuple) else [key]
    if isinstance(key, list):
        keys = list(key) if _means_a_tuple(key) else [_list_as_array(key)]
    consumed = sum(_dimensions_of(one) for one in keys)
    if consumed > tensor.ndim:
        raise IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim "
            "tensor to "
            "a number"
            if not tensor.ndim
            else f"too many indices for tensor of dimension {tensor.ndim}"
        )
    advanced: list[Any] = []
    dim = selected = 0
    for one in keys:
        if one is Ellipsis:
            rest = tensor.ndim - dim - sum(_dimensions_of(later) for later in keys[keys_position(keys, Ellipsis) + 1 :])
            advanced += [None] * max(rest, 0)
            dim += max(rest, 0)
        elif one is None:
            tensor = unsqueeze(tensor, dim)
            advanced.append(None)
            dim += 1
        elif isinstance(one, slice):
            tensor = _sliced(tensor, dim, one, always=not isinstance(key, tuple))
            advanced.append(None)
            dim += 1
        elif _is_truth(one):
            if isinstance(one, Tensor) and one._array.dtype == np.uint8:
                warnings.warn(UINT8_INDEX, UserWarning, stacklevel=3)
            tensor = unsqueeze(tensor, dim)
            advanced.append(np.asarray([bool(one)]))
            dim += 1
        elif _is_number(one):
            tensor = _selected(tensor, dim, int(one), dim + selected)
            selected += 1
        else:
            array = _as_index(one)
            _check_index(array, tensor, dim)
            if tensor._requires_grad and thread_state.grad_enabled and isinstance(one, Tensor):
                version_of(one)  # the index is saved for backward: an inference tensor is refused
            advanced.append(array)
            dim += array.ndim if array.dtype.kind == "b" else 1
    return tensor, tuple(advanced) if any(one is not None for one in advanced) else ()


def _means_a_tuple(key: list[Any]) -> bool:
    """Whether a list used as an index counts as a tuple, an old rule of NumPy's that PyTorch still follows."""
    if len(key) >= 32:
        return False
    for one in key:
        if isinstance(one, (Tensor, slice, list, tuple, range, str)):
            warnings.warn(
                "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch 2.9; use "
                "x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, x[torch.tensor(seq)], "
                "which will result either in an error or a different result",
                UserWarning,
                stacklevel=4,
            )
            return True
        if one is Ellipsis or one is None:
            return True
    return False


def _list_as_array(key: Any) -> Array:
    """A list used as an index. An empty one selects nothing."""
    array = np.asarray(without_tensors(key))
    return array if array.size else array.astype(np.int64)


def keys_position(keys: Sequence[Any], wanted: Any) -> int:
    """Where ``wanted`` is in ``keys``, by identity (comparing tensors would compare their elements)."""
    return next(position for position, one in enumerate(keys) if one is wanted)


def _is_truth(key: Any) -> bool:
    """Whether one part of an index is a single true or false (uint8 counts as that, an old rule)."""
    if isinstance(key, Tensor):
        return not key.ndim and (key._array.dtype.kind == "b" or key._array.dtype == np.uint8)
    return isinstance(key, (bool, np.bool_))


def _as_index(key: Any) -> Array:
    """One part of an index as an array of positions or a mask. Raises ``IndexError`` for what can be neither."""
    if isinstance(key, str):
        raise TypeError(f"new(): invalid data type '{type(key).__name__}'")
    if isinstance(key, float) or not isinstance(key, (Tensor, Sequence, np.ndarray, range)):
        raise IndexError(
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got "
            f"{type(key).__name__})"
        )
    array = key._array if isinstance(key, Tensor) else _list_as_array(key)
    if array.dtype == np.uint8:
        warnings.warn(UINT8_INDEX, UserWarning, stacklevel=4)
        return array != 0
    return array


def _is_number(key: Any) -> bool:
    if isinstance(key, (int, np.integer)):
        return True
    return isinstance(key, Tensor) and not key.ndim and key._array.dtype.kind in "iu"


def _dimensions_of(key: Any) -> int:
    """How many dimensions of the tensor one part of an index takes."""
    if key is None or key is Ellipsis or _is_truth(key):
        return 0
    if isinstance(key, list):
        key = _list_as_array(key)
    array = key._array if isinstance(key, Tensor) else key
    if isinstance(array, np.ndarray) and (array.dtype.kind == "b" or array.dtype == np.uint8):
        return array.ndim
    return 1


def _check_index(array: Array, tensor: Tensor, dim: int) -> None:
    if array.dtype.kind not in "iub" and array.size:
        raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
    if array.dtype.kind == "b":
        for axis, size in enumerate(array.shape):
            if tensor._array.shape[dim + axis] != size:
                raise IndexError(
                    f"The shape of the mask {list(array.shape)} at index {axis} does not match the shape of the indexed tensor "
                    f"{list(tensor._array.shape)} at index {dim + axis}"
                )


def _selected(tensor: Tensor, dim: int, position: int, original_dim: int) -> Tensor:
    size = tensor._array.shape[dim]
    if not -size <= position < size:
        raise IndexError(f"index {position} is out of bounds for dimension {original_dim} with size {size}")
    return select(tensor, dim, position)


def _sliced(tensor: Tensor, dim: int, key: slice, always: bool) -> Tensor:
    """A range along a dimension; the tensor itself when that is all of it, unless ``always`` a view is wanted."""
    step = 1 if key.step is None else int(key.step)
    if step == 0:
        raise ValueError("slice step cannot be zero")
    if step < 0:
        raise ValueError("step must be greater than zero")
    start, end, step = slice(_bound(key.start), _bound(key.stop), step).indices(tensor._array.shape[dim])
    if not always and start == 0 and step == 1 and end == tensor._array.shape[dim]:
        return tensor
    return slice_dim(tensor, dim, start, max(start, end), step)


def _bound(value: Any) -> int | None:
    if value is None:
        return None
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError("slice indices must be integers or None or have an __index__ method") from None


_BASIC = {int, slice}


def is_basic(key: Any) -> bool:
    """Whether an index is made of nothing but plain numbers and slices."""
    if type(key) is tuple:
        return _BASIC.issuperset([type(one) for one in key])
    return type(key) in _BASIC


def _views(tensor: Tensor, keys: tuple[Any, ...], always: bool) -> Tensor:
    """Apply an index of plain numbers and slices."""
    ndim = tensor._array.ndim
    if len(keys) > ndim:
        basic_and_advanced(tensor, keys)  # which raises
    dim = 0
    for position, one in enumerate(keys):
        if type(one) is slice:
            tensor = _sliced(tensor, dim, one, always)
            dim += 1
        else:
            tensor = _selected(tensor, dim, one, position)
    return tensor


def getitem(self: Tensor, key: Any) -> Tensor:
    """``self[key]``: a view for numbers, slices, None and ``...``; a copy for tensors and lists."""
    if type(key) is int and self._array.ndim:
        return _selected(self, 0, key, 0)
    if is_basic(key):
        result, advanced = _views(self, key if type(key) is tuple else (key,), always=type(key) is not tuple), ()
    else:
        result, advanced = basic_and_advanced(self, key)
    if advanced:
        return index(result, advanced)
    return alias(self) if result is self else result


def setitem_value(value: Any, like: Tensor) -> Tensor:
    """What is assigned to ``tensor[key]``, as a tensor. Raises ``TypeError`` for anything but a tensor or a number."""
    if isinstance(value, Tensor):
        return value
    if not isinstance(value, (bool, int, float, np.generic)):
        raise TypeError(f"can't assign a {type(value).__name__} to a {like.dtype.tensor_type}")
    return from_array(np.asarray(value).astype(like._array.dtype))


def contains(self: Tensor, element: Any) -> bool:
    """``element in tensor``: whether any element equals it."""
    if not isinstance(element, (Tensor, bool, int, float)):
        raise RuntimeError("Tensor.__contains__ only supports Tensor or scalar, but you passed in a " + str(type(element)) + ".")
    return bool((self == element).any())
