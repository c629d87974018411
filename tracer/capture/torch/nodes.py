"""What happens at a node of a backward pass, seen by a hook before it and one after it.

The order told is that of the core: start, tensor hooks, the node's pre-hooks, what ``retain_grad()`` keeps, the accumulation, the
freeing, the end, post-hooks, and then the gradients that flow on. PyTorch runs tensor hooks before ours, so that whichever of them
comes first starts the node (:meth:`Nodes.start`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

import numpy as np

from ....core.events import Array, HookKind
from ....core.identity import next_hook
from .passes import EnginePass, RunningNode
from .session import Session, without_torch_function

if TYPE_CHECKING:
    from .graph import Graph, NodeInfo

__all__ = ["Nodes"]

_FIRST = -1
"""A key that PyTorch gives to no hook."""


class Nodes:
    """The hooks on nodes."""

    def __init__(self, session: Session, graph: Graph) -> None:
        self._session = session
        self._graph = graph
        graph.before_node = self.before
        graph.after_node = self.after

    def start(self, pass_: EnginePass, info: NodeInfo) -> RunningNode:
        """The pass has come to this node; told once."""
        running = pass_.running.get(info.number)
        if running is None:
            if self._session.observes_nodes:
                self._session.sink.node_started(pass_.number, info.number, pass_.reason(info.number))
            running = pass_.running[info.number] = RunningNode(info)
        return running

    # ------------------------------------------------------------------------------------------------------------- before
    def before(self, info: NodeInfo, gradients: Sequence[Any]) -> None:
        """The pre-hook: ``gradients`` are those of the node's outputs, after all tensor hooks."""
        session = self._session
        if not session.listening:
            return
        try:
            with without_torch_function():
                pass_ = session.current_pass()
                if pass_ is not None:
                    self._before(pass_, info, gradients)
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            session.fail(error)

    def _before(self, pass_: EnginePass, info: NodeInfo, gradients: Sequence[Any]) -> None:
        session = self._session
        running = self.start(pass_, info)
        self._tell_retained(pass_, info, gradients)
        if len(info.pre_hooks()) > 1:
            # a gradient that we hold could not become a leaf's .grad without a copy
            running.incoming = tuple(gradients) if info.leaf is None else ()
        post_hooks = info.post_hooks()
        if len(post_hooks) > 1:
            self._surround(post_hooks, running)
        if info.leaf is not None and gradients[0] is not None:
            leaf = info.leaf()
            if leaf is not None:
                running.contribution = session.gradient(gradients[0])
                if leaf.grad is not None:
                    running.before = self._copied(leaf.grad)
                    running.version = leaf.grad._version
        running.clock = perf_counter_ns()

    def _tell_retained(self, pass_: EnginePass, info: NodeInfo, gradients: Sequence[Any]) -> None:
        for output_nr, hook in info.retained.items():
            kept = self._session.gradient(gradients[output_nr])
            self._session.sink.hook_fired(pass_.number, hook, "retain_grad", info.number, False, kept, None)

    def watch_retained(self, node: Any, info: NodeInfo) -> None:
        """Where nodes are not observed: hear of what ``retain_grad()`` keeps at this one."""
        if not self._session.observes_nodes and info.pre_hooks is None:
            info.pre_hooks = node.register_prehook(partial(self._retained, info)).hooks_dict_ref

    def _retained(self, info: NodeInfo, gradients: Sequence[Any]) -> None:
        session = self._session
        if not session.listening:
            return
        try:
            with without_torch_function():
                pass_ = session.current_pass()
                if pass_ is not None:
                    self._tell_retained(pass_, info, gradients)
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)

    def _surround(self, post_hooks: Any, running: RunningNode) -> None:
        """The program's post-hooks may change gradients: one of our hooks comes before them, the other behind."""

        def keep(results: Sequence[Any], gradients: Sequence[Any]) -> None:  # noqa: ARG001
            running.results = tuple(results)
            post_hooks.pop(_FIRST, None)

        hooks = {_FIRST: keep, **{key: hook for key, hook in post_hooks.items() if not self._is_ours(hook)}}
        hooks.update({key: hook for key, hook in post_hooks.items() if self._is_ours(hook)})
        post_hooks.clear()  # PyTorch goes by the order of insertion, which move_to_end() does not change
        post_hooks.update(hooks)

    def _copied(self, gradient: Any) -> Array | None:
        array = self._session.gradient(gradient)
        return np.array(array) if self._session.with_values and array is not None else array

    # -------------------------------------------------------------------------------------------------------------- after
    def after(self, info: NodeInfo, results: Sequence[Any], gradients: Sequence[Any]) -> None:
        """The post-hook: ``results`` are the gradients of the node's inputs, ``gradients`` those of its outputs."""
        now = perf_counter_ns()
        session = self._session
        if not session.listening:
            return
        try:
            with without_torch_function():
                pass_ = session.current_pass()
                if pass_ is not None:
                    self._after(pass_, info, results, gradients, now)
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)

    def _after(self, pass_: EnginePass, info: NodeInfo, results: Sequence[Any], gradients: Sequence[Any], now: int) -> None:
        session, sink, number = self._session, self._session.sink, pass_.number
        running = self.start(pass_, info)
        if running.incoming is not None:
            self._tell_node_hooks(pass_, info, info.pre_hooks(), "node_pre", running.incoming, gradients)
        if info.leaf is not None:
            self.tell_accumulated(pass_, running)
        if pass_.create_graph:
            for result in results:
                if result is not None and result.grad_fn is not None:
                    self._graph.tell(result.grad_fn, {result.output_nr: result})
        if info.has_saved and not pass_.keep_graph and info.freed_by is None:
            info.freed_by = pass_
            sink.saved_freed(number, info.number)
        sink.node_finished(number, info.number, now - running.clock if running.clock else 0)
        post_hooks = info.post_hooks()
        if len(post_hooks) > 1:
            self._tell_node_hooks(pass_, info, post_hooks, "node_post", running.results or results, results)
        for output_nr, (result, (next_node, input_nr)) in enumerate(zip(results, info.edges, strict=False)):
            if not next_node or (result is None and pass_.restricted):
                continue
            pass_.arrived(next_node)
            sink.gradient_flowed(number, info.number, output_nr, next_node, input_nr, session.gradient(result))
        pass_.running.pop(info.number, None)

    def tell_accumulated(self, pass_: EnginePass, running: RunningNode) -> None:
        """The leaf's ``.grad`` has taken the contribution; told once."""
        leaf = running.info.leaf() if running.info.leaf is not None else None
        if running.accumulated or leaf is None or leaf.grad is None:
            return
        running.accumulated = True
        session, sink = self._session, self._session.sink
        number, gradient = session.identities.tensor(leaf), leaf.grad
        session.remember_gradient(gradient, number)
        if running.before is not None and gradient._version != running.version and not pass_.create_graph:
            session.bumped(gradient, "accumulate_grad", running.version)
        sink.gradient_accumulated(
            pass_.number, number, running.info.number, running.before, running.contribution, session.gradient(gradient)
        )

    # --------------------------------------------------------------------------------------------- the program's node hooks
    def _tell_node_hooks(
        self, pass_: EnginePass, info: NodeInfo, hooks: Any, kind: HookKind, before: Sequence[Any], after: Sequence[Any]
    ) -> None:
        """The program's own hooks at this node, which share a dictionary with ours; first seen when they fire."""
        session = self._session
        others = [(key, hook) for key, hook in hooks.items() if not self._is_ours(hook)]
        changed = any(new is not old for new, old in zip(after, before, strict=False))
        old = session.gradient(before[0]) if before else None
        new = session.gradient(after[0]) if changed and after else None
        for key, hook in others:
            number = info.hook_numbers.get(key)
            if number is None:
                number = info.hook_numbers[key] = next_hook()
                session.sink.hook_registered(number, kind, 0, info.number, hook)
            session.sink.hook_fired(pass_.number, number, kind, info.number, changed, old, new)

    def _is_ours(self, hook: Callable[..., Any]) -> bool:
        return getattr(hook, "func", None) in (self.before, self.after)
