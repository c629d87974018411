"""``torch.autograd.graph``: nodes, edges as objects, hooks on several gradients, saved-tensor hooks."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ..grad_mode import thread_state
from ..hooks import RemovableHandle
from ..inplace import bump
from ..node import Node as _Node
from ..node import gradient_edge as edge_of
from ..saved_hooks import disable_saved_tensors_hooks, save_on_cpu, saved_tensors_hooks
from ..tensor import Tensor
from .function_node import BackwardContext

__all__ = [
    "GradientEdge",
    "Node",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]


class _NodeType(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, (_Node, BackwardContext))


class Node(metaclass=_NodeType):
    """Every ``grad_fn`` is an instance: an operator's node, and the ctx of a user's Function."""


class _Edge(NamedTuple):
    node: Any
    output_nr: int
    ownership_token: _Node | None = None
    """Keeps the graph alive where ``node`` is the ctx of a Function, which does not."""


class GradientEdge(_Edge):
    """Where a tensor's gradient goes: ``node``'s input ``output_nr``. Accepted by :func:`backward` and :func:`grad`.

    ``info``: shape and dtype of the tensor, when known.
    """

    info: tuple[tuple[int, ...], Any] | None = None


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """Where the gradient of ``tensor`` goes. Raises ``RuntimeError`` if it has none."""
    if not tensor._requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    node, output_nr = edge_of(tensor)
    edge = GradientEdge(node.shown(), output_nr, node if node.is_custom else None)
    edge.info = tensor._array.shape, tensor._array.dtype
    return edge


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Count a write to ``tensor`` (or to each of several) that happened behind core's back."""
    for one in (tensor,) if isinstance(tensor, Tensor) else tensor:
        bump(one, "increment_version")


class _MultiHandle(RemovableHandle):
    """Removes several hooks at once."""

    def __init__(self, handles: Sequence[RemovableHandle]) -> None:
        self.handles = tuple(handles)

    def remove(self) -> None:
        """Take the hooks off. Calling it again does nothing."""
        for handle in self.handles:
            handle.remove()


def register_multi_grad_hook(tensors: Sequence[Tensor], fn: Callable[[Any], None], *, mode: str = "all") -> RemovableHandle:
    """Call ``fn`` once in a backward pass: with all gradients of ``tensors`` when the last has been computed (None for those the
    pass does not reach), or with ``mode="any"`` with the first of them.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    if mode == "any":
        return _on_first_gradient(tensors, fn)
    return _on_all_gradients(tensors, fn)


def _on_all_gradients(tensors: Sequence[Tensor], fn: Callable[[Any], None]) -> RemovableHandle:
    nodes = [edge_of(tensor)[0] for tensor in tensors]
    received: dict[int, list[Tensor | None]] = {}
    missing: dict[int, int] = {}
    lock = threading.Lock()

    def hook_for(index: int) -> Callable[[Tensor], None]:
        def inner_hook(gradient: Tensor) -> None:
            task = thread_state.passes[-1]
            number = task.number
            with lock:
                if number not in received:
                    received[number] = [None] * len(tensors)
                    missing[number] = sum(task.will_run(node) for node in nodes)
                missing[number] -= 1
                received[number][index] = gradient
                complete = not missing[number]
            if complete:
                del missing[number]
                fn(received.pop(number))

        return inner_hook

    return _MultiHandle([tensor.register_hook(hook_for(index)) for index, tensor in enumerate(tensors)])


def _on_first_gradient(tensors: Sequence[Tensor], fn: Callable[[Any], None]) -> RemovableHandle:
    seen: set[int] = set()
    lock = threading.Lock()

    @functools.wraps(fn)
    def wrapped(gradient: Tensor) -> None:
        number = thread_state.passes[-1].number
        with lock:
            is_first = number not in seen
            seen.add(number)
        if is_first:
            fn(gradient)

    return _MultiHandle([tensor.register_hook(wrapped) for tensor in tensors if tensor.requires_grad])
