"""Running hooks during a backward pass: gradients are shown to hooks as tensors, and a replacement is taken over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .events import HookKind, Sink
from .hooks import Hook, HookDict, NodeHooks, checked_replacement, checked_tuple
from .identity import node_id
from .node import AccumulateGrad, Node
from .tensor import Array, Tensor, from_array

if TYPE_CHECKING:
    from .engine import BackwardPass


def _shown(gradient: Any) -> Tensor | None:
    """A gradient as a hook sees it."""
    if gradient is None or isinstance(gradient, Tensor):
        return gradient
    return from_array(gradient)


def _taken(task: BackwardPass, gradient: Tensor | None) -> Any:
    """A gradient as the pass carries it."""
    return gradient if gradient is None or task.create_graph else gradient._array


def _values(gradient: Tensor | None) -> Array | None:
    return None if gradient is None else gradient._array


def run_tensor_hooks(task: BackwardPass, node: Node, hooks: NodeHooks | None, gradient: Any, sink: Sink | None) -> Any:
    """The tensor hooks of the node's outputs (of the leaf, for an accumulator), then what ``retain_grad()`` keeps."""
    parts: list[Any] = list(gradient) if isinstance(gradient, list) else [gradient] * node.output_count
    by_output: dict[int, HookDict] = {}
    if isinstance(node, AccumulateGrad):
        by_output = {0: node.variable._own_meta().hooks or HookDict()}
    elif hooks is not None and hooks.tensor is not None:
        by_output = hooks.tensor
    for output_nr, registered in by_output.items():
        for number, hook in list(registered.items()):
            parts[output_nr] = _run_one(task, node, number, hook, parts[output_nr], sink)
    if hooks is not None and hooks.retain is not None:
        for output_nr, (number, tensor) in hooks.retain.items():
            _retain(task, node, number, tensor(), parts[output_nr], sink)
    return parts if node.output_count > 1 else parts[0]


def _run_one(task: BackwardPass, node: Node, number: int, hook: Hook, gradient: Any, sink: Sink | None) -> Any:
    before = _shown(gradient)
    after = hook(before)
    if after is not None:
        gradient = _taken(task, checked_replacement(hook, before, after))
    if sink is not None:
        _tell(sink, task, number, "tensor", node, before, after)
    return gradient


def _tell(sink: Sink, task: BackwardPass, number: int, kind: HookKind, node: Node, before: Tensor | None, after: Any) -> None:
    after_values = after._array if isinstance(after, Tensor) else None
    sink.hook_fired(task.number, number, kind, node_id(node), after is not None, _values(before), after_values)


def _retain(task: BackwardPass, node: Node, number: int, tensor: Tensor | None, gradient: Any, sink: Sink | None) -> None:
    if tensor is None or gradient is None:
        return
    kept = gradient if isinstance(gradient, Tensor) else from_array(gradient.copy())
    meta = tensor._own_meta()
    if meta.grad is None:
        meta.grad = kept
    elif task.create_graph:
        meta.grad = meta.grad + kept
    else:
        meta.grad = from_array(meta.grad._array + kept._array)
    if sink is not None:
        _tell(sink, task, number, "retain_grad", node, kept, None)


def run_node_hooks_before(task: BackwardPass, node: Node, hooks: HookDict, gradient: Any, sink: Sink | None) -> Any:
    """The node's pre-hooks."""
    shown = tuple([_shown(part) for part in gradient]) if isinstance(gradient, list) else (_shown(gradient),)
    for number, hook in list(hooks.items()):
        before = shown
        returned = hook(shown)
        if returned is not None:
            shown = tuple(checked_tuple(hook, shown, returned))
        if sink is not None:
            _tell(sink, task, number, "node_pre", node, before[0], None if returned is None else shown[0])
    taken = [_taken(task, part) for part in shown]
    return taken if isinstance(gradient, list) else taken[0]


def run_node_hooks_after(
    task: BackwardPass, node: Node, hooks: HookDict, results: Sequence[Any], gradient: Any, sink: Sink | None
) -> tuple[Any, ...]:
    """The node's post-hooks: they see the gradients of its inputs and of its outputs."""
    received = tuple([_shown(part) for part in gradient]) if isinstance(gradient, list) else (_shown(gradient),)
    shown = tuple([_shown(part) for part in results])
    for number, hook in list(hooks.items()):
        before = shown
        returned = hook(shown, received)
        if returned is not None:
            shown = tuple(checked_tuple(hook, shown, returned))
        if sink is not None:
            changed = None if returned is None or not shown else shown[0]
            _tell(sink, task, number, "node_post", node, before[0] if before else None, changed)
    return tuple([_taken(task, part) for part in shown])


def run_post_accumulate_hooks(task: BackwardPass, node: AccumulateGrad, hooks: HookDict, sink: Sink | None) -> None:
    """The hooks that run after a leaf's ``.grad`` was updated."""
    variable = node.variable
    for number, hook in list(hooks.items()):
        hook(variable)
        if sink is not None:
            _tell(sink, task, number, "post_accumulate_grad", node, variable._own_meta().grad, None)
