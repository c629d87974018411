"""The two back-ends on which derivatives run: see :mod:`.registry`, which fills them."""

from __future__ import annotations

from typing import Any


class Backend:
    """A namespace of functions that derivatives call as ``k.<name>``."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the back-end {self._name!r} has no function {name!r}")


ARRAYS = Backend("arrays")
"""Raw NumPy kernels."""
TENSORS = Backend("tensors")
"""Differentiable operators."""
