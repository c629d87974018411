"""Hooks: the handle a registration returns, where hooks are kept, and how they are run.

Order at one node, as in PyTorch: the tensor hooks of its outputs, then what ``retain_grad()`` captures, then the node's pre-hooks,
the node itself, (for a leaf) the post-accumulate-grad hooks, and the node's post-hooks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from weakref import ref

from . import events
from .events import NONE, HookKind
from .identity import next_hook, node_id, tensor_id

if TYPE_CHECKING:
    from .node import Node
    from .tensor import Tensor

Hook = Callable[..., Any]


class HookDict(dict[int, Hook]):
    """Hooks of one kind at one place, by id, in the order they were registered. (A subclass, because a plain dict takes no
    weakref.)
    """

    __slots__ = ("__weakref__",)


class RemovableHandle:
    """What a registration returns: :meth:`remove` takes the hook off again; as a context manager, at the end of the block."""

    def __init__(self, hooks: HookDict, id: int) -> None:
        self.hooks_dict_ref = ref(hooks)
        self.id = id

    def remove(self) -> None:
        """Take the hook off. Calling it again does nothing."""
        hooks = self.hooks_dict_ref()
        if hooks is not None and self.id in hooks:
            del hooks[self.id]
            if events.sink is not None:
                events.sink.hook_removed(self.id)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


RemovableHandle.__module__ = "torch.utils.hooks"  # printed by people's programs


class NodeHooks:
    """The hooks of one node. ``tensor`` and ``retain`` are by output number."""

    __slots__ = ("metadata", "post", "pre", "retain", "tensor")

    def __init__(self) -> None:
        self.tensor: dict[int, HookDict] | None = None
        self.retain: dict[int, tuple[int, Any]] | None = None
        self.pre: HookDict | None = None
        self.post: HookDict | None = None
        self.metadata: dict[Any, Any] | None = None


def add_hook(
    hooks: HookDict, function: Hook, kind: HookKind, tensor: Tensor | None = None, node: Node | None = None, first: bool = False
) -> RemovableHandle:
    """Put ``function`` into ``hooks`` (at the front if ``first``) and tell the listener."""
    number = next_hook()
    if first and hooks:
        others = dict(hooks)
        hooks.clear()
        hooks[number] = function
        hooks.update(others)
    else:
        hooks[number] = function
    if events.sink is not None:
        events.sink.hook_registered(number, kind, NONE if tensor is None else tensor_id(tensor), node_id(node), function)
    return RemovableHandle(hooks, number)


def _name(hook: Hook) -> str:
    return getattr(hook, "__name__", None) or type(hook).__name__


def checked_replacement(hook: Hook, before: Tensor | None, after: Any) -> Any:
    """``after`` if it may replace the gradient ``before``; raises as PyTorch does if not (size, dtype)."""
    from .tensor import Tensor  # noqa: PLC0415  (tensor needs this module)

    if not isinstance(after, Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(after).__name__}'")
    if before is not None:
        if before._array.dtype != after._array.dtype:
            was, got = before.type(), after.type()
            raise RuntimeError(f"hook '{_name(hook)}' has changed the type of value (was {was} got {got})")
        if before._array.shape != after._array.shape:
            raise RuntimeError(f"hook '{_name(hook)}' has changed the size of value")
    return after


def checked_tuple(hook: Hook, before: Sequence[Tensor | None], returned: Any) -> list[Tensor | None]:
    """As :func:`checked_replacement`, for a node hook, which returns one value for each gradient (or None for undefined)."""
    from .tensor import Tensor  # noqa: PLC0415

    if isinstance(returned, Tensor) and len(before) == 1:
        returned = (returned,)
    if not isinstance(returned, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(returned).__name__}'")
    if len(returned) != len(before):
        raise RuntimeError(
            f"hook '{_name(hook)}' has returned an incorrect number of values (got {len(returned)}, but expected {len(before)})"
        )
    return [None if new is None else checked_replacement(hook, old, new) for old, new in zip(before, returned, strict=True)]
