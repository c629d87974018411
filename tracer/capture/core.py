"""What parameters are called in programs of gradtrace's own core, which tells the sink everything else itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core import events
from ...core.events import Sink
from .options import Compile
from .owners import ModuleOwners

__all__ = ["CoreBackend"]

Namer = Callable[[Any, Callable[[Any], dict[str, int]]], dict[int, str]]


class _Owners(ModuleOwners):
    """``parameters_of`` gives the ids of a module's parameters by name: an id is all that is known of a parameter here."""

    def __init__(self, parameters_of: Callable[[Any], dict[str, int]]) -> None:
        super().__init__()
        self.parameters_of = parameters_of
        self.new: dict[int, str] = {}
        self._names: dict[int, list[str]] = {}

    def parameters(self, module: Any) -> dict[str, Any]:
        return self.parameters_of(module)

    def number(self, parameter: int) -> int:
        return parameter

    def tell(self, parameter: int, name: str) -> int:
        known = self._names.setdefault(parameter, [])
        if not any(earlier == name or earlier.endswith(f".{name}") for earlier in known):  # the latter: of a part of a module
            known.append(name)
            self.new[parameter] = name
        return parameter


class _Naming:
    """A recording's answer to :data:`gradtrace.core.events.model_namer`."""

    def __init__(self) -> None:
        self._owners: _Owners | None = None
        self._before: Namer | None = None
        self.resume()

    def resume(self) -> None:
        """See :class:`.Capture`."""
        if events.model_namer != self._name:
            self._before, events.model_namer = events.model_namer, self._name

    def pause(self) -> None:
        """See :class:`.Capture`."""
        if events.model_namer == self._name:
            events.model_namer = self._before

    stop = pause

    def _name(self, module: Any, parameters_of: Callable[[Any], dict[str, int]]) -> dict[int, str]:
        try:
            if self._owners is None:
                self._owners = _Owners(parameters_of)
            owners = self._owners
            owners.new = {}
            owners.name_parameters(module)
        except Exception:  # noqa: BLE001  the guard: the traced program goes on, and has names at least
            return {number: name for name, number in parameters_of(module).items()}
        return owners.new


class CoreBackend:
    """See :class:`.CaptureBackend`."""

    name = "core"

    def start(self, sink: Sink, level: str, compile: Compile = "opaque") -> _Naming:  # noqa: ARG002  (the core tells the sink)
        """See :class:`.CaptureBackend`."""
        return _Naming()
