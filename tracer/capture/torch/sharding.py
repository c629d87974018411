"""Models whose parameters are spread over processes: what they are called, and what becomes of their gradients.

FSDP keeps a part of each parameter in each process. For the time of a module's forward and backward it puts whole parameters in
their places, other leaves than those that the optimizer knows. The gradient of a whole parameter is scattered behind its
``AccumulateGrad``: each process gets its part of the average. No function that could be watched is called, so the parts are looked
at before the pass and after it, and each whose ``.grad`` has been written gets an event of the kind that it is: a hook that fired
after the accumulation of the whole parameter.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary, ref

from ....core.events import NONE
from .loaded import torch
from .probing import accumulator_of
from .replicas import state_of
from .session import Session, without_torch_function

if TYPE_CHECKING:
    from .graph import Graph
    from .replicas import Replicas

__all__ = ["Sharding"]

_WRAPPED = "_fsdp_wrapped_module."


class Sharding:
    """Notices such models. ``active``: there is one whose modules get whole parameters for the time of their forward."""

    def __init__(self, session: Session, graph: Graph, replicas: Replicas) -> None:
        self._session = session
        self._graph = graph
        self._replicas = replicas
        self.active = False
        self.is_met = False  # there is one of which gradients are scattered
        self._models: WeakKeyDictionary[Any, _Model] = WeakKeyDictionary()

    def names(self, outermost: Any, parameters: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        """The parameters of a model by what to call them."""
        named = dict(parameters)
        fully_sharded, flattened = _class("torch.distributed.fsdp", "FSDPModule"), _class("torch.distributed.fsdp", _FLATTENED)
        spread = _spread_tensor()
        modules = list(outermost.modules()) if fully_sharded or flattened else []
        sharded = any(isinstance(module, fully_sharded) for module in modules)
        flat = any(isinstance(module, flattened) for module in modules)
        self.active |= sharded
        if sharded or flat:
            self.is_met = True
            if outermost not in self._models:
                self._models[outermost] = _Model(_class("torch.distributed.fsdp", _FLATTENED if flat else "fully_shard"))
            self._models[outermost].know(named)
        if sharded or flat or any(isinstance(parameter, spread) for parameter in named.values()):
            self._session.coverage.met("parallel")
        if flat:
            return {name.replace(_WRAPPED, ""): parameter for name, parameter in named.items()}
        if sharded:
            return {f"{name} (shard)" if isinstance(one, spread) else name: one for name, one in named.items()}
        return named

    def leaving(self, module: Any, path: str) -> None:
        """The forward of a module is over, and its whole parameters are still in their places."""
        if not isinstance(module, _class("torch.distributed.fsdp", "FSDPModule")):
            return
        spread = _spread_tensor()
        known = self._models.get(self._session.thread.outermost())
        with without_torch_function():
            for name, parameter in module.named_parameters():
                if not isinstance(parameter, spread):
                    full_name = f"{path}.{name}" if path else name
                    self._session.leaf(parameter, full_name)
                    if known is not None and parameter.requires_grad and torch.is_grad_enabled():
                        known.nodes[full_name] = self._graph.tell(accumulator_of(parameter)).number

    # ------------------------------------------------------------------------------------------------------------- passes
    def before_pass(self) -> list[Callable[[int], None]]:
        """What is to be done after the pass."""
        with without_torch_function():
            return [partial(self._after_pass, model, known.look(self._graph)) for model, known in list(self._models.items())]

    def _after_pass(self, model: Any, before: list[_Part], number: int) -> None:
        known = self._models.get(model)
        for part in before:
            if known is not None and state_of(part.parameter) not in (part.state, None):
                self._replicas.tell_written(number, part.parameter, part.node, model, known.who)


class _Part(NamedTuple):
    """A parameter that is a part of a whole one, the state of its ``.grad``, and the accumulator of the whole one."""

    parameter: Any
    state: tuple[int, int] | None
    node: int


class _Model:
    """A model of which gradients are scattered, by ``who``. ``nodes`` are the accumulators of its whole parameters by name."""

    def __init__(self, who: Any) -> None:
        self.who = who
        self.nodes: dict[str, int] = {}
        self._parts: dict[str, ref[Any]] = {}

    def know(self, named: Mapping[str, Any]) -> None:
        """Its parameters as they are between passes; those of the kind that FSDP puts in their places are none of them."""
        spread = _spread_tensor()
        for name, parameter in named.items():
            if self.who.__name__ == _FLATTENED or isinstance(parameter, spread):
                self._parts[name] = ref(parameter)

    def look(self, graph: Graph) -> list[_Part]:
        """All that it has, now."""
        found = []
        for name, reference in self._parts.items():
            parameter = reference()
            if parameter is not None and parameter.requires_grad:
                own = None if name in self.nodes else graph.info(accumulator_of(parameter))
                found.append(_Part(parameter, state_of(parameter), self.nodes.get(name, NONE if own is None else own.number)))
        return found


_FLATTENED = "FullyShardedDataParallel"


def _class(module: str, name: str) -> Any:
    """A class of PyTorch's if its module is loaded; else what nothing is an instance of."""
    return getattr(sys.modules.get(module), name, ())


def _spread_tensor() -> Any:
    return _class("torch.distributed.tensor", "DTensor") or _class("torch.distributed._tensor", "DTensor")
