"""Serial numbers for the things events speak of: tensors, nodes, storages, passes, hooks.

Numbers are given lazily, on the first event that mentions a thing, and are never reused (as ``id()`` would be).
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from .events import NONE

if TYPE_CHECKING:
    from .node import Node
    from .tensor import Tensor

next_tensor = count(1).__next__
next_node = count(1).__next__
next_storage = next_tensor
"""Memory that only one tensor has needs no number of its own: it goes by the tensor's. So they are numbered together."""
next_pass = count(1).__next__
"""The id of a new backward pass."""
next_hook = count(1).__next__
"""The id of a new hook."""


def tensor_id(tensor: Tensor) -> int:
    """The event id of ``tensor``, assigned on first use."""
    number = tensor._number
    if not number:
        number = tensor._number = next_tensor()
    return number


def node_id(node: Node | None) -> int:
    """The event id of ``node``, assigned on first use; NONE for None."""
    if node is None:
        return NONE
    number = node.number
    if not number:
        number = node.number = next_node()
    return number


def storage_id(tensor: Tensor) -> int:
    """The event id of the memory behind ``tensor``: shared by views, ``detach()`` and ``.data``."""
    counter = tensor._counter
    if counter is None:
        return tensor_id(tensor)
    storage = counter.storage
    if not storage.number:
        storage.number = next_storage()
    return storage.number
