"""Which of NumPy's floating-point errors come from core: see :mod:`.float_errors`. ``numpy_calls.pyx`` is the same, compiled.

Core's functions are known by their frames on the stack, which compiled ones do not have.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def from_core(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, to be called with arrays by a module of core that may be compiled."""
    return function


def in_progress() -> bool:
    """Whether this thread is in such a call, and no frame says so."""
    return False
