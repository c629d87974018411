"""Hooks on nodes that outlive a step, taken off while the recording pauses.

A leaf's ``AccumulateGrad`` lives as long as any graph that uses the leaf. A loop that keeps its last loss until the next one is
computed hands the same ones on from step to step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .loaded import torch
from .probing import has
from .session import Session, without_torch_function

if TYPE_CHECKING:
    from .graph import Graph
    from .modules import Modules

__all__ = ["Dormant"]


class Dormant:
    """The capture's hooks on the accumulators of all modules that were called."""

    def __init__(self, session: Session, graph: Graph, modules: Modules) -> None:
        self._session = session
        self._graph = graph
        self._modules = modules
        self._taken: list[tuple[Any, int, Any]] = []

    def take_off(self) -> None:
        """Take them off; what is known of the nodes stays."""
        if not has("torch.autograd.graph.get_gradient_edge"):
            return
        with without_torch_function():
            for module in list(self._modules.outermost):
                for parameter in module.parameters():
                    if parameter.requires_grad:
                        info = self._graph.info(torch.autograd.graph.get_gradient_edge(parameter).node)
                        self._take(info.pre_hooks if info is not None else None)
                        self._take(info.post_hooks if info is not None else None)

    def put_back(self) -> None:
        """Put them back on those that still live."""
        while self._taken:
            hooks_of_node, key, hook = self._taken.pop()
            hooks = hooks_of_node()
            if hooks is not None:
                hooks[key] = hook

    def _take(self, hooks_of_node: Any) -> None:
        hooks: dict[int, Any] | None = hooks_of_node() if hooks_of_node is not None else None
        if hooks is None:
            return
        for key, hook in list(hooks.items()):
            if getattr(hook, "func", None) in (self._graph.before_node, self._graph.after_node):
                del hooks[key]
                self._taken.append((hooks_of_node, key, hook))
