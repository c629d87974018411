"""What happens at a node of a backward pass, seen by a hook before it and one after it.

The order told is that of the core: start, tensor hooks, what ``retain_grad()`` keeps, the node's pre-hooks, the accumulation, the
freeing, the end, post-hooks, and then the gradients that flow on. Our hooks are the last ones on each side of a node; whichever
hook comes first starts the node (:meth:`Nodes.start`), and whichever first comes after it ends it (:meth:`Nodes.finish`).
"""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

import numpy as np

from ....core.events import Array
from .passes import EnginePass, RunningNode
from .session import Session, without_torch_function

if TYPE_CHECKING:
    from .graph import Graph, NodeInfo

__all__ = ["Nodes"]


class Nodes:
    """The hooks on nodes."""

    def __init__(self, session: Session, graph: Graph) -> None:
        self._session = session
        self._graph = graph
        graph.at_node = self.at_node

    def at_node(self, info: NodeInfo, gradients: tuple[Any, ...]) -> None:
        """Both hooks: ``gradients`` are what PyTorch gives to a pre-hook, or to a post-hook."""
        now = perf_counter_ns()
        session = self._session
        if not session.listens():
            return
        try:
            with without_torch_function():
                pass_ = session.current_pass()
                if pass_ is None:
                    return
                if len(gradients) == 1:
                    if session.observes_nodes:
                        self._before(pass_, info, gradients[0])
                    else:
                        self.tell_retained(pass_, self.start(pass_, info), gradients[0])
                elif session.observes_nodes:
                    self._after(pass_, info, gradients[0], now)
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            session.fail(error)

    # ------------------------------------------------------------------------------------------------------------- before
    def start(self, pass_: EnginePass, info: NodeInfo) -> RunningNode:
        """The pass has come to this node; told once, where nodes are observed."""
        number = info.number
        running = pass_.running.get(number)
        if running is None:
            running = pass_.running[number] = RunningNode(info)
            if self._session.observes_nodes:
                self._session.sink.node_started(pass_.number, number, pass_.reason(number))
        return running

    def tell_retained(self, pass_: EnginePass, running: RunningNode, gradients: Sequence[Any]) -> None:
        """What ``retain_grad()`` keeps of ``gradients``, those of the node's outputs; told once."""
        info = running.info
        if info.retained is None or running.retained:
            return
        running.retained = True
        session = self._session
        for output_nr, hook in info.retained.items():
            kept = session.gradient(gradients[output_nr])
            session.sink.hook_fired(pass_.number, hook, "retain_grad", info.number, False, kept, None)

    def _before(self, pass_: EnginePass, info: NodeInfo, gradients: Sequence[Any]) -> None:
        """``gradients`` are those of the node's outputs, after all other hooks."""
        session = self._session
        running = self.start(pass_, info)
        if info.retained is not None:
            self.tell_retained(pass_, running, gradients)
        if info.leaf is not None and gradients[0] is not None:
            leaf = info.leaf()
            if leaf is not None:
                running.contribution = session.gradient(gradients[0])
                before = leaf.grad
                if before is not None:
                    running.before = self._copied(before)
                    running.version = before._version
        running.clock = perf_counter_ns()

    def _copied(self, gradient: Any) -> Array | None:
        array = self._session.gradient(gradient)
        return np.array(array, subok=True) if self._session.with_values and array is not None else array

    # -------------------------------------------------------------------------------------------------------------- after
    def _after(self, pass_: EnginePass, info: NodeInfo, results: Sequence[Any], now: int) -> None:
        """``results`` are the gradients of the node's inputs, after all other hooks."""
        running = self.start(pass_, info)
        self.finish(pass_, running, results, now)
        edges = info.edges
        if edges:
            self._tell_flows(pass_, info.number, edges, results)
        pass_.running.pop(info.number, None)

    def finish(self, pass_: EnginePass, running: RunningNode, results: Sequence[Any], now: int) -> None:
        """The node has run; ``results`` are what it made. Told where nodes are observed."""
        if not self._session.observes_nodes or running.finished:
            return
        running.finished = True
        info, sink, number = running.info, self._session.sink, pass_.number
        if info.leaf is not None:
            self.tell_accumulated(pass_, running)
        if pass_.create_graph:
            for result in results:
                if result is not None and result.grad_fn is not None:
                    self._graph.tell_result(result.grad_fn, result)
        if info.has_saved and not pass_.keep_graph and info.freed_by is None:
            info.freed_by = pass_
            sink.saved_freed(number, info.number)
        sink.node_finished(number, info.number, now - running.clock if running.clock else 0)

    def _tell_flows(self, pass_: EnginePass, node: int, edges: Sequence[tuple[int, int]], results: Sequence[Any]) -> None:
        session, number = self._session, pass_.number
        shown, array = None, None
        for output_nr in range(min(len(edges), len(results))):
            edge = edges[output_nr]
            next_node = edge[0]
            result = results[output_nr]
            if not next_node or (result is None and pass_.restricted):
                continue
            if result is not shown:
                shown, array = result, session.gradient(result)
            pass_.arrived(next_node)
            session.sink.gradient_flowed(number, node, output_nr, next_node, edge[1], array)

    def tell_accumulated(self, pass_: EnginePass, running: RunningNode) -> None:
        """The leaf's ``.grad`` has taken the contribution; told once."""
        info = running.info
        leaf = info.leaf() if info.leaf is not None and not running.accumulated else None
        gradient = leaf.grad if leaf is not None else None
        if gradient is None:
            return
        running.accumulated = True
        session = self._session
        number = session.identities.tensor(leaf)
        session.remember_gradient(gradient, number)
        if running.before is not None and gradient._version != running.version and not pass_.create_graph:
            session.bumped(gradient, "accumulate_grad", running.version)
        session.sink.gradient_accumulated(
            pass_.number, number, info.number, running.before, running.contribution, session.gradient(gradient)
        )
