"""Models in several processes: what ``DistributedDataParallel`` makes of the gradients, told once the pass is over.

Its reducer listens at every parameter's ``AccumulateGrad``, in C++, averages the gradients over all processes while backward runs,
and writes the result into ``.grad`` at the very end. No function that could be watched is called. So the parameters are looked at
before the pass and after it, and each whose ``.grad`` the reducer has written gets an event of the kind that it is: a hook that
fired after the accumulation. A parameter that this process did not use has one too when another process did.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ....core.events import HookKind
from ....core.identity import next_hook
from .loaded import torch
from .probing import accumulator_of
from .session import Session, without_torch_function

if TYPE_CHECKING:
    from .graph import Graph
    from .sharding import Sharding

__all__ = ["Replicas", "state_of"]

_KIND: HookKind = "post_accumulate_grad"
_Model = torch.nn.parallel.DistributedDataParallel
_WRAPPERS = (_Model, torch.nn.DataParallel)

_Glance = list[tuple[Any, tuple[int, int] | None]]
"""Parameters, each with identity and version of its ``.grad``, or None when there is none."""


class Replicas:
    """The models of this process that are one of several."""

    def __init__(self, session: Session, graph: Graph) -> None:
        self._session = session
        self.graph = graph
        self.sharding: Sharding | None = None
        self._hooks: WeakKeyDictionary[Any, dict[int, int]] = WeakKeyDictionary()
        self._awaiting: WeakKeyDictionary[Any, None] = WeakKeyDictionary()

    def entered(self, module: Any) -> None:
        """A module is called. The forward call decides whether the reducer will work in the backward: not under ``no_sync()``."""
        if isinstance(module, _Model) and module.require_backward_grad_sync and torch.is_grad_enabled():
            self._awaiting[module] = None

    def inner(self, module: Any) -> Any:
        """The model that a replica wraps, which is what the program calls its parameters by; any other module itself."""
        return module.module if isinstance(module, _WRAPPERS) else module

    def before_pass(self) -> list[Callable[[int], None]]:
        """What is to be called with the number of the pass after it; nothing when no model awaits its gradients."""
        following = self.sharding.before_pass() if self.sharding is not None and self.sharding.is_met else []
        if self._awaiting:
            following += [partial(self._after_pass, model, _glance(model)) for model in list(self._awaiting)]
        return following

    def _after_pass(self, model: Any, glance: _Glance, number: int) -> None:
        """Tell which gradients the reducer has written in the pass."""
        touched = any(state_of(parameter) != state for parameter, state in glance)
        if touched and model in self._awaiting and _has_finished(model):
            del self._awaiting[model]
            for parameter, state in glance:
                self._tell(model, number, parameter, state)

    def _tell(self, model: Any, number: int, parameter: Any, before: tuple[int, int] | None) -> None:
        if state_of(parameter) in (before, None):  # used by no process
            return
        node = accumulator_of(parameter)  # the reducer keeps it alive
        self.tell_written(number, parameter, self.graph.tell(node).number, model, type(model))

    def tell_written(self, pass_: int, parameter: Any, node: int, model: Any, who: Any) -> None:
        """``who`` has written the ``.grad`` of a parameter of ``model``, as a hook at ``node`` would."""
        session = self._session
        leaf = session.identities.tensor(parameter)
        hooks = self._hooks.setdefault(model, {})
        if leaf not in hooks:
            hooks[leaf] = next_hook()
            session.sink.hook_registered(hooks[leaf], _KIND, leaf, node, who)
        session.remember_gradient(parameter.grad, leaf)
        session.sink.hook_fired(pass_, hooks[leaf], _KIND, node, True, None, session.gradient(parameter.grad))


def _glance(model: Any) -> _Glance:
    with without_torch_function():
        return [(parameter, state_of(parameter)) for parameter in model.module.parameters() if parameter.requires_grad]


def state_of(parameter: Any) -> tuple[int, int] | None:
    """Identity and version of its ``.grad``; None when there is none."""
    gradient = parameter.grad
    return None if gradient is None else (id(gradient), getattr(gradient, "_local_tensor", gradient)._version)


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
