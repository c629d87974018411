"""Calls into the engine, and the nodes that are running in them."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from ....core.events import Array
from ....core.identity import next_pass
from .session import place_here

if TYPE_CHECKING:
    from ...statistics import MeasuredGradient
    from .graph import NodeInfo

__all__ = ["EnginePass", "RunningNode"]


class RunningNode:
    """A node that has started and not yet finished."""

    __slots__ = ("accumulated", "before", "began", "contribution", "finished", "info", "retained", "version")

    def __init__(self, info: NodeInfo) -> None:
        self.info = info
        self.began = 0  # clock reading; 0 when no hook of ours was called before it
        self.before: Array | None = None
        self.contribution: Array | None = None
        self.version = 0
        self.accumulated = False
        self.finished = False
        self.retained = False  # what retain_grad() keeps was told


class EnginePass:
    """One call into the engine."""

    def __init__(self, roots: Sequence[int], keep_graph: bool, create_graph: bool, accumulates: bool) -> None:
        self.number = next_pass()
        self.keep_graph = keep_graph
        self.create_graph = create_graph
        self.accumulates = accumulates
        self.call = "backward" if accumulates else "grad"
        self.restricted = False
        self.captured: set[int] = set()
        self.inputs: list[Any] = []
        self.running: dict[int, RunningNode] = {}
        self.in_hook: NodeInfo | None = None
        self.replicas: list[Any] = []
        self.place = place_here()
        self.clock = perf_counter_ns()  # when it was last heard of
        self._roots = set(roots)
        self.sent: dict[int, MeasuredGradient] = {}  # what the latest node that is no leaf's has sent, by receiver
        self._arrivals: dict[int, int] = {}

    def forget(self) -> None:
        """The pass is over; nodes that it has freed go on referring to it, and it must not keep others alive."""
        self.inputs = []
        self.in_hook = None
        self.running.clear()
        self.sent.clear()

    def arrived(self, node: int) -> None:
        """``node`` has received a gradient."""
        self._arrivals[node] = self._arrivals.get(node, 0) + 1

    def sole_gradient(self, node: int) -> MeasuredGradient | None:
        """What ``node`` has received, if it is one gradient and nothing but leaves ran since."""
        return self.sent.get(node) if self._arrivals.get(node) == 1 else None

    def reason(self, node: int) -> str:
        """Why ``node`` was ready, for people, in the words of the core's engine."""
        count = self._arrivals.get(node, 0)
        if node in self._roots:
            return "root" if count <= 1 else f"root; all {count} gradients arrived"
        return "its only consumer finished" if count == 1 else f"all {count} uses finished" if count else ""
