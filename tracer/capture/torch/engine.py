"""Calls into the engine: a stand-in in its place tells when a pass begins and ends, from where, and how it fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import get_ident
from typing import TYPE_CHECKING, Any

from ....core import events
from ....core.events import NONE
from .explaining import explain
from .failing import Failures
from .loaded import node_behind, torch
from .loops import Loop
from .passes import EnginePass
from .patches import enter_mode, mode_is_on, remove_mode
from .probing import current_node, unheard
from .probing import transforming as _transforming
from .session import Session, without_torch_function
from .unobserved import UnobservedPasses

if TYPE_CHECKING:
    from .graph import Graph, NodeInfo
    from .naming import Names
    from .nodes import Nodes
    from .replicas import Replicas

__all__ = ["EngineStandIn", "edge_of"]


class EngineStandIn:
    """Stands in for ``torch.autograd.Variable._execution_engine`` and hands everything on to it."""

    def __init__(self, session: Session, graph: Graph, nodes: Nodes, mode: Any, replicas: Replicas, names: Names) -> None:
        self.real: Any = None
        self._session = session
        self._graph = graph
        self._nodes = nodes
        self._mode = mode
        self._replicas = replicas
        self._names = names
        self._loop = Loop()
        self._failures = Failures(graph)
        self._unobserved = UnobservedPasses(session, graph, self._failures)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def run_backward(self, *args: Any, **kwargs: Any) -> Any:
        """A call into the engine. The function mode, which is off inside ``Tensor.backward``, is on for what the engine calls."""
        session = self._session
        opened = self._begin(args, kwargs) if session.listening and _transforming() is None else None
        if opened is None:
            result = self.real.run_backward(*args, **kwargs)
            self._tell_loop()
            return result
        pass_, roots, tensors = opened
        try:
            with self._switched_on():
                result = self.real.run_backward(*args, **kwargs)
        except Exception as error:
            self._end(pass_, roots, error)
            raise
        except BaseException:
            self._end(pass_, roots, None, "raised")
            raise
        self._end(pass_, roots, None, "finished", (tensors, result))
        self._tell_loop()
        return result

    def _tell_loop(self) -> None:
        if events.step_listener is not None and self._session.active:
            try:
                self._loop.pass_is_over()
            except Exception as error:  # noqa: BLE001  the guard
                self._session.fail(error)

    @contextmanager
    def _switched_on(self) -> Iterator[None]:
        wanted = not self._session.compiled  # compiled code does not stand it
        switched = self._switch(wanted)
        try:
            yield
        finally:
            if switched and (wanted or self._session.active):
                self._switch(not wanted)

    def _switch(self, wanted: bool) -> bool:
        """Have the mode on or off in this thread; returns whether it was not."""
        try:
            if mode_is_on(self._mode) == wanted:
                return False
            (enter_mode if wanted else remove_mode)(self._mode)
        except Exception as error:  # noqa: BLE001  the guard
            self._session.fail(error)
            return False
        return True

    def _begin(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[EnginePass, list[Any], Sequence[Any]] | None:
        session = self._session
        try:
            with without_torch_function():
                session.thread.in_step = False
                return self._open(args, kwargs)
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)
            return None

    def _open(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[EnginePass, list[Any], Sequence[Any]]:
        """``args`` are those of the engine's own ``run_backward``: roots, their gradients, keep_graph, create_graph, inputs."""
        session, graph = self._session, self._graph
        tensors, gradients, keep_graph, create_graph = args[:4]
        inputs = args[4] if len(args) > 4 else kwargs.get("inputs", ())
        if session.shared:
            session.shared_arrays.look()
        edges = [edge_of(tensor) for tensor in tensors]
        self._note_what_was_not_seen(edges)
        if not session.observes_nodes:
            for one in inputs:  # so that the tensor that stands for the node has a number
                if isinstance(one, torch.Tensor) and node_behind(one) is not None:
                    graph.tell(one.grad_fn, {one.output_nr: one})
        told = [(None if node is None else graph.tell(node), output_nr) for node, output_nr in edges]
        self._names.before_pass()
        roots = [(info.number, output_nr) for info, output_nr in told if info is not None]
        accumulates = bool(kwargs.get("accumulate_grad", True))
        pass_ = EnginePass([node for node, _ in roots], bool(keep_graph), bool(create_graph), accumulates)
        pass_.restricted = bool(inputs)
        pass_.inputs = [node for node, _ in map(edge_of, inputs) if node is not None]
        if not accumulates:
            captured = [graph.info(node) for node in pass_.inputs]
            pass_.captured = {info.number for info in captured if info is not None}
        known_inputs = [session.identities.tensor(one) for one in inputs if isinstance(one, torch.Tensor)]
        if len(known_inputs) < len(inputs) and not session.observes_nodes:
            known_inputs.append(NONE)  # a gradient edge: without its name the pass cannot be worked out
        session.sink.backward_started(
            pass_.number,
            pass_.call,
            roots,
            pass_.keep_graph,
            pass_.create_graph,
            known_inputs,
            "torch",
            self._running_node(),
        )
        for (info, output_nr), gradient in zip(told, gradients, strict=False):
            if info is not None and session.observes_nodes:
                pass_.arrived(info.number)
                session.sink.gradient_flowed(pass_.number, 0, 0, info.number, output_nr, session.gradient(gradient))
        pass_.replicas = self._replicas.before_pass()
        session.open_pass(pass_)
        self._watch_leaves()
        return pass_, [node for node, _ in edges if node is not None], tensors

    def _watch_leaves(self) -> None:
        """Be there before leaves get more gradient: those that have one by now, which is added to, or hooks that may change it."""
        graph = self._graph
        if graph.first_thread != get_ident():
            return
        for leaf, info in graph.to_be_seen_from_the_front():
            node, _ = edge_of(leaf)
            if node is not None and graph.info(node) is info:
                node.register_prehook(info)

    def _running_node(self) -> int:
        """The node of an outer pass that is making this call."""
        node = current_node() if self._session.thread.passes else None
        info = self._graph.info(node) if node is not None else None
        return NONE if info is None else info.number

    def _note_what_was_not_seen(self, roots: Sequence[tuple[Any, int]]) -> None:
        if not self._session.thread.watched:
            self._session.coverage.met("threads")
        elif any(node is not None and self._graph.info(node) is None and not hasattr(node, "variable") for node, _ in roots):
            self._session.coverage.met("late")

    def _end(
        self,
        pass_: EnginePass,
        roots: list[Any],
        error: Exception | None,
        outcome: str = "finished",
        ends: tuple[Sequence[Any], Any] = ((), None),
    ) -> None:
        """``ends`` are the tensors that the pass began at, and what it returned."""
        session = self._session
        try:
            session.close_pass(pass_)
            with without_torch_function():
                if not session.listening:
                    return
                if session.thread.passes:
                    self._watch_leaves()
                if error is not None:
                    outcome = "raised"
                    self._tell_error(pass_, roots, error)
                elif outcome == "finished":
                    if not session.observes_nodes:
                        self._unobserved.finished(pass_, roots, *ends)
                    for tell in pass_.replicas:
                        tell(pass_.number)
                session.sink.backward_ended(pass_.number, "raised" if outcome == "raised" else "finished")
        except Exception as failure:  # noqa: BLE001  the guard
            session.fail(failure)
        finally:
            pass_.forget()

    def _tell_error(self, pass_: EnginePass, roots: list[Any], error: Exception) -> None:
        session = self._session
        kind, message = type(error).__name__, str(error)
        info = self._failed_at(pass_, roots, error)
        if info is None:
            session.sink.error_raised(kind, message, pass_.number)
            _add_notes(error, [] if session.observes_nodes else self._unobserved.notes(error))
            return
        explanation = explain(session, error, pass_, info, roots)
        session.sink.error_raised(kind, message, pass_.number, info.number, explanation.storage, explanation.version)
        _add_notes(error, explanation.notes)

    def _failed_at(self, pass_: EnginePass, roots: list[Any], error: Exception) -> NodeInfo | None:
        if not self._session.observes_nodes:
            return self._unobserved.failed_at(pass_, roots, error)
        if pass_.running:
            return list(pass_.running.values())[-1].info
        node = self._failures.stopped_at(pass_, roots, error)
        info = self._graph.info(node) if node is not None else None
        if info is not None:
            self._nodes.start(pass_, info)
        return info


def _add_notes(error: Exception, notes: Iterable[str]) -> None:
    if not getattr(error, "__notes__", None):  # an outer pass meets the exception of an inner one again
        for note in notes:
            error.add_note(note)


def edge_of(root: Any) -> tuple[Any, int]:
    """Node and output number of a root or input: a tensor or a ``GradientEdge``."""
    if not isinstance(root, torch.Tensor):
        return root[0], root[1]
    node = node_behind(root)
    if node is not None:
        return node, root.output_nr
    viewed = root.layout is torch.strided and not root.is_nested
    if not root.is_leaf or not root.requires_grad or not (viewed or root.layout is torch.sparse_coo):
        return None, 0  # PyTorch may warn when a compressed or nested tensor is made
    try:
        with torch.enable_grad(), unheard():  # what PyTorch's own get_gradient_edge does
            made = root.view_as(root) if viewed else root.clone()
    except (RuntimeError, ValueError):  # the latter: a parameter of a lazy module
        return None, 0
    if made.grad_fn is None:  # in inference mode
        return None, 0
    edge: tuple[Any, int] = made.grad_fn.next_functions[0]
    return edge
