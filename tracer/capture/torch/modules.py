"""Which module is running: its scope and its parameters' names, named as the core names them (:mod:`gradtrace.core.nn.scopes`)."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary, ref

from .owners import Owners
from .replicas import Replicas
from .session import Session, without_torch_function
from .sharding import Sharding

__all__ = ["Modules"]


class _Paths:
    """Where the modules below an outermost one are. ``upto`` is how many leaves without a name there were at that time."""

    def __init__(self, upto: int) -> None:
        self.upto = upto
        self._of: dict[int, tuple[ref[Any], str | None]] = {}

    def add(self, module: Any, path: str | None) -> None:
        """``module`` is at ``path``; None for one that is called from inside without being there."""
        self._of[id(module)] = ref(module), path

    def knows(self, module: Any) -> bool:
        """Whether this very module was added."""
        known = self._of.get(id(module))
        return known is not None and known[0]() is module

    def path(self, module: Any) -> str | None:
        """The path of a module that was added."""
        return self._of[id(module)][1]


class Modules:
    """Global hooks on every module's call. ``outermost`` are the modules that were called from outside any other."""

    def __init__(self, session: Session, replicas: Replicas, strays: dict[int, str]) -> None:
        self._session = session
        self._replicas = replicas
        self._sharding = replicas.sharding = Sharding(session, replicas.graph, replicas)
        self._owners = Owners(session, replicas, self._sharding, strays)
        self.outermost: WeakKeyDictionary[Any, _Paths] = WeakKeyDictionary()

    def enter(self, module: Any, inputs: Any) -> None:  # noqa: ARG002  PyTorch calls with both
        """The forward pre-hook: open the module's scope."""
        session = self._session
        if not session.listens():
            return
        try:
            self._enter(module)
        except Exception as error:  # noqa: BLE001  the guard: the traced program goes on
            session.fail(error)

    def _enter(self, module: Any) -> None:
        session = self._session
        thread = session.running_thread()
        thread.in_step = False  # a step that raised has no end that we hear of
        self._replicas.entered(module)
        name = type(module).__name__
        if thread.modules:
            around, paths = thread.modules[-1][0], thread.paths
            if not paths.knows(module):
                paths = thread.paths = self._scanned(thread.outermost())
                if not paths.knows(module):
                    paths.add(module, None)
                    with without_torch_function():
                        self._owners.stray(module, around)
            path = paths.path(module)
            if path is None:  # a module that is no attribute of the outermost one
                path = around
            else:
                name = path.removeprefix(f"{around}.") or name
        else:
            path = ""
            paths = self.outermost.get(module)
            if paths is None or paths.upto != session.unnamed_leaves:
                paths = self._scanned(module)
            thread.paths, thread.outermost = paths, ref(module)
        thread.modules.append((path, name))
        session.sink.scope_entered(name)

    def _scanned(self, outermost: Any) -> _Paths:
        """The modules below ``outermost`` as they are now; names its parameters. Done once, as long as nothing new turns up."""
        session = self._session
        with without_torch_function():
            self._owners.name_parameters(outermost)
            paths = self.outermost[outermost] = _Paths(session.unnamed_leaves)
            for path, module in outermost.named_modules():
                paths.add(module, path)
        return paths

    def close(self) -> None:
        """The recording pauses: close the scopes that are open in this thread."""
        thread = self._session.running_thread()
        while thread.modules:
            self._session.sink.scope_exited(thread.modules.pop()[1])

    def leave(self, module: Any, inputs: Any, output: Any) -> None:  # noqa: ARG002
        """The forward hook, called also when the module raised: close the scope."""
        session = self._session
        thread = session.running_thread()
        if not thread.modules:
            return
        path, name = thread.modules.pop()
        if session.listens():
            try:
                if self._sharding.active:
                    self._sharding.leaving(module, path)
                session.sink.scope_exited(name)
            except Exception as error:  # noqa: BLE001  the guard
                session.fail(error)
