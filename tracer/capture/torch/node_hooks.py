"""The program's hooks on nodes, and where ours stand among them.

PyTorch keeps the hooks on each side of a node in a dictionary, calls them in its order, and asks one Python function to put a new
hook in. :meth:`NodeHooks.register` stands in for that function: ours always come last, and the program's are wrapped, so that they
are heard of when they fire.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from functools import partial
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any
from weakref import ref

from ....core.events import HookKind
from ....core.identity import next_hook
from .graph import OURS, HookTable, NodeInfo
from .hooks import TensorHooks, WatchedHook, named_as
from .loaded import torch
from .probing import current_node
from .session import Session, without_torch_function

if TYPE_CHECKING:
    from .graph import Graph
    from .nodes import Nodes

__all__ = ["NodeHooks"]

_Hooks = MutableMapping[int, Callable[..., Any]]


def _unknown(hooks: Any, hook: Any) -> tuple[Any, Any]:
    """Stands for PyTorch's function where there is none."""
    raise NotImplementedError


def _put_back(hooks_of_node: Callable[[], _Hooks | None], hook: Callable[..., Any]) -> None:
    hooks = hooks_of_node()
    if hooks is not None:
        hooks[OURS] = hook


class NodeHooks:
    """Takes part when hooks are put on nodes."""

    def __init__(self, session: Session, graph: Graph, nodes: Nodes, hooks: TensorHooks) -> None:
        self._session = session
        self._graph = graph
        self._nodes = nodes
        self._hooks = hooks
        self._original: Callable[..., tuple[Any, Any]] = getattr(torch.autograd.Function, "_register_hook", _unknown)
        self._look: Callable[[Any], None] = self._look_at  # one object, to be recognised
        self._seen: list[_Hooks] = []

    def register(self, hooks: Any, hook: Any) -> tuple[Any, Any]:
        """Put ``hook`` among ``hooks``, which is None when it is the first one; returns them, and the handle of ``hook``."""
        if hook is self._look:
            self._look(hooks)
            return HookTable() if hooks is None else hooks, None
        if type(hook) is NodeInfo:  # where there are hooks: the first one never comes here, see Registration
            self._watch(hooks)
            hooks[OURS] = hook
            return hooks, None
        if not self._session.listening or not callable(hook):
            known: tuple[Any, Any] = self._original(hooks, hook)
            return known
        hooks, handle = self._original(hooks, hook)
        try:
            self._watch(hooks)
            if OURS in hooks:
                hooks[OURS] = hooks.pop(OURS)
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            self._session.fail(error)
        return hooks, handle

    def take_off(self, node: Any) -> list[Callable[[], None]]:
        """Take our hooks off ``node``; returns what puts them back, if it still lives then."""
        info = self._graph.info(node)
        if info is None or not info.observed or self._original is _unknown:
            return []
        node.register_prehook(self._look)  # which is not put in: the way to see those that are
        node.register_hook(self._look)
        seen, self._seen = self._seen, []
        return [partial(_put_back, ref(hooks), hooks.pop(OURS)) for hooks in seen if OURS in hooks]

    def _look_at(self, hooks: _Hooks | None) -> None:
        if hooks is not None:
            self._seen.append(hooks)

    def _watch(self, hooks: _Hooks) -> None:
        """Wrap those among ``hooks`` that are not."""
        for key, hook in hooks.items():
            if key != OURS and not self._hooks.is_wrapped(key):
                watched = WatchedHook()
                hooks[key] = named_as(self._wrapper(hook, watched), hook)
                self._hooks.remember(key, ref(hooks), watched)

    def _wrapper(self, hook: Callable[..., Any], watched: WatchedHook) -> Callable[..., Any]:
        def fire(*gradients: Any) -> Any:
            started = self._begin(gradients)
            result = hook(*gradients)
            if started:
                self._fired(hook, watched, gradients, result)
            return result

        return fire

    def _begin(self, gradients: tuple[Any, ...]) -> bool:
        """``gradients`` are what a pre-hook or a post-hook is called with."""
        now = perf_counter_ns()
        session = self._session
        if not session.listening:
            return False
        try:
            with without_torch_function():
                pass_, info = session.current_pass(), self._current_node()
                if pass_ is None or info is None:
                    return False
                pass_.in_hook = info
                running = self._nodes.start(pass_, info)
                if len(gradients) == 1:
                    self._nodes.tell_retained(pass_, running, gradients[0])
                else:
                    self._nodes.finish(pass_, running, gradients[0], now)
                return True
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            session.fail(error)
            return False

    def _fired(self, hook: Callable[..., Any], watched: WatchedHook, gradients: tuple[Sequence[Any], ...], result: Any) -> None:
        session = self._session
        try:
            with without_torch_function():
                pass_, info = session.current_pass(), self._current_node()
                if pass_ is None or info is None or not session.listening:
                    return
                pass_.in_hook = None
                kind: HookKind = "node_pre" if len(gradients) == 1 else "node_post"
                if not watched.number:  # only now is the node known
                    watched.number = next_hook()
                    session.sink.hook_registered(watched.number, kind, 0, info.number, hook)
                shown = gradients[0]
                old = session.gradient(shown[0]) if shown else None
                changed = result if isinstance(result, torch.Tensor) else result[0] if result else None
                new = session.gradient(changed) if isinstance(changed, torch.Tensor) else None
                session.sink.hook_fired(pass_.number, watched.number, kind, info.number, result is not None, old, new)
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)

    def _current_node(self) -> NodeInfo | None:
        node = current_node()
        return None if node is None else self._graph.info(node)
