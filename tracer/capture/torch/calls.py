"""What the program calls: every function of PyTorch passes through a function mode, which sorts them into a few kinds.

Most calls are looked at in one way (:meth:`Calls.call`): did a version counter move, did the call make nodes, did a tensor that
requires grad go in and none come out?
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import BuiltinFunctionType, FrameType, MethodDescriptorType, WrapperDescriptorType
from typing import Any

from ....core.events import NONE, CutKind, Unknown
from . import explaining
from .arrays import as_array
from .functions import CONVERSIONS, TO_PYTHON, UNINTERESTING, VALUES_UNUSED, WRITES_UNCOUNTED
from .graph import Graph
from .hooks import TensorHooks
from .loaded import node_behind, torch
from .memory import MEMORY_GIVEN, MEMORY_TAKEN, Memory
from .probing import transforming as _transforming
from .session import Session, place_here, without_torch_function

__all__ = ["CallMode", "Calls"]

Handler = Callable[[Any, Sequence[Any], dict[str, Any]], Any]

_unknown: Any = object()
_Tensor = torch.Tensor
_Parameter = torch.nn.Parameter
_grad_enabled = torch.is_grad_enabled
_Function, _Method, _Operator = BuiltinFunctionType, MethodDescriptorType, WrapperDescriptorType
_TORCH_FOLDER = str(Path(torch.__file__).parent)
_OWN_FOLDER = str(Path(explaining.__file__).parent)  # compiled modules are elsewhere


class CallMode(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
    """Hands calls to :class:`Calls` while the recording listens."""

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self._dispatch = calls.dispatch

    def __torch_function__(
        self, function: Any, types: Sequence[Any], args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """PyTorch's protocol. Off while it runs, so that nothing inside ``function`` comes here."""
        return self._dispatch(function, args, kwargs)


class Calls:
    """What to do with each function; one method for each kind."""

    def __init__(self, session: Session, graph: Graph, hooks: TensorHooks) -> None:
        self._session = session
        self._graph = graph
        self._hooks = hooks
        self._handlers: dict[Any, Handler | None] = {}
        self._ordinary: Handler = self.call
        self._memory = Memory(session, self.call)

    def dispatch(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any] | None) -> Any:
        """Call ``function``, looking at it as its kind asks for."""
        handler: Any = None
        try:
            handler = self._handlers.get(function, _unknown)
            if handler is _unknown:
                handler = self.classify(function)
            if handler is not None and not self.wanted():
                handler = None
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            self._session.fail(error)
            handler = None
        if handler is None:
            return function(*args, **kwargs) if kwargs else function(*args)
        if handler is self._ordinary:
            return self.call(function, args, kwargs)
        return handler(function, args, kwargs or {})

    def classify(self, function: Any) -> Handler | None:
        """The handler of ``function``, or None for one without interest; remembered."""
        name = getattr(function, "__name__", "")
        owner = getattr(getattr(function, "__self__", None), "__name__", "")
        handler: Handler | None = self._ordinary
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
        elif name in WRITES_UNCOUNTED:
            handler = self.uncounted
        elif name in MEMORY_GIVEN:
            handler = self._memory.given
        elif name in MEMORY_TAKEN:
            handler = self._memory.taken
        elif name in UNINTERESTING:
            handler = None
        if len(self._handlers) < 1 << 14:
            self._handlers[function] = handler
        return handler

    def wanted(self) -> bool:
        """Whether calls in this thread are looked at now."""
        session = self._session
        if not session.listens():
            return False
        thread = session.running_thread()
        if thread.quiet:
            return False
        if _transforming() is not None:
            session.coverage.met("transforms")
            return False
        if thread.in_step:  # until a call from outside PyTorch: a step that raises has no end that we hear of
            if _called_from_torch():
                return False
            thread.in_step = False
        return True

    # ------------------------------------------------------------------------------------------------------ ordinary calls
    def call(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any] | None) -> Any:
        """A call that may make nodes or write in place."""
        session = self._session
        try:  # as in _before
            tensors = _tensors_in(args, kwargs)
            versions = _versions(tensors)
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            session.fail(error)
            tensors, versions = [], []
        result = function(*args, **kwargs) if kwargs else function(*args)
        try:
            with without_torch_function():
                kind = type(function)
                built_in = kind is _Function or kind is _Method or kind is _Operator
                self._after(getattr(function, "__name__", "call"), tensors, versions, result, built_in)
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
                self._after(name, tensors, versions, result, False)
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
            self._after(name, [], [], result, False)

    def _before(self, args: Sequence[Any], kwargs: dict[str, Any] | None) -> tuple[list[Any], list[Any]]:
        """The tensors among the arguments of a call, and their versions."""
        try:
            tensors = _tensors_in(args, kwargs)
            return tensors, _versions(tensors)
        except Exception as error:  # noqa: BLE001  the guard: the call is the program's
            self._session.fail(error)
            return [], []

    def _after(self, name: str, tensors: list[Any], versions: list[Any], result: Any, built_in: bool) -> None:
        session = self._session
        if session.shared:
            session.shared_arrays.look_at(tensors)
        written: list[Any] | None = None
        for index in range(len(versions)):
            tensor = tensors[index]
            version = versions[index]
            if tensor._version != version and (written is None or not _contains(written, tensor)):
                if written is None:
                    written = []
                written.append(tensor)
                session.bumped(tensor, name, version)
        if written is None and isinstance(result, _Tensor):  # most calls
            node = node_behind(result)
            if node is None:
                self._tell_leaf_or_cut(name, tensors, result)
            elif not _contains(tensors, result):
                self._graph.tell_result(node, result, built_in)
            return
        made = _tensors_in((result,), None)
        if written is not None:
            if name in ("zero_", "_foreach_zero_"):
                for gradient in written:
                    self._tell_zeroed(gradient)
            self._tell_nodes(made, written, tensors)
            return
        self._tell_nodes(made, (), tensors)
        for tensor in made:
            if node_behind(tensor) is None:
                self._tell_leaf_or_cut(name, tensors, tensor)

    def _tell_nodes(self, made: list[Any], written: Sequence[Any], arguments: list[Any]) -> None:
        """The nodes behind the results; behind a written view's base, as asking the view would make another node now.

        An argument that is also a result has no new node unless it was written to; if it is a view, asking might make one.
        """
        by_node: list[tuple[Any, dict[int, Any]]] = []
        targets = [tensor for tensor in made if not _contains(arguments, tensor)]
        targets += [tensor._base if tensor._is_view() else tensor for tensor in written]
        for tensor in targets:
            node = node_behind(tensor)
            if node is None:
                continue
            if by_node and by_node[-1][0] is node:
                by_node[-1][1][tensor.output_nr] = tensor
            else:
                by_node.append((node, {tensor.output_nr: tensor}))
        for node, visible in by_node:
            self._graph.tell(node, visible)

    def _tell_leaf_or_cut(self, name: str, tensors: list[Any], result: Any) -> None:
        """``result`` has no node: it is a leaf, or what was known of its sources ends here."""
        session = self._session
        if result.requires_grad:
            # a view taken under no_grad, or in a custom forward, calls itself a leaf that requires grad: none ever reaches it
            # nor has anything use for one without elements that PyTorch makes: checkpoints of versions up to 2.10, at least, do
            if (name == "requires_grad_" or not (result._is_view() or _contains(tensors, result))) and (
                result.numel() or not _called_from_torch()
            ):
                session.leaf(result)
            return
        sources = [source for source in tensors if source.requires_grad]
        if not sources or name in VALUES_UNUSED:
            return
        thread = session.running_thread()
        if thread.in_function or (thread.passes and session.current_pass() is not None):
            return
        how = self._how(name, result)
        number = session.identities.tensor(result)
        for source in sources:
            session.sink.graph_cut(session.identities.tensor(source), number, how)

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
        """``tensor.grad = None``, or zeros (another value is the program's own business)."""
        result = function(*args, **kwargs)
        session = self._session
        try:
            with without_torch_function():
                if len(args) > 1 and (args[1] is None or _all_zeros(args[1])):
                    session.sink.grad_reset((session.identities.tensor(args[0]),), "none" if args[1] is None else "zero")
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
                elif TO_PYTHON[function.__name__] == "numpy":
                    session.shared_arrays.given(result, place_here())
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)
        return result

    def uncounted(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """A call that may write to its arguments without counting it, which is PyTorch's own affair."""
        session = self._session
        if session.shared:
            try:
                with without_torch_function():
                    session.shared_arrays.about_to_be_written(_tensors_in(args, kwargs))
            except Exception as error:  # noqa: BLE001  the guard
                session.fail(error)
        return self.call(function, args, kwargs)

    def set_grad_mode(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """``no_grad``, ``enable_grad`` and their like."""
        before = _grad_enabled()
        result = function(*args, **kwargs)
        enabled = _grad_enabled()
        if enabled != before:
            self._session.sink.grad_mode_changed(enabled)
        return result


def _all_zeros(gradient: Any) -> bool:
    """Whether the program has put an empty gradient in place of the old one; on a device, where asking would wait, never."""
    if type(gradient) is not _Tensor or gradient.device.type != "cpu":
        return False
    values = as_array(gradient)
    return not (isinstance(values, Unknown) or values.any())


def _tensors_in(values: Sequence[Any], named: dict[str, Any] | None) -> list[Any]:
    """The tensors among a call's arguments, and those in lists and tuples among them."""
    tensors: list[Any] = []
    for value in values:
        _add_tensors(tensors, value)
    if named:
        for value in named.values():
            _add_tensors(tensors, value)
    return tensors


def _add_tensors(tensors: list[Any], value: Any) -> None:
    kind = type(value)
    if kind is _Tensor or kind is _Parameter:
        tensors.append(value)
    elif kind is float or kind is int or value is None or kind is bool:  # the most common ones; asking Tensor takes longer
        return
    elif isinstance(value, list):  # as C sees it: what a class of the program's makes of its iteration is not asked for
        tensors.extend([one for one in list.__iter__(value) if isinstance(one, _Tensor)])
    elif isinstance(value, tuple):
        tensors.extend([one for one in tuple.__iter__(value) if isinstance(one, _Tensor)])
    elif isinstance(value, _Tensor):
        tensors.append(value)


def _versions(tensors: list[Any]) -> list[Any]:
    """Their version counters; none at all when one was made in inference mode and has no version."""
    if not tensors:
        return []
    try:
        with without_torch_function():
            return [tensor._version for tensor in tensors]
    except RuntimeError:
        return []


def _called_from_torch() -> bool:
    """Whether the innermost frame outside this package is one of PyTorch's."""
    frame: FrameType | None = sys._getframe(0)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(_OWN_FOLDER):
            return file.startswith(_TORCH_FOLDER)
        frame = frame.f_back
    return False


def _contains(tensors: Sequence[Any], wanted: Any) -> bool:
    """Whether this very tensor is among them (``in`` would compare elements)."""
    for tensor in tensors:  # noqa: SIM110  no generator on the hot path
        if tensor is wanted:
            return True
    return False
