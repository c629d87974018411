"""Saved-tensor hooks: the user's own way of keeping what nodes save (``torch.autograd.graph.saved_tensors_hooks``).

While a ``with`` block of them is open in a thread, each new node's saved tensors are handed to ``pack``; what it returns is kept
instead, and ``unpack`` makes a tensor of that again when the derivative needs it. There is no in-place check for such tensors.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from . import events
from .activity import activity
from .grad_mode import thread_state
from .identity import next_hook
from .node import Node
from .saved import SavedOutput, packed_with
from .tensor import Tensor

Pack = Callable[[Tensor], Any]
Unpack = Callable[[Any], Tensor]


class saved_tensors_hooks:  # noqa: N801  (named as in torch)
    """Within this block, ``pack_hook`` turns each saved tensor into what is kept, and ``unpack_hook`` turns that back."""

    def __init__(self, pack_hook: Pack, unpack_hook: Unpack) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        if thread_state.saved_hooks_disabled is not None:
            raise RuntimeError(thread_state.saved_hooks_disabled)
        hooks = (next_hook(), next_hook())
        if events.sink is not None:
            for number, function in zip(hooks, (self.pack_hook, self.unpack_hook), strict=True):
                events.sink.hook_registered(number, "saved_tensor", events.NONE, events.NONE, function)
        thread_state.saved_hooks.append((self.pack_hook, self.unpack_hook, hooks))
        activity.blocks += 1

    def __exit__(self, *exception: object) -> None:
        hooks = thread_state.saved_hooks.pop()[2]
        activity.blocks -= 1
        if events.sink is not None:  # nothing will be packed any more; what was packed is still unpacked
            events.sink.hook_removed(hooks[0])


class save_on_cpu(saved_tensors_hooks):  # noqa: N801
    """Keeps a copy of each saved tensor: everything is on the CPU anyway."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:  # noqa: ARG002  (nothing to pin it for)
        self.device_type = device_type
        super().__init__(_copy, _itself)


def _copy(tensor: Tensor) -> Tensor:
    copy: Tensor = tensor.detach().clone()
    return copy


def _itself(packed: Tensor) -> Tensor:
    return packed


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Within this block, using saved-tensor hooks raises ``RuntimeError(error_message)``."""
    before = thread_state.saved_hooks_disabled
    thread_state.saved_hooks_disabled = error_message
    try:
        if thread_state.saved_hooks:
            raise RuntimeError(error_message)
        yield
    finally:
        thread_state.saved_hooks_disabled = before


def pack_saved(node: Node) -> None:
    """Let the innermost hooks of this thread pack what ``node`` has just saved. Anomaly mode notes where the node was made."""
    if activity.on_node is not None:
        activity.on_node(node)
    if node.saved is None or not thread_state.saved_hooks:
        return
    pack, unpack, hooks = thread_state.saved_hooks[-1]
    kept: list[Any] = list(node.saved)
    for slot in node.pack_order or range(len(kept) // 2):
        value, extra = kept[2 * slot], kept[2 * slot + 1]
        if isinstance(value, (Tensor, SavedOutput)):
            kept[2 * slot] = packed_with(node, value, extra, pack, unpack, hooks)
            kept[2 * slot + 1] = extra if type(value) is SavedOutput else 0
    node.saved = tuple(kept)
