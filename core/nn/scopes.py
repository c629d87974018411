"""Which module is running: its scope and its parameters' names, told to the listener.

The outermost module called opens a scope named for its class; every module called inside it opens one named by the
attribute path that leads to it from the module around it (``fc1``, or ``blocks.0`` for an item of a ModuleList). The
parameters get the names that ``named_parameters()`` of the outermost module gives them, told once per listener; a recording puts
the module's variable before them where two models have the same (:data:`~..events.model_namer`).
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from .. import events
from ..events import Sink
from ..identity import tensor_id

if TYPE_CHECKING:
    from .module import Module


class _Running(threading.local):
    """The modules being called in this thread: the paths below the outermost one, and the path of each open call."""

    def __init__(self) -> None:
        self.paths: dict[Module, str] = {}
        self.open: list[str] = []


_running = _Running()
_told: set[tuple[int, str]] = set()
_told_to: Sink | None = None


def enter(sink: Sink, module: Module) -> str:
    """Open ``module``'s scope and return its name, for :func:`leave`."""
    path = _running.paths.get(module) if _running.open else None
    if path is None:
        name = type(module).__name__
        if not _running.open:
            _running.paths = {submodule: path for path, submodule in module.named_modules()}
            path = ""
            _tell_names(sink, module)
        else:  # a module that is no attribute of the outermost one: its inside is named as far as it can be
            path = _running.open[-1]
    else:
        around = _running.open[-1]
        name = path.removeprefix(f"{around}.") or type(module).__name__
    _running.open.append(path)
    sink.scope_entered(name)
    return name


def leave(sink: Sink | None, name: str) -> None:
    """Close the scope that :func:`enter` opened; ``sink`` is the present listener, if there still is one."""
    _running.open.pop()
    if not _running.open:
        _running.paths = {}
    if sink is not None:
        sink.scope_exited(name)


def _tell_names(sink: Sink, module: Module) -> None:
    global _told_to
    if sink is not _told_to:
        _told.clear()
        _told_to = sink
    names = {number: name for name, number in _parameter_ids(module).items()}
    if names.items() <= _told:
        return
    _told.update(names.items())
    if events.model_namer is not None:
        names = events.model_namer(module, _parameter_ids)
    for number, name in names.items():
        sink.leaf_named(number, name)


def _parameter_ids(module: Module) -> dict[str, int]:
    """The ids of a module's parameters, by name."""
    return {name: tensor_id(parameter) for name, parameter in module.named_parameters()}
