"""Hooks on nodes that outlive a step, taken off while the recording pauses.

A leaf's ``AccumulateGrad`` lives as long as any graph that uses the leaf. A loop that keeps its last loss until the next one is
computed hands the same ones on from step to step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .engine import edge_of
from .session import without_torch_function

if TYPE_CHECKING:
    from .modules import Modules
    from .node_hooks import NodeHooks

__all__ = ["Dormant"]


class Dormant:
    """The capture's hooks on the accumulators of all modules that were called."""

    def __init__(self, modules: Modules, node_hooks: NodeHooks) -> None:
        self._modules = modules
        self._node_hooks = node_hooks
        self._taken: list[Callable[[], None]] = []

    def take_off(self) -> None:
        """Take them off; what is known of the nodes stays."""
        with without_torch_function():
            for module in list(self._modules.outermost):
                for parameter in module.parameters():
                    node, _ = edge_of(parameter)
                    if node is not None:
                        self._taken += self._node_hooks.take_off(node)

    def put_back(self) -> None:
        """Put them back on those that still live."""
        while self._taken:
            self._taken.pop()()
