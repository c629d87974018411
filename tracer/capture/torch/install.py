"""Putting the capture into a running PyTorch, and taking it out again."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from ....core.events import Sink
from .calls import CallMode, Calls
from .engine import EngineStandIn
from .explaining import explained
from .graph import Graph
from .hooks import TensorHooks
from .loaded import torch
from .modules import Modules
from .nodes import Nodes
from .optimizers import Optimizers, parameters_of
from .replicas import Replicas
from .session import Session
from .switch import Switch

__all__ = ["Installation"]


class Installation:
    """The capture in a running PyTorch, from now on and in this thread. Nothing here raises.

    While it pauses, numbers stay given, hooks stay wrapped, and what is known of nodes stays known.
    """

    def __init__(self, sink: Sink, level: str) -> None:
        self._session = session = Session(sink, level)
        self._installed = installed = ExitStack()
        self._switch: Switch | None = None
        session.uninstall = installed.close
        with self._guarded():
            installed.enter_context(explained(session))
            self._switch = _install(session, installed)
            self.resume()

    def pause(self) -> None:
        """Take out what costs time. Call it while the sink still listens."""
        if self._switch is not None:
            with self._guarded():
                self._switch.off()

    def resume(self) -> None:
        """Put back what :meth:`pause` has taken out."""
        if self._switch is not None and self._session.active:
            with self._guarded():
                self._switch.on()

    def stop(self) -> None:
        """Take everything back."""
        self.pause()
        self._session.active = False
        self._installed.close()

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001  a PyTorch that lacks what this needs: the program goes on unwatched
            self._session.fail(error)


def _install(session: Session, installed: ExitStack) -> Switch:
    graph = Graph(session)
    nodes = Nodes(session, graph)
    hooks = TensorHooks(session, graph, nodes)
    installed.callback(hooks.unwrap)
    calls = Calls(session, graph, hooks)
    mode = CallMode(calls)
    replicas = Replicas(session, graph)
    modules = Modules(session, replicas)
    optimizers = Optimizers(session)

    variable = torch.autograd.variable.Variable
    installed.enter_context(
        replaced(variable, "_execution_engine", EngineStandIn(variable._execution_engine, session, graph, mode, replicas))
    )
    function = torch.autograd.Function
    installed.enter_context(replaced(function, "apply", classmethod(_watched_apply(function.__dict__["apply"].__func__, calls))))
    handle_type = torch.utils.hooks.RemovableHandle
    installed.enter_context(replaced(handle_type, "remove", _watched_remove(handle_type.remove, hooks)))
    for owner, parameters in ((torch.optim.Optimizer, parameters_of), (torch.nn.Module, torch.nn.Module.parameters)):
        installed.enter_context(replaced(owner, "zero_grad", optimizers.zeroing(owner.zero_grad, parameters)))

    utilities = torch.utils
    installed.enter_context(replaced(utilities, "swap_tensors", _watched_swap(utilities.swap_tensors, session)))

    in_optimizers = sys.modules["torch.optim.optimizer"]
    for handle in (
        in_optimizers.register_optimizer_step_pre_hook(optimizers.before),
        in_optimizers.register_optimizer_step_post_hook(optimizers.after),
    ):
        installed.callback(handle.remove)
    switch = Switch(mode, modules)
    installed.callback(switch.off)
    return switch


@contextlib.contextmanager
def replaced(owner: Any, name: str, stand_in: Any) -> Iterator[None]:
    """``owner.name`` is ``stand_in``, and afterwards what it was, unless somebody else has put something there meanwhile."""
    original = vars(owner)[name]
    setattr(owner, name, stand_in)
    try:
        yield
    finally:
        if vars(owner).get(name) is stand_in:
            setattr(owner, name, original)


def _watched_apply(original: Callable[..., Any], calls: Calls) -> Callable[..., Any]:
    def apply(cls: Any, *args: Any, **kwargs: Any) -> Any:
        if not calls.wanted():
            return original(cls, *args, **kwargs)

        def bound(*inner_args: Any, **inner_kwargs: Any) -> Any:
            return original(cls, *inner_args, **inner_kwargs)

        return calls.apply(bound, f"{cls.__name__}.apply", args, kwargs)

    apply.__doc__ = original.__doc__
    return apply


def _watched_remove(original: Callable[[Any], None], hooks: TensorHooks) -> Callable[[Any], None]:
    def remove(handle: Any) -> None:
        hooks.removed(handle)
        original(handle)

    return remove


def _watched_swap(original: Callable[[Any, Any], None], session: Session) -> Callable[[Any, Any], None]:
    """PyTorch refuses to swap tensors to which there are weak references, and ours must not be in the way."""

    @functools.wraps(original)
    def swap_tensors(first: Any, second: Any) -> None:
        session.aliased.clear()
        session.identities.forget(first)
        session.identities.forget(second)
        original(first, second)

    return swap_tensors
