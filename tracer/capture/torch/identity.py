"""Serial numbers for PyTorch's tensors and storages: numbered with those of the core, never reused, keeping nothing alive.

A tensor is known by the ``id`` of its Python object, which lives as long as the tensor itself does, and a weak reference that
tells whether it is still that tensor. A storage is known by its address; the weak reference keeps the address (not the memory
behind it) from being used again.
"""

from __future__ import annotations

from typing import Any
from weakref import ref

from ....core.events import NONE
from ....core.identity import next_storage, next_tensor
from .loaded import torch

__all__ = ["Identities"]

_storage_address = torch._C._storage_id
_StorageWeakRef = torch.multiprocessing.reductions.StorageWeakRef

_FIRST_SWEEP = 1 << 12


class Identities:
    """Who is who, for one recording."""

    def __init__(self) -> None:
        self._tensors: dict[int, tuple[int, ref[Any]]] = {}
        self._storages: dict[int, tuple[int, Any]] = {}
        self._tensor_limit = self._storage_limit = _FIRST_SWEEP

    def tensor(self, tensor: Any) -> int:
        """The event id of ``tensor``, given on first use."""
        known = self._tensors.get(id(tensor))
        if known is not None and known[1]() is tensor:
            return known[0]
        if len(self._tensors) >= self._tensor_limit:
            self._tensors = {key: entry for key, entry in self._tensors.items() if entry[1]() is not None}
            self._tensor_limit = max(_FIRST_SWEEP, 2 * len(self._tensors))
        number = next_tensor()
        self._tensors[id(tensor)] = number, ref(tensor)
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
                return known[0]
            weak = _StorageWeakRef(tensor.untyped_storage())
        except (NotImplementedError, RuntimeError):
            return NONE
        if len(self._storages) >= self._storage_limit:
            self._storages = {key: entry for key, entry in self._storages.items() if not entry[1].expired()}
            self._storage_limit = max(_FIRST_SWEEP, 2 * len(self._storages))
        number = next_storage()
        self._storages[address] = number, weak
        return number
