"""Serial numbers for PyTorch's tensors and storages: numbered with those of the core, never reused, keeping nothing alive.

A tensor is known by the ``id`` of its Python object, which lives as long as the tensor itself does, and a weak reference that
tells whether it is still that tensor. A storage is known by its address; a weak count on it keeps the address (not the memory
behind it) from being used again.
"""

from __future__ import annotations

from typing import Any
from weakref import ref

from ....core.events import NONE
from ....core.identity import next_storage, next_tensor
from ...weak import weak_reference
from .probing import release_storage as _release
from .probing import storage_address as _storage_address
from .probing import storage_has_expired as _has_expired
from .probing import storages_are_known as _storages_are_known

__all__ = ["Identities"]

_FIRST_SWEEP = 1 << 9
_SWEEP_BYTES = 64 << 20


class _Known:
    """A tensor's number, and a weak reference to it."""

    __slots__ = ("number", "reference")

    def __init__(self, number: int, reference: ref[Any]) -> None:
        self.number = number
        self.reference = reference


class Identities:
    """Who is who, for one recording."""

    def __init__(self) -> None:
        self._tensors: dict[int, _Known] = {}
        self._storages: dict[int, int] = {}
        self._tensor_limit = self._storage_limit = _FIRST_SWEEP
        self._storages_added = self._bytes_added = 0  # since the last sweep
        self._release = _release  # at the interpreter's end the module's own names may be gone before this object

    def tensor(self, tensor: Any) -> int:
        """The event id of ``tensor``, given on first use."""
        key = id(tensor)
        known = self._tensors.get(key)
        if known is not None and known.reference() is tensor:
            return known.number
        if len(self._tensors) >= self._tensor_limit:
            self._sweep_tensors()
        number: int = next_tensor()
        self._tensors[key] = _Known(number, weak_reference(tensor))
        return number

    def forget(self, tensor: Any) -> None:
        """Drop the weak reference to ``tensor``, which then counts as a new one."""
        self._tensors.pop(id(tensor), None)

    def storage(self, tensor: Any) -> int:
        """The event id of the memory behind ``tensor``; NONE for tensors without any (sparse ones, for example)."""
        try:
            address = _storage_address(tensor)
            known = self._storages.get(address)
            if known is not None:
                return known
            if not _storages_are_known:
                return NONE
            storage = tensor.untyped_storage()
            size: int = storage.nbytes()
            address = storage._weak_ref()
        except (NotImplementedError, RuntimeError):
            return NONE
        self._storages_added += 1
        self._bytes_added += size
        if len(self._storages) >= self._storage_limit or (
            self._bytes_added > _SWEEP_BYTES and 8 * self._storages_added > len(self._storages)
        ):
            self._sweep_storages()
        number: int = next_storage()
        self._storages[address] = number
        return number

    def _sweep_tensors(self) -> None:
        for key, known in list(self._tensors.items()):  # in place: other threads go on meanwhile
            if known.reference() is None and self._tensors.get(key) is known:
                self._tensors.pop(key, None)
        self._tensor_limit = max(_FIRST_SWEEP, 2 * len(self._tensors))

    def _sweep_storages(self) -> None:
        """Let go of storages that are no more, whose remains the allocator cannot use.

        These are small, but lie where large arrays were, which then find no room there: with few and large arrays it is their
        size that asks for a sweep.
        """
        self._storages_added = self._bytes_added = 0
        for address in [address for address in list(self._storages) if _has_expired(address)]:
            if self._storages.pop(address, None) is not None:  # another thread may sweep too
                _release(address)
        self._storage_limit = max(_FIRST_SWEEP, 2 * len(self._storages))

    def __del__(self) -> None:
        for address in self._storages:
            self._release(address)
