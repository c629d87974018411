"""Weak references in great numbers. ``weak.pyx`` is the same, compiled: there the garbage collector does not look at them."""

from __future__ import annotations

from typing import Any
from weakref import ref

__all__ = ["weak_reference"]


def weak_reference(thing: Any) -> ref[Any]:
    """A weak reference to ``thing``, without a callback."""
    return ref(thing)
