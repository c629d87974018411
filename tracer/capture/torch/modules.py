"""Which module is running: its scope and its parameters' names, named as the core names them (:mod:`gradtrace.core.nn.scopes`)."""

from __future__ import annotations

import threading
from typing import Any
from weakref import WeakSet

from .replicas import Replicas
from .session import Session, without_torch_function

__all__ = ["Modules"]


class _Running(threading.local):
    """The modules being called in this thread: the paths below the outermost one, and path and scope of each open call."""

    def __init__(self) -> None:
        self.paths: dict[int, str] = {}
        self.open: list[tuple[str, str]] = []


class Modules:
    """Global hooks on every module's call. ``outermost`` are the modules that were called from outside any other."""

    def __init__(self, session: Session, replicas: Replicas) -> None:
        self._session = session
        self._replicas = replicas
        self._running = _Running()
        self.outermost: WeakSet[Any] = WeakSet()

    def enter(self, module: Any, inputs: Any) -> None:  # noqa: ARG002  PyTorch calls with both
        """The forward pre-hook: open the module's scope."""
        session = self._session
        if not session.listening:
            return
        try:
            with without_torch_function():
                self._enter(module)
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            session.fail(error)

    def _enter(self, module: Any) -> None:
        self._session.thread.in_step = False  # a step that raised has no end that we hear of
        self._replicas.entered(module)
        running = self._running
        path = running.paths.get(id(module)) if running.open else None
        if path is not None:
            around = running.open[-1][0]
            name = path.removeprefix(f"{around}.") or type(module).__name__
        else:
            name = type(module).__name__
            if running.open:  # a module that is no attribute of the outermost one
                path = running.open[-1][0]
            else:
                path = ""
                self.outermost.add(module)
                running.paths = {id(submodule): name for name, submodule in module.named_modules()}
                for parameter_name, parameter in self._replicas.inner(module).named_parameters():
                    self._session.leaf(parameter, parameter_name)
        running.open.append((path, name))
        self._session.sink.scope_entered(name)

    def close(self) -> None:
        """The recording pauses: close the scopes that are open in this thread."""
        running = self._running
        while running.open:
            self._session.sink.scope_exited(running.open.pop()[1])
        running.paths = {}

    def leave(self, module: Any, inputs: Any, output: Any) -> None:  # noqa: ARG002
        """The forward hook, called also when the module raised: close the scope."""
        running = self._running
        if not running.open:
            return
        _, name = running.open.pop()
        if not running.open:
            running.paths = {}
        if self._session.listening:
            self._session.sink.scope_exited(name)
