"""Putting the capture into a running PyTorch, and taking it out again."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any

from ....core.events import Sink
from ...environment import place_has_changed
from ..options import Compile
from .aside import Aside
from .calls import CallMode, Calls
from .compiling import Compiling
from .deep_graphs import make_room
from .dormant import Dormant
from .engine import EngineStandIn
from .explaining import explained
from .graph import Graph, Registration
from .hooks import TensorHooks
from .loaded import torch
from .lookup import find
from .memory import watched_maker
from .modules import Modules
from .naming import Names
from .node_hooks import NodeHooks
from .nodes import Nodes
from .older_saves import stand_in_for_hooks
from .optimizers import Optimizers, parameters_of
from .patches import Patches
from .probing import has, missing, refusals, saves_are_unpacked
from .replicas import Replicas
from .session import Session
from .switch import Switch
from .threads import Threads
from .warned import stand_in_for_warnings

__all__ = ["Installation"]

_CHECKPOINTS = "torch.utils.checkpoint"  # until 2.10, at least, it keeps arguments in a node that no backward ever runs


class Installation:
    """The capture in a running PyTorch, from now on, in this thread and those it starts. Nothing here raises.

    While it pauses, numbers stay given, hooks stay wrapped, and what is known of nodes stays known.
    """

    def __init__(self, sink: Sink, level: str, compile: Compile = "opaque") -> None:
        self._session = Session(sink, level)
        self._session.uninstall = self._take_back
        self._whole: _Parts | None = None
        with self._guarded():
            self._whole = _Parts(self._session, compile)
            _installations.append(self)
            self._whole.put_in()
            make_room()
            self.resume()
            for sentence in missing():
                self._session.coverage.version(sentence)
                print(f"gradtrace: {sentence}", file=sys.stderr)
            for sentence in refusals():
                print(f"gradtrace: {sentence}", file=sys.stderr)

    def pause(self) -> None:
        """Take out what costs time. Call it while the sink still listens."""
        if self._whole is not None:
            with self._guarded():
                self._whole.switch.off()

    def resume(self) -> None:
        """Put back what :meth:`pause` has taken out."""
        if self._whole is not None and self._session.active:
            with self._guarded():
                self._session.thread.watched = True
                self._whole.switch.on()

    def stop(self) -> None:
        """Take everything back."""
        self.pause()
        was_active, self._session.active = self._session.active, False
        try:
            self._take_back()
        except Exception as error:  # noqa: BLE001  the guard
            if was_active:
                self._session.say(error)
        if self._whole is not None:
            self._whole.leave_warnings()
        if self in _installations:
            _installations.remove(self)

    def _take_back(self) -> None:
        if self._whole is not None:
            self._whole.take_out()

    def forked(self) -> None:
        """The program has made a child, which is not recorded."""
        if self._session.listening:
            self._session.coverage.met("processes")

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001  a PyTorch that lacks what this needs: the program goes on unwatched
            self._session.fail(error)


class _Parts:
    """All that is put into PyTorch."""

    def __init__(self, session: Session, compile: Compile) -> None:
        self._session = session
        self._explained = ExitStack()
        graph = Graph(session)
        nodes = Nodes(session, graph)
        self._hooks = TensorHooks(session, graph, nodes)
        calls = Calls(session, graph, self._hooks)
        mode = CallMode(calls)
        replicas = Replicas(session, graph)
        self._patches, self._of_warnings = Patches(), Patches()
        names = Names(session)
        modules = Modules(session, replicas, names.strays)
        node_hooks = NodeHooks(session, graph, nodes, self._hooks)
        self.switch = Switch(mode, modules, Dormant(modules, node_hooks))
        self._compiling = Compiling(session, (self._patches, self._of_warnings, self.switch.hooks), mode, calls, compile)
        for name in ("torch.jit.trace", "torch.jit.trace_module", "torch.export.export"):
            if has(name):
                owner = sys.modules[name.rpartition(".")[0]]
                self._patches.replace(owner, name.rpartition(".")[2], self._compiling.unseen(find(name)))
        self._stand_in_for_calls(session, calls, EngineStandIn(session, graph, nodes, mode, replicas, names))
        aside = Aside(session, mode)
        self._stand_in_for_training(Optimizers(session, aside, names))
        stand_in_for_warnings(self._of_warnings, mode, self.switch.hooks)
        if saves_are_unpacked:
            stand_in_for_hooks(self._patches)
        if has("torch.autograd.profiler.record_function.__exit__"):
            block = torch.autograd.profiler.record_function
            self._patches.replace(block, "__exit__", aside.watched_exit(block.__exit__))
        if has("torch.autograd.function._HookMixin._register_hook"):
            self._patches.replace(
                torch.autograd.function._HookMixin, "_register_hook", staticmethod(Registration(node_hooks.register))
            )
        if has("threading.Thread._bootstrap_inner"):
            start = vars(threading.Thread)["_bootstrap_inner"]
            self._patches.replace(threading.Thread, "_bootstrap_inner", Threads(session, mode).watched(start))

    def put_in(self) -> None:
        """Make all changes, but for those of the switch."""
        self._explained.enter_context(explained(self._session))
        self._of_warnings.make()
        self._patches.make()
        self._compiling.start()

    def take_out(self) -> None:
        """Take all changes back, but for those of warnings: after a fault inside the mode, PyTorch puts that back."""
        with ExitStack() as everything:  # each, whatever becomes of the others; the last one first
            everything.callback(self._explained.close)
            everything.callback(self._hooks.unwrap)
            everything.callback(self._patches.take_back)
            everything.callback(self._compiling.stop)
            everything.callback(self.switch.off)

    def leave_warnings(self) -> None:
        """The mode is gone, too."""
        self._of_warnings.take_back()

    def _stand_in_for_calls(self, session: Session, calls: Calls, engine: EngineStandIn) -> None:
        replace = self._patches.replace
        if has("torch.autograd.variable.Variable._execution_engine"):
            engine.real = torch.autograd.variable.Variable._execution_engine
            replace(torch.autograd.variable.Variable, "_execution_engine", engine)
        if has("torch.autograd.Function.apply"):
            function = torch.autograd.Function
            replace(function, "apply", classmethod(_watched_apply(vars(function)["apply"], calls)))
        if has("torch.utils.hooks.RemovableHandle.remove"):
            handle = torch.utils.hooks.RemovableHandle
            replace(handle, "remove", _watched_remove(handle.remove, self._hooks))
        if has("torch.utils.swap_tensors"):
            replace(torch.utils, "swap_tensors", _watched_swap(torch.utils.swap_tensors, session))
        if has("torch.distributed.distributed_c10d._update_default_pg"):
            groups = sys.modules["torch.distributed.distributed_c10d"]
            replace(groups, "_update_default_pg", _watched_group(vars(groups)["_update_default_pg"], session))
        makers = [(torch, name) for name in ("from_numpy", "frombuffer", "from_dlpack")]
        for owner, name in [*makers, (torch.utils.dlpack, "from_dlpack")]:
            if has(f"{owner.__name__}.{name}"):
                replace(owner, name, watched_maker(getattr(owner, name), session, calls))
        for name in ("ScriptFunction", "ScriptMethod"):
            if has(f"torch._C.{name}.__call__"):
                scripted = getattr(torch._C, name)
                replace(scripted, "__call__", _watched_script(vars(scripted)["__call__"], calls))

    def _stand_in_for_training(self, optimizers: Optimizers) -> None:
        resets: tuple[tuple[Any, str, Callable[[Any], Iterable[Any]]], ...] = (
            (torch.optim.Optimizer, "torch.optim.Optimizer.zero_grad", parameters_of),
            (torch.nn.Module, "torch.nn.Module.zero_grad", torch.nn.Module.parameters),
        )
        for owner, name, parameters in resets:
            if has(name):
                self._patches.replace(owner, "zero_grad", optimizers.zeroing(owner.zero_grad, parameters))
        before, behind = (f"torch.optim.optimizer.register_optimizer_step_{name}_hook" for name in ("pre", "post"))
        if has(before) and has(behind):
            in_optimizers = sys.modules["torch.optim.optimizer"]
            self._patches.register(in_optimizers.register_optimizer_step_pre_hook, optimizers.before)
            self._patches.register(in_optimizers.register_optimizer_step_post_hook, optimizers.after)


_installations: list[Installation] = []


def _forget_in_child() -> None:
    """A forked child is not recorded, and is to run as fast as if there were no recording."""
    for installation in list(_installations):
        installation.stop()


def _note_in_parent() -> None:
    for installation in _installations:
        installation.forked()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_forget_in_child, after_in_parent=_note_in_parent)


# ------------------------------------------------------------------------------------------------------------------ stand-ins
def _watched_apply(original: Any, calls: Calls) -> Callable[..., Any]:
    @functools.wraps(original.__get__(None, torch.autograd.Function))
    def apply(cls: Any, *args: Any, **kwargs: Any) -> Any:
        bound = original.__get__(None, cls)
        if not calls.wanted() or (cls.__name__ == "_NoopSaveInputs" and cls.__module__ == _CHECKPOINTS):
            return bound(*args, **kwargs)
        return calls.apply(bound, f"{cls.__name__}.apply", args, kwargs)

    return apply


def _watched_script(original: Any, calls: Calls) -> Callable[..., Any]:
    def __call__(scripted: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807  takes its place
        bound = original.__get__(scripted, type(scripted))
        if not calls.wanted():
            return bound(*args, **kwargs)
        return calls.scripted(bound, scripted.name, args, kwargs)

    return __call__


def _watched_remove(original: Callable[[Any], None], hooks: TensorHooks) -> Callable[[Any], None]:
    @functools.wraps(original)
    def remove(handle: Any) -> None:
        hooks.removed(handle)
        original(handle)

    return remove


def _watched_group(original: Callable[..., Any], session: Session) -> Callable[..., Any]:
    """What ``init_process_group()`` ends with: from here on the process knows its rank."""

    @functools.wraps(original)
    def _update_default_pg(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        try:
            place_has_changed()
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            session.fail(error)
        return result

    return _update_default_pg


def _watched_swap(original: Callable[[Any, Any], None], session: Session) -> Callable[[Any, Any], None]:
    """PyTorch refuses to swap tensors to which there are weak references, and ours must not be in the way."""

    @functools.wraps(original)
    def swap_tensors(first: Any, second: Any) -> None:
        try:
            session.aliased.clear()
            session.nameless.clear()
            session.shared_arrays.forget()
            for tensor in (first, second):
                session.identities.forget(tensor)
                session.unseen_gradients.forget(tensor)
        except Exception as error:  # noqa: BLE001  the guard
            session.fail(error)
        original(first, second)

    return swap_tensors
