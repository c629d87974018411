"""PyTorch as the program has loaded it. Import this module, and those that need it, only when that is so."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["NO_LENGTH", "dtype_name", "node_behind", "shape_of", "torch"]

torch: Any = sys.modules["torch"]

_names: dict[Any, str] = {}
_shapes: dict[Any, tuple[int, ...]] = {}
_SHAPES_KEPT = 1 << 12

NO_LENGTH = -1
"""The length of a dimension along which the parts of a nested tensor differ."""


def dtype_name(dtype: Any) -> str:
    """``"float32"`` for ``torch.float32``."""
    name = _names.get(dtype)
    if name is None:
        name = _names[dtype] = str(dtype).removeprefix("torch.")
    return name


def node_behind(tensor: Any) -> Any:
    """The ``grad_fn`` of ``tensor``; None for a view that PyTorch refuses from now on, which it does when asked for it."""
    try:
        return tensor.grad_fn
    except RuntimeError:
        return None


def shape_of(tensor: Any) -> tuple[int, ...]:
    """The shape of ``tensor`` as a plain tuple, the same one for equal shapes: there are far fewer shapes than tensors.

    A dimension whose length is no number, as in nested tensors, has :data:`NO_LENGTH`.
    """
    try:
        size = tensor.shape
        shape = _shapes.get(size)
    except (TypeError, RuntimeError):  # a symbolic size, or a nested tensor of the older kind
        return _without_numbers(tensor)
    if shape is None:
        shape = tuple(size)
        for length in shape:
            if type(length) is not int:
                return _without_numbers(tensor)
        if len(_shapes) >= _SHAPES_KEPT:
            _shapes.clear()
        _shapes[shape] = shape
    return shape


def _without_numbers(tensor: Any) -> tuple[int, ...]:
    try:
        size = tuple(tensor.shape)
    except RuntimeError:
        dimensions = tensor.dim() if isinstance(tensor, torch.Tensor) else 1
        return (NO_LENGTH,) * int(dimensions)
    return tuple(length if type(length) is int else NO_LENGTH for length in size)
