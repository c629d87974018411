"""Hooks of tensors, and what a tensor needs only if it has a gradient, hooks or an accumulator."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import ReferenceType, ref

from .descriptors import BuiltIn
from .hooks import Hook, HookDict, RemovableHandle, add_hook
from .node import AccumulateGrad, Edge, gradient_edge

if TYPE_CHECKING:
    from .tensor import Tensor


class AutogradMeta:
    """What few tensors need: a gradient, hooks, an accumulator. ``hooks`` are a leaf's tensor hooks (others keep them on their
    node).
    """

    __slots__ = ("accumulator", "grad", "hooks", "post_accumulate", "retains_grad")

    is_view = False

    def __init__(self) -> None:
        self.grad: Tensor | None = None
        self.accumulator: ReferenceType[AccumulateGrad] | None = None
        self.hooks: HookDict | None = None
        self.post_accumulate: HookDict | None = None
        self.retains_grad = False

    def view_edge(self, tensor: Tensor) -> Edge | None:  # noqa: ARG002  (for views: see ViewMeta)
        """The present edge of a view; None for a tensor that is none."""
        return None


def register_hook(self: Tensor, hook: Hook) -> RemovableHandle:
    """Call ``hook(grad)`` whenever this tensor's gradient is computed; a tensor it returns replaces the gradient."""
    if not self._requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if self.is_leaf:
        meta = self._own_meta()
        if meta.hooks is None:
            meta.hooks = HookDict()
        return add_hook(meta.hooks, hook, "tensor", tensor=self)
    node, output_nr = gradient_edge(self)
    hooks = node._own_hooks()
    if hooks.tensor is None:
        hooks.tensor = {}
    return add_hook(hooks.tensor.setdefault(output_nr, HookDict()), hook, "tensor", tensor=self, node=node)


def register_post_accumulate_grad_hook(self: Tensor, hook: Hook) -> RemovableHandle:
    """Call ``hook(tensor)`` after a gradient was added to this leaf's ``.grad``."""
    if not self._requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if not self.is_leaf:
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    meta = self._own_meta()
    if meta.post_accumulate is None:
        meta.post_accumulate = HookDict()
    return add_hook(meta.post_accumulate, hook, "post_accumulate_grad", tensor=self)


@BuiltIn
def retain_grad(self: Tensor) -> None:
    """Keep this non-leaf's gradient in ``.grad``."""
    if not self._requires_grad:
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    if self.is_leaf or self.retains_grad:
        return
    self._own_meta().retains_grad = True
    node, output_nr = gradient_edge(self)
    hooks = node._own_hooks()
    if hooks.retain is None:
        hooks.retain = {}
    registration = add_hook(HookDict(), _retain_grad, "retain_grad", tensor=self, node=node)
    hooks.retain[output_nr] = (registration.id, ref(self))


def _retain_grad(gradient: Tensor) -> None:
    """What listeners are told is run for ``retain_grad()``; the engine keeps the gradient itself."""


for _method in (register_hook, register_post_accumulate_grad_hook, retain_grad.function):
    _method.__qualname__ = f"Tensor.{_method.__name__}"  # as Python's messages name it
