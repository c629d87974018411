"""PyTorch as the program has loaded it. Import this module, and those that need it, only when that is so."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["dtype_name", "torch"]

torch: Any = sys.modules["torch"]

_names: dict[Any, str] = {}


def dtype_name(dtype: Any) -> str:
    """``"float32"`` for ``torch.float32``."""
    name = _names.get(dtype)
    if name is None:
        name = _names[dtype] = str(dtype).removeprefix("torch.")
    return name
