"""Models in several processes: what ``DistributedDataParallel`` makes of the gradients, told once the pass is over.

Its reducer listens at every parameter's ``AccumulateGrad``, in C++, averages the gradients over all processes while backward runs,
and writes the result into ``.grad`` at the very end. No function that could be watched is called. So the parameters are looked at
before the pass and after it, and each whose ``.grad`` the reducer has written gets an event of the kind that it is: a hook that
fired after the accumulation. A parameter that this process did not use has one too when another process did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ....core.events import HookKind
from ....core.identity import next_hook
from .loaded import torch
from .session import Session, without_torch_function

if TYPE_CHECKING:
    from .graph import Graph

__all__ = ["Replicas"]

_KIND: HookKind = "post_accumulate_grad"
_Model = torch.nn.parallel.DistributedDataParallel
_WRAPPERS = (_Model, torch.nn.DataParallel)

_Glance = list[tuple[Any, tuple[int, int] | None]]
"""Parameters, each with identity and version of its ``.grad``, or None when there is none."""


class Replicas:
    """The models of this process that are one of several."""

    def __init__(self, session: Session, graph: Graph) -> None:
        self._session = session
        self._graph = graph
        self._hooks: WeakKeyDictionary[Any, dict[int, int]] = WeakKeyDictionary()
        self._awaiting: WeakKeyDictionary[Any, None] = WeakKeyDictionary()

    def entered(self, module: Any) -> None:
        """A module is called. The forward call decides whether the reducer will work in the backward: not under ``no_sync()``."""
        if isinstance(module, _Model) and module.require_backward_grad_sync and torch.is_grad_enabled():
            self._awaiting[module] = None

    def inner(self, module: Any) -> Any:
        """The model that a replica wraps, which is what the program calls its parameters by; any other module itself."""
        return module.module if isinstance(module, _WRAPPERS) else module

    def before_pass(self) -> list[tuple[Any, _Glance]]:
        """What :meth:`after_pass` will want to know; empty when no model awaits its gradients."""
        return [(model, _glance(model)) for model in list(self._awaiting)] if self._awaiting else []

    def after_pass(self, number: int, before: list[tuple[Any, _Glance]]) -> None:
        """Tell which gradients the reducers have written in the pass."""
        for model, glance in before:
            touched = any(_state(parameter) != state for parameter, state in glance)
            if touched and model in self._awaiting and _has_finished(model):
                del self._awaiting[model]
                for parameter, state in glance:
                    self._tell(model, number, parameter, state)

    def _tell(self, model: Any, number: int, parameter: Any, before: tuple[int, int] | None) -> None:
        if _state(parameter) in (before, None):  # used by no process
            return
        session = self._session
        node = torch.autograd.graph.get_gradient_edge(parameter).node  # the reducer keeps it alive
        info = self._graph.tell(node)
        leaf = session.identities.tensor(parameter)
        hooks = self._hooks.setdefault(model, {})
        if leaf not in hooks:
            hooks[leaf] = next_hook()
            session.sink.hook_registered(hooks[leaf], _KIND, leaf, info.number, type(model))
        session.remember_gradient(parameter.grad, leaf)
        session.sink.hook_fired(number, hooks[leaf], _KIND, info.number, True, None, session.gradient(parameter.grad))


def _glance(model: Any) -> _Glance:
    with without_torch_function():
        return [(parameter, _state(parameter)) for parameter in model.module.parameters() if parameter.requires_grad]


def _state(parameter: Any) -> tuple[int, int] | None:
    gradient = parameter.grad
    return None if gradient is None else (id(gradient), gradient._version)


def _has_finished(model: Any) -> bool:
    """Whether the reducer is done. It is not while a parameter has not been used: then ``.grad`` is still this process's own."""
    check = getattr(model.reducer, "_check_reducer_finalized", None)
    if check is None:  # a PyTorch that cannot be asked: the reducer nearly always is
        return True
    try:
        check()
    except RuntimeError:
        return False
    return True
