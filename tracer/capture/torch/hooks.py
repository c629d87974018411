"""The program's hooks on tensors: told when they are registered, when they fire and when they are removed.

A hook is wrapped when it is registered, and unwrapped at the end of the recording.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ....core.events import NONE, HookKind
from ....core.identity import next_hook
from .loaded import node_behind
from .probing import current_node
from .session import Session, without_torch_function

if TYPE_CHECKING:
    from .graph import Graph
    from .nodes import Nodes

__all__ = ["TensorHooks", "WatchedHook", "named_as"]

_KINDS: dict[str, HookKind] = {
    "register_hook": "tensor",
    "register_post_accumulate_grad_hook": "post_accumulate_grad",
}

_FIRST_SWEEP = 1 << 10


class WatchedHook:
    """The number of one of the program's hooks, once the sink knows it. The hook itself is not here: it may keep much alive."""

    __slots__ = ("number",)

    def __init__(self, number: int = 0) -> None:
        self.number = number


class TensorHooks:
    """Wraps hooks, and hears of them."""

    def __init__(self, session: Session, graph: Graph, nodes: Nodes) -> None:
        self._session = session
        self._graph = graph
        self._nodes = nodes
        self._wrapped: dict[int, tuple[Callable[[], Any], WatchedHook]] = {}
        self._limit = _FIRST_SWEEP

    def register(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """``tensor.register_hook(hook)`` and its like."""
        tensor = args[0]
        hook = args[1] if len(args) > 1 else kwargs.get("hook")
        if hook is None or not callable(hook):
            return function(*args, **kwargs)
        kind = _KINDS[function.__name__]
        number = next_hook()
        session = self._session
        try:
            wrapper = self._wrapper(hook, number, kind)
        except Exception as error:  # noqa: BLE001  the guard: it is a strange function
            session.fail(error)
            return function(*args, **kwargs)
        handle = function(tensor, wrapper)
        try:
            with without_torch_function():
                session.sink.hook_registered(number, kind, session.identities.tensor(tensor), self._node_of(tensor), hook)
                self.remember(handle.id, handle.hooks_dict_ref, WatchedHook(number))
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)
        return handle

    def retain(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """``tensor.retain_grad()``."""
        tensor = args[0]
        already = tensor.retains_grad
        result = function(*args, **kwargs)
        session = self._session
        try:
            with without_torch_function():
                node = tensor.grad_fn
                if node is not None and not already:
                    info = self._graph.tell(node, {tensor.output_nr: tensor})
                    number = next_hook()
                    self._graph.retain(node, info, tensor.output_nr, number)
                    session.sink.hook_registered(number, "retain_grad", session.identities.tensor(tensor), info.number, function)
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)
        return result

    def remember(self, key: int, hooks: Callable[[], Any], watched: WatchedHook) -> None:
        """The hook under ``key`` in the dictionary ``hooks()`` is a wrapped one. PyTorch's keys are unique."""
        if len(self._wrapped) >= self._limit:  # most belong to tensors that are gone
            for known, entry in list(self._wrapped.items()):  # in place: other threads go on meanwhile
                if entry[0]() is None:
                    self._wrapped.pop(known, None)
            self._limit = max(_FIRST_SWEEP, 2 * len(self._wrapped))
        self._wrapped[key] = hooks, watched

    def is_wrapped(self, key: int) -> bool:
        """Whether the hook with this key is a wrapped one."""
        return key in self._wrapped

    def removed(self, handle: Any) -> None:
        """``handle.remove()`` is about to be called."""
        try:
            entry = self._wrapped.pop(handle.id, None)
            if entry is not None and entry[1].number and self._session.listening:
                self._session.sink.hook_removed(entry[1].number)
        except Exception as error:  # noqa: BLE001  the guard
            self._session.fail(error)

    def unwrap(self) -> None:
        """Give the program's hooks their places back."""
        for key, (hooks, _) in list(self._wrapped.items()):
            registered = hooks()
            if registered is not None and key in registered:
                registered[key] = registered[key].__wrapped__
        self._wrapped.clear()

    # ------------------------------------------------------------------------------------------------------------- firing
    def _wrapper(self, hook: Any, number: int, kind: HookKind) -> Callable[[Any], Any]:
        def fire(value: Any) -> Any:
            started = self._begin(kind)
            result = hook(value)
            if started:
                self._fired(number, kind, value, result)
            return result

        return named_as(fire, hook)

    def _begin(self, kind: HookKind) -> bool:
        """The node starts with the first of its hooks, unless its gradient is only handed out."""
        session = self._session
        if not session.listening:
            return False
        try:
            with without_torch_function():
                pass_, info = session.current_pass(), self._current_node()
                if pass_ is None or info is None:
                    return False
                pass_.in_hook = info
                if info.number not in pass_.captured:
                    running = self._nodes.start(pass_, info)
                    if kind == "post_accumulate_grad":
                        self._nodes.tell_accumulated(pass_, running)
                return True
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)
            return False

    def _fired(self, number: int, kind: HookKind, value: Any, result: Any) -> None:
        session = self._session
        try:
            with without_torch_function():
                pass_, info = session.current_pass(), self._current_node()
                if pass_ is None or info is None or not session.listening:
                    return
                pass_.in_hook = None
                before = session.gradient(value.grad if kind == "post_accumulate_grad" else value)
                after = session.gradient(result) if hasattr(result, "grad_fn") else None
                session.sink.hook_fired(pass_.number, number, kind, info.number, result is not None, before, after)
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)

    def _current_node(self) -> Any:
        node = current_node()
        return None if node is None else self._graph.info(node)

    def _node_of(self, tensor: Any) -> int:
        node = node_behind(tensor)
        return NONE if node is None else self._graph.tell(node, {tensor.output_nr: tensor}).number


def named_as(wrapper: Callable[..., Any], hook: Any) -> Callable[..., Any]:
    """PyTorch names a hook in its messages by ``__name__``, or else by its class."""
    wrapped = functools.wraps(hook)(wrapper)
    if not hasattr(hook, "__name__"):
        wrapped.__name__ = type(hook).__name__
    return wrapped
