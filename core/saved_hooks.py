"""Saved-tensor hooks: the user's own way of keeping what nodes save (``torch.autograd.graph.saved_tensors_hooks``).

While a ``with`` block of them is open in a thread, each new node's saved tensors are handed to ``pack``; what it returns is kept
instead, and ``unpack`` makes a tensor of that again when the derivative needs it. There is no in-place check for such tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from .grad_mode import thread_state
from .node import Node, gradient_edge
from .saved import PackedTensor, SavedOutput, restored_output
from .tensor import Tensor

Pack = Callable[[Tensor], Any]
Unpack = Callable[[Any], Tensor]


class _Activity:
    """How many blocks are open in all threads: operators look at this one number before they look for a thread's hooks."""

    blocks: ClassVar[int] = 0


activity = _Activity


class saved_tensors_hooks:  # noqa: N801  (named as in torch)
    """Within this block, ``pack_hook`` turns each saved tensor into what is kept, and ``unpack_hook`` turns that back."""

    def __init__(self, pack_hook: Pack, unpack_hook: Unpack) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        thread_state.saved_hooks.append((self.pack_hook, self.unpack_hook))
        activity.blocks += 1

    def __exit__(self, *exception: object) -> None:
        thread_state.saved_hooks.pop()
        activity.blocks -= 1


def pack_saved(node: Node) -> None:
    """Let the innermost hooks of this thread pack what ``node`` has just saved."""
    if node.saved is None or not thread_state.saved_hooks:
        return
    pack, unpack = thread_state.saved_hooks[-1]
    before, thread_state.grad_enabled = thread_state.grad_enabled, False
    try:
        node.saved = _packed(node, node.saved, pack, unpack)
    finally:
        thread_state.grad_enabled = before


def _packed(node: Node, saved: Sequence[Any], pack: Pack, unpack: Unpack) -> tuple[Any, ...]:
    kept: list[Any] = []
    for index in range(0, len(saved), 2):
        value, extra = saved[index], saved[index + 1]
        if type(value) is SavedOutput:
            kept += (PackedTensor(pack(restored_output(value, node, extra)), unpack, None, True), extra)
        elif isinstance(value, Tensor):
            edge = gradient_edge(value) if value._requires_grad else None
            kept += (PackedTensor(pack(value), unpack, edge, False), 0)
        else:
            kept += (value, extra)
    return tuple(kept)
