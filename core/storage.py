"""Version counters, and the identity of the memory they guard.

Each in-place write adds one to the tensor's counter. A base, its views and what ``detach()`` returns share one counter; ``.data``
shares the memory but gets a counter of its own, which is why a write through it goes unnoticed (as in PyTorch).

A tensor's ``_counter`` is None until somebody shares or writes it: None reads as version 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import ReferenceType

if TYPE_CHECKING:
    from .tensor import Tensor


class Storage:
    """The identity of a piece of memory. ``gradient_of`` is the leaf whose ``.grad`` it holds (known while somebody listens)."""

    __slots__ = ("gradient_of", "number")

    def __init__(self) -> None:
        self.number = 0
        self.gradient_of: ReferenceType[Tensor] | None = None


class VersionCounter:
    """Counts in-place writes. ``is_data`` marks the private counter of a ``.data`` alias."""

    __slots__ = ("is_data", "storage", "version")

    def __init__(self, storage: Storage | None = None, is_data: bool = False) -> None:
        self.version = 0
        self.storage = Storage() if storage is None else storage
        self.is_data = is_data


def counter_of(tensor: Tensor) -> VersionCounter:
    """The tensor's counter, made now if it has none yet."""
    counter = tensor._counter
    if counter is None:
        counter = tensor._counter = VersionCounter()
    return counter


def version_of(tensor: Tensor) -> int:
    """The tensor's version (``Tensor._version``)."""
    counter = tensor._counter
    return 0 if counter is None else counter.version
