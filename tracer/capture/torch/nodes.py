"""What happens at a node of a backward pass, seen by a hook after it, and for some nodes by one before it, too.

The order told is that of the core: start, tensor hooks, what ``retain_grad()`` keeps, the node's pre-hooks, the accumulation, the
freeing, the end, post-hooks, and then the gradients that flow on. Our hooks are the last ones on each side of a node; whichever
hook comes first starts the node (:meth:`Nodes.start`), and whichever first comes after it ends it (:meth:`Nodes.finish`). Where
nothing can be told of while a node runs (:meth:`Graph.tell`), the hook after it is early enough to start it, and the time it took
is the time since the pass was last heard of.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

import numpy as np

from ....core.events import NONE, Array, CompactSink
from ...statistics import MeasuredGradient
from .arrays import unknown
from .loaded import torch
from .passes import EnginePass, RunningNode
from .session import Session, without_torch_function

if TYPE_CHECKING:
    from .graph import Graph, NodeInfo

__all__ = ["Nodes"]

_Tensor = torch.Tensor
_strided = torch.strided


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
                if not session.observes_nodes:
                    self.tell_retained(pass_, self.start(pass_, info), gradients[-1])
                    pass_.running.pop(info.number, None)
                elif len(gradients) == 1:
                    self._before(pass_, info, gradients[0])
                else:
                    self._after(pass_, info, gradients, now)
                pass_.clock = perf_counter_ns()
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
        running = self.start(pass_, info)
        if info.retained is not None:
            self.tell_retained(pass_, running, gradients)
        if info.leaf is not None and gradients[0] is not None:
            leaf = info.leaf()
            if leaf is not None:
                running.contribution = self._contribution(pass_, info, gradients[0])
                before = leaf.grad
                if before is not None:
                    running.version = before._version  # first: other threads may add to it
                    running.before = self._copied(before)
                else:
                    running.version = gradients[0]._version
        running.began = perf_counter_ns()

    def _contribution(self, pass_: EnginePass, info: NodeInfo, gradient: Any) -> Any:
        """What came to a leaf: measured already, if it is the one gradient that the node before has just sent, as it was."""
        if self._session.measures:
            known = pass_.sole_gradient(info.number)
            leaf = info.leaf() if info.leaf is not None else None
            unhooked = leaf is not None and not leaf._backward_hooks
            if known is not None and unhooked and _is_at(gradient, known) and not gradient._version:
                return known
        return self._session.gradient(gradient)

    def _copied(self, gradient: Any) -> Array | None:
        array = self._session.gradient(gradient)
        return np.array(array, subok=True) if self._session.with_values and isinstance(array, np.ndarray) else array

    # -------------------------------------------------------------------------------------------------------------- after
    def _after(self, pass_: EnginePass, info: NodeInfo, gradients: Sequence[Any], now: int) -> None:
        """``gradients`` are those of the node's inputs, after all other hooks, and those of its outputs."""
        session = self._session
        results = gradients[0]
        heard_of = info.number in pass_.running
        if not (heard_of or info.leaf or info.retained or pass_.create_graph or session.compact is None):
            self._ran(session.compact, pass_, info, results, now)
            return
        running = self.start(pass_, info)
        if not heard_of and info.leaf is not None:
            running.contribution = self._contribution(pass_, info, gradients[1][0])
            running.version = 0 if gradients[1][0] is None else gradients[1][0]._version
        if info.retained is not None:
            self.tell_retained(pass_, running, gradients[1])
        self.finish(pass_, running, results, now)
        for flow in self._flows(pass_, info.edges, results):
            self._session.sink.gradient_flowed(pass_.number, info.number, *flow)
        pass_.running.pop(info.number, None)

    def _ran(self, sink: CompactSink, pass_: EnginePass, info: NodeInfo, results: Sequence[Any], now: int) -> None:
        """As :meth:`start`, :meth:`finish` and the flows, where nothing was told of the node before."""
        number, node = pass_.number, info.number
        reason, began = pass_.reason(node), pass_.clock
        info.ran_in = number
        freed = info.has_saved and not pass_.keep_graph and info.freed_by is None
        if freed:
            info.freed_by = pass_
        sink.node_ran(number, node, reason, began, now, freed, self._flows(pass_, info.edges, results))

    def finish(self, pass_: EnginePass, running: RunningNode, results: Sequence[Any], now: int) -> None:
        """The node has run; ``results`` are what it made. Told where nodes are observed."""
        if not self._session.observes_nodes or running.finished:
            return
        running.finished = True
        info, sink, number = running.info, self._session.sink, pass_.number
        info.ran_in = number
        if info.leaf is not None:
            self.tell_accumulated(pass_, running)
        if pass_.create_graph:
            for result in results:
                if result is not None and result.grad_fn is not None:
                    self._graph.tell_result(result.grad_fn, result)
        if info.has_saved and not pass_.keep_graph and info.freed_by is None:
            info.freed_by = pass_
            sink.saved_freed(number, info.number)
        sink.node_finished(number, info.number, now - (running.began or pass_.clock))

    def _flows(self, pass_: EnginePass, edges: tuple[int, ...], results: Sequence[Any]) -> list[tuple[int, int, int, Any]]:
        """Which output's gradient goes where: output, next node, its input, and what the sink gets to see of the gradient."""
        flows: list[tuple[int, int, int, Any]] = []
        shown, seen = None, None
        if edges:
            pass_.sent.clear()
        for output_nr in range(min(len(edges) >> 1, len(results))):
            next_node = edges[2 * output_nr]
            result = results[output_nr]
            if not next_node or (result is None and pass_.restricted):
                continue
            if result is not shown:
                shown, seen = result, self._session.gradient(result)
            pass_.arrived(next_node)
            if isinstance(seen, MeasuredGradient):
                pass_.sent[next_node] = seen
            flows.append((output_nr, next_node, edges[2 * output_nr + 1], seen))
        return flows

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
        added = running.contribution
        if session.several_threads and not pass_.create_graph:
            after = self._copied(gradient)
            if self._others_added(running, gradient, number):
                running.before = unknown(gradient)
            session.remember_gradient(gradient, number)
        elif running.before is None and isinstance(added, MeasuredGradient) and _is_at(gradient, added):
            after = added  # the first contribution is often kept as it came
        else:
            if gradient.layout is not _strided and session.identities.storage(gradient) == NONE:
                session.coverage.met("storage")
            after = session.gradient(gradient)
        session.unseen_gradients.pass_over()
        if running.before is not None and gradient._version != running.version and not pass_.create_graph:
            session.bumped(gradient, "accumulate_grad", running.version)
        session.sink.gradient_accumulated(pass_.number, number, info.number, running.before, added, after)

    def _others_added(self, running: RunningNode, gradient: Any, leaf: int) -> bool:
        """Whether another thread has given the leaf a gradient, which nobody has seen, before this one was added to it."""
        if running.before is not None:
            return bool(gradient._version != running.version + 1)
        return bool(gradient._version > running.version) or self._session.is_gradient_of(gradient, leaf)


def _is_at(gradient: Any, known: MeasuredGradient) -> bool:
    """Whether ``gradient`` is where the ``known`` one was."""
    return type(gradient) is _Tensor and gradient.is_cpu and gradient.data_ptr() == known.address
