"""What the program calls: every function of PyTorch passes through a function mode, which sorts them into a few kinds.

Most calls are looked at in one way (:meth:`Calls.call`): did a version counter move, did the call make nodes, did a tensor that
requires grad go in and none come out?
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ....core.events import NONE, CutKind
from .functions import CONVERSIONS, TO_PYTHON, UNINTERESTING, VALUES_UNUSED
from .graph import Graph
from .hooks import TensorHooks
from .loaded import torch
from .probing import sequence_number as _sequence_number
from .probing import transforming as _transforming
from .session import Session, without_torch_function

__all__ = ["CallMode", "Calls"]

Handler = Callable[[Any, Sequence[Any], dict[str, Any]], Any]

_Tensor = torch.Tensor
_grad_enabled = torch.is_grad_enabled
_TORCH_FOLDER = str(Path(torch.__file__).parent)


class CallMode(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
    """Hands calls to :class:`Calls` while the recording listens."""

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self._calls = calls

    def __torch_function__(
        self, function: Any, types: Sequence[Any], args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """PyTorch's protocol. Off while it runs, so that nothing inside ``function`` comes here."""
        calls = self._calls
        handler = calls.handlers.get(function, calls)
        if handler is calls:
            handler = calls.classify(function)
        if handler is None or not calls.wanted():
            return function(*args, **kwargs) if kwargs else function(*args)
        return handler(function, args, kwargs or {})


class Calls:
    """What to do with each function; one method for each kind."""

    def __init__(self, session: Session, graph: Graph, hooks: TensorHooks) -> None:
        self._session = session
        self._graph = graph
        self._hooks = hooks
        self.handlers: dict[Any, Any] = {}

    def classify(self, function: Any) -> Handler | None:
        """The handler of ``function``, or None for one without interest; remembered."""
        name = getattr(function, "__name__", "")
        owner = getattr(getattr(function, "__self__", None), "__name__", "")
        handler: Handler | None = self.call
        if name == "__get__":
            handler = self.get_data if owner == "data" else None
        elif name == "__set__":
            handler = {"data": self.set_data, "grad": self.set_grad, "requires_grad": self.set_requires_grad}.get(owner)
        elif name in ("register_hook", "register_post_accumulate_grad_hook"):
            handler = self._hooks.register
        elif name == "retain_grad":
            handler = self._hooks.retain
        elif name == "_set_grad_enabled":
            handler = self.set_grad_mode
        elif name in TO_PYTHON:
            handler = self.to_python
        elif name in UNINTERESTING:
            handler = None
        if len(self.handlers) < 1 << 14:
            self.handlers[function] = handler
        return handler

    def wanted(self) -> bool:
        """Whether calls in this thread are looked at now."""
        session, thread = self._session, self._session.thread
        if not session.listening or thread.quiet:
            return False
        if _transforming() is not None:
            session.coverage.met("transforms")
            return False
        if thread.in_step:  # until a call from outside PyTorch: a step that raises has no end that we hear of
            if sys._getframe(2).f_code.co_filename.startswith(_TORCH_FOLDER):
                return False
            thread.in_step = False
        return True

    # ------------------------------------------------------------------------------------------------------ ordinary calls
    def call(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """A call that may make nodes or write in place."""
        tensors, versions = self._before(args, kwargs)
        sequence_number = _sequence_number()
        result = function(*args, **kwargs) if kwargs else function(*args)
        session = self._session
        try:
            with without_torch_function():
                self._after(function.__name__, tensors, versions, result, _sequence_number() != sequence_number)
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            session.fail(error)
        return result

    def apply(self, function: Any, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """``Function.apply`` of a custom function, whose forward runs without recording by design."""
        self._session.custom_functions = True
        thread = self._session.thread
        tensors, versions = self._before(args, kwargs)
        thread.in_function += 1
        try:
            result = function(*args, **kwargs)
        finally:
            thread.in_function -= 1
        try:
            with without_torch_function():
                self._after(name, tensors, versions, result, True)
        except Exception as error:  # noqa: BLE001  the guard
            self._session.fail(error)
        return result

    def scripted(self, function: Any, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """A call of scripted code, which calls nothing that could be watched."""
        self._session.coverage.met("scripted")
        return self.apply(function, name, args, kwargs)

    def tell_results(self, name: str, result: Any) -> None:
        """What a call that was not looked at has made."""
        with without_torch_function():
            self._after(name, [], [], result, True)

    def _before(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[list[Any], list[int]]:
        tensors: list[Any] = []
        for value in args:
            if isinstance(value, _Tensor):
                tensors.append(value)
            elif isinstance(value, (list, tuple)):
                tensors.extend([one for one in value if isinstance(one, _Tensor)])
        for value in kwargs.values():
            if isinstance(value, _Tensor):
                tensors.append(value)
            elif isinstance(value, (list, tuple)):
                tensors.extend([one for one in value if isinstance(one, _Tensor)])
        try:
            with without_torch_function():
                return tensors, [tensor._version for tensor in tensors]
        except RuntimeError:  # tensors made in inference mode have no version
            return tensors, []

    def _after(self, name: str, tensors: list[Any], versions: list[int], result: Any, recorded: bool) -> None:
        session = self._session
        made: list[Any] = []
        if isinstance(result, _Tensor):
            made.append(result)
        elif isinstance(result, (list, tuple)):
            made.extend([one for one in result if isinstance(one, _Tensor)])
        written: list[Any] = []
        for tensor, version in zip(tensors, versions, strict=False):
            if tensor._version != version and not _contains(written, tensor):
                written.append(tensor)
                session.bumped(tensor, name, version)
        if name == "zero_" and written:
            self._tell_zeroed(written[0])
        if recorded:
            self._tell_nodes(made, written)
        if made and not written:
            self._tell_leaves_and_cuts(name, tensors, made)

    def _tell_nodes(self, made: list[Any], written: list[Any]) -> None:
        """The nodes behind the results; behind a written view's base, as asking the view would make another node now."""
        by_node: list[tuple[Any, dict[int, Any]]] = []
        targets = [tensor for tensor in made if not _contains(written, tensor)]
        targets += [tensor._base if tensor._is_view() else tensor for tensor in written]
        for tensor in targets:
            node = tensor.grad_fn
            if node is None:
                continue
            if by_node and by_node[-1][0] is node:
                by_node[-1][1][tensor.output_nr] = tensor
            else:
                by_node.append((node, {tensor.output_nr: tensor}))
        for node, visible in by_node:
            self._graph.tell(node, visible)

    def _tell_leaves_and_cuts(self, name: str, tensors: list[Any], made: list[Any]) -> None:
        session = self._session
        sources: list[Any] | None = None
        for tensor in made:
            if tensor.requires_grad:
                # a view taken under no_grad, or in a custom forward, calls itself a leaf that requires grad: none ever reaches it
                if tensor.is_leaf and (name == "requires_grad_" or not (tensor._is_view() or _contains(tensors, tensor))):
                    session.leaf(tensor)
                continue
            if sources is None:
                inside = session.thread.in_function or (session.thread.passes and session.current_pass() is not None)
                sources = [] if inside or name in VALUES_UNUSED else [source for source in tensors if source.requires_grad]
            for source in sources:
                how = self._how(name, tensor)
                session.sink.graph_cut(session.identities.tensor(source), session.identities.tensor(tensor), how)

    def _how(self, name: str, result: Any) -> CutKind:
        if name in ("detach", "detach_"):
            return "detach"
        if not _grad_enabled():
            return "no_grad"
        if name in CONVERSIONS and not (result.is_floating_point() or result.is_complex()):
            return "dtype"
        return "non_differentiable"

    def _tell_zeroed(self, gradient: Any) -> None:
        session = self._session
        leaf = session.leaf_of_gradient(gradient)
        if leaf is not None:
            session.sink.grad_reset((leaf,), "zero")

    # -------------------------------------------------------------------------------------------------------- special calls
    def get_data(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """``tensor.data``: the same memory, without history and with a version counter of its own."""
        result = function(*args, **kwargs)
        session = self._session
        try:
            with without_torch_function():
                session.remember_alias(args[0])
                if args[0].requires_grad:
                    session.sink.graph_cut(session.identities.tensor(args[0]), session.identities.tensor(result), "data")
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)
        return result

    def set_data(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """``tensor.data = other``."""
        result = function(*args, **kwargs)
        session = self._session
        try:
            with without_torch_function():
                session.sink.data_written(session.identities.tensor(args[0]), session.identities.storage(args[0]), "data")
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)
        return result

    def set_grad(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """``tensor.grad = None`` (another value is the program's own business)."""
        result = function(*args, **kwargs)
        session = self._session
        try:
            with without_torch_function():
                if len(args) > 1 and args[1] is None:
                    session.sink.grad_reset((session.identities.tensor(args[0]),), "none")
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)
        return result

    def set_requires_grad(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """``tensor.requires_grad = True`` makes a leaf."""
        result = function(*args, **kwargs)
        session = self._session
        try:
            with without_torch_function():
                if args[0].requires_grad and args[0].is_leaf:
                    session.leaf(args[0])
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)
        return result

    def to_python(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """``item()``, ``numpy()`` and their like: values that leave PyTorch."""
        result = function(*args, **kwargs)
        session = self._session
        try:
            with without_torch_function():
                if args[0].requires_grad:
                    session.sink.graph_cut(session.identities.tensor(args[0]), NONE, TO_PYTHON[function.__name__])
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)
        return result

    def set_grad_mode(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """``no_grad``, ``enable_grad`` and their like."""
        before = _grad_enabled()
        result = function(*args, **kwargs)
        enabled = _grad_enabled()
        if enabled != before:
            self._session.sink.grad_mode_changed(enabled)
        return result


def _contains(tensors: list[Any], wanted: Any) -> bool:
    """Whether this very tensor is among them (``in`` would compare elements)."""
    return any(tensor is wanted for tensor in tensors)
