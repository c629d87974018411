"""Calls into the engine: a stand-in in its place tells when a pass begins and ends, from where, and how it fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .explaining import explain
from .loaded import torch
from .passes import EnginePass
from .session import Session, without_torch_function

if TYPE_CHECKING:
    from .graph import Graph
    from .replicas import Replicas

__all__ = ["EngineStandIn"]

_transforming = torch._C._functorch.peek_interpreter_stack


class EngineStandIn:
    """Stands in for ``torch.autograd.Variable._execution_engine`` and hands everything on to it."""

    def __init__(self, real: Any, session: Session, graph: Graph, mode: Any, replicas: Replicas) -> None:
        self._real = real
        self._session = session
        self._graph = graph
        self._mode = mode
        self._replicas = replicas

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def run_backward(self, *args: Any, **kwargs: Any) -> Any:
        """A call into the engine. The function mode, which is off inside ``Tensor.backward``, is on for what the engine calls."""
        session = self._session
        opened = self._begin(args, kwargs) if session.listening and _transforming() is None else None
        if opened is None:
            return self._real.run_backward(*args, **kwargs)
        pass_, roots = opened
        try:
            with self._switched_on():
                result = self._real.run_backward(*args, **kwargs)
        except Exception as error:
            self._end(pass_, roots, error)
            raise
        except BaseException:
            self._end(pass_, roots, None, "raised")
            raise
        self._end(pass_, roots, None)
        return result

    @contextmanager
    def _switched_on(self) -> Iterator[None]:
        if self._mode in torch.overrides._get_current_function_mode_stack():
            yield
        else:
            with self._mode:
                yield

    def _begin(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[EnginePass, list[Any]] | None:
        session = self._session
        try:
            with without_torch_function():
                session.thread.in_step = False
                return self._open(args, kwargs)
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)
            return None

    def _open(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[EnginePass, list[Any]]:
        """``args`` are those of the engine's own ``run_backward``: roots, their gradients, keep_graph, create_graph, inputs."""
        session, graph = self._session, self._graph
        tensors, gradients, keep_graph, create_graph = args[:4]
        inputs = args[4] if len(args) > 4 else kwargs.get("inputs", ())
        edges = [_edge(tensor) for tensor in tensors]
        told = [(None if node is None else graph.tell(node), output_nr) for node, output_nr in edges]
        roots = [(info.number, output_nr) for info, output_nr in told if info is not None]
        accumulates = bool(kwargs.get("accumulate_grad", True))
        pass_ = EnginePass([node for node, _ in roots], bool(keep_graph), bool(create_graph), accumulates)
        pass_.restricted = bool(inputs)
        if not accumulates:
            captured = [graph.info(node) for node, _ in map(_edge, inputs) if node is not None]
            pass_.captured = {info.number for info in captured if info is not None}
        known_inputs = [session.identities.tensor(one) for one in inputs if isinstance(one, torch.Tensor)]
        session.sink.backward_started(pass_.number, pass_.call, roots, pass_.keep_graph, pass_.create_graph, known_inputs)
        for (info, output_nr), gradient in zip(told, gradients, strict=False):
            if info is not None:
                pass_.arrived(info.number)
                session.sink.gradient_flowed(pass_.number, 0, 0, info.number, output_nr, session.gradient(gradient))
        pass_.replicas = self._replicas.before_pass()
        session.open_pass(pass_)
        return pass_, [node for node, _ in edges if node is not None]

    def _end(self, pass_: EnginePass, roots: list[Any], error: Exception | None, outcome: str = "finished") -> None:
        session = self._session
        session.close_pass(pass_)
        if not session.listening:
            return
        try:
            with without_torch_function():
                if error is not None:
                    outcome = "raised"
                    self._tell_error(pass_, roots, error)
                elif pass_.replicas and outcome == "finished":
                    self._replicas.after_pass(pass_.number, pass_.replicas)
                session.sink.backward_ended(pass_.number, "raised" if outcome == "raised" else "finished")
        except Exception as failure:  # noqa: BLE001  the guard
            session.fail(failure)

    def _tell_error(self, pass_: EnginePass, roots: list[Any], error: Exception) -> None:
        session = self._session
        running = list(pass_.running.values())
        kind, message = type(error).__name__, str(error)
        if not running:
            session.sink.error_raised(kind, message, pass_.number)
            return
        info = running[-1].info
        explanation = explain(session, error, pass_, info, roots)
        session.sink.error_raised(kind, message, pass_.number, info.number, explanation.storage, explanation.version)
        if not getattr(error, "__notes__", None):  # an outer pass meets the exception of an inner one again
            for note in explanation.notes:
                error.add_note(note)


def _edge(root: Any) -> tuple[Any, int]:
    """Node and output number of a root or input: a tensor or a ``GradientEdge``."""
    if not isinstance(root, torch.Tensor):
        return root[0], root[1]
    if root.grad_fn is not None:
        return root.grad_fn, root.output_nr
    if not root.requires_grad:
        return None, 0
    edge = torch.autograd.graph.get_gradient_edge(root)
    return edge.node, edge.output_nr
