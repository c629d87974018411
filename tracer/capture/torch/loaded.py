"""PyTorch as the program has loaded it. Import this module, and those that need it, only when that is so."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["dtype_name", "node_behind", "shape_of", "torch"]

torch: Any = sys.modules["torch"]

_names: dict[Any, str] = {}
_shapes: dict[Any, tuple[int, ...]] = {}
_SHAPES_KEPT = 1 << 12


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
    """The shape of ``tensor`` as a plain tuple, the same one for equal shapes: there are far fewer shapes than tensors."""
    size = tensor.shape
    try:
        shape = _shapes.get(size)
    except TypeError:  # a symbolic size
        return tuple(size)
    if shape is None:
        shape = tuple(size)
        if len(_shapes) >= _SHAPES_KEPT:
            _shapes.clear()
        _shapes[shape] = shape
    return shape
