"""Version counters, and the identity of the memory they guard.

Each in-place write adds one to the tensor's counter. A base, its views and what ``detach()`` returns share one counter; ``.data``
shares the memory but gets a counter of its own, which is why a write through it goes unnoticed (as in PyTorch).

A tensor's ``_counter`` is None until somebody shares or writes it: None reads as version 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import ReferenceType

from . import errors
from .activity import activity
from .grad_mode import thread_state

if TYPE_CHECKING:
    from .tensor import Tensor


class Storage:
    """The identity of a piece of memory. ``gradient_of`` is the leaf whose ``.grad`` it holds (known while somebody listens)."""

    __slots__ = ("gradient_of", "number")

    def __init__(self) -> None:
        self.number = 0
        self.gradient_of: ReferenceType[Tensor] | None = None


class VersionCounter:
    """Counts in-place writes. ``is_data`` marks the private counter of a ``.data`` alias.

    One is made for most tensors, so it is kept small: the storage only exists once somebody asks for it.
    """

    __slots__ = ("_storage", "is_data", "version")

    _storage: Storage | None

    def __init__(self, storage: Storage | None = None, is_data: bool = False) -> None:
        self.version = 0
        self._storage = storage
        self.is_data = is_data

    @property
    def storage(self) -> Storage:
        """The memory that it guards."""
        storage = self._storage
        if storage is None:
            storage = self._storage = Storage()
        return storage

    @storage.setter
    def storage(self, storage: Storage) -> None:
        self._storage = storage


class InferenceCounter(VersionCounter):
    """What a tensor made in ``inference_mode`` has for a counter: it counts nothing, and marks the tensor as such.

    Reading its version is what an operation does that saves the tensor for backward, so outside of the mode that raises.
    """

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(is_data=True)

    @property
    def version(self) -> int:
        """Nothing of interest in inference mode; raises ``RuntimeError`` outside."""
        if not thread_state.inference:
            raise RuntimeError(errors.INFERENCE_SAVED)
        return 0

    @version.setter
    def version(self, value: int) -> None:
        pass


def new_counter() -> VersionCounter | None:
    """The counter a new tensor begins with: none, except in inference mode."""
    return InferenceCounter() if activity.inference and thread_state.inference else None


def counter_of(tensor: Tensor) -> VersionCounter:
    """The tensor's counter, made now if it has none yet."""
    counter = tensor._counter
    if counter is None:
        counter = tensor._counter = VersionCounter()
        if tensor._number:  # the memory may have been told of, by the number of the tensor: see storage_id()
            counter.storage.number = tensor._number
    return counter


def version_of(tensor: Tensor) -> int:
    """The tensor's version (``Tensor._version``)."""
    counter = tensor._counter
    return 0 if counter is None else counter.version
