"""Passes whose nodes nobody observes: what has to be told all the same when such a pass ends or fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ....core.identity import next_node
from .failing import below, freed, modified
from .loaded import torch
from .saved import raw_saved

if TYPE_CHECKING:
    from .failing import Failures
    from .graph import Graph, NodeInfo
    from .passes import EnginePass
    from .session import Session

__all__ = ["UnobservedPasses"]


class UnobservedPasses:
    """Looks at what a pass has left behind."""

    def __init__(self, session: Session, graph: Graph, failures: Failures) -> None:
        self._session = session
        self._graph = graph
        self._failures = failures

    def finished(self, pass_: EnginePass, roots: Sequence[Any], tensors: Iterable[Any], result: Any) -> None:
        """A pass ran to its end. ``roots`` are the nodes it began at, ``tensors`` their tensors; ``result`` is what it returned."""
        if not pass_.keep_graph:
            self._failures.finished(pass_, tensors, next_node())
        if not pass_.accumulates:
            for gradient in result if pass_.create_graph else ():
                self._tell_history(gradient)
            return
        self._session.unseen_gradients.pass_over()
        if pass_.create_graph or self._session.custom_functions:
            self._look_at_leaves(pass_, roots)

    def _look_at_leaves(self, pass_: EnginePass, roots: Sequence[Any]) -> None:
        """Tell of the nodes behind gradients, and of leaves that got none: a custom function may return None for one."""
        for node in below(roots):
            info = self._graph.info(node)
            leaf = info.leaf() if info is not None and info.leaf is not None else None
            if info is None or leaf is None:
                continue
            if leaf.grad is None:
                self._session.sink.node_finished(pass_.number, info.number, 0)
            elif pass_.create_graph:
                self._tell_history(leaf.grad)

    def _tell_history(self, gradient: Any) -> None:
        if isinstance(gradient, torch.Tensor) and gradient.grad_fn is not None:
            self._graph.tell(gradient.grad_fn, {gradient.output_nr: gradient})

    def failed_at(self, pass_: EnginePass, roots: Sequence[Any], error: Exception) -> NodeInfo | None:
        """The node at which a pass failed; None when that cannot be told."""
        if pass_.in_hook is not None:
            return pass_.in_hook
        node = self._failures.node_of(pass_, roots, error)
        info = self._graph.info(node) if node is not None else None
        if info is None:
            return None
        if freed(error):
            info.freed_by = self._failures.freed_by(info)
        else:
            self._tell_accumulation(node, error)
        return info

    def notes(self, error: Exception) -> list[str]:
        """What can be said of an error whose node is not known."""
        return self._failures.notes(error)

    def _tell_accumulation(self, node: Any, error: Exception) -> None:
        """What the engine adds to a ``.grad`` is no write that anybody saw, but may be what a node missed."""
        versions, session = modified(error), self._session
        if versions is None:
            return
        for _, saved in raw_saved(node):
            if not isinstance(saved, torch.Tensor) or session.leaf_of_gradient(saved) is None:
                continue
            if not session.writes.since(session.identities.storage(saved), versions[1]):
                session.bumped(saved, "accumulate_grad", versions[1])
