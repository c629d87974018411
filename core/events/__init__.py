"""The event vocabulary and the seam through which it leaves the engine.

Everything gradtrace can say about a run is one of the events in :mod:`.records`: a closed set, shared by every capture back-end.

Two sides, two costs:

* **Write side.** The engine calls one method of the installed :class:`Sink` for each event, with ids and plain values. When nobody
  listens the whole price is one ``events.sink is None`` test. Arrays handed to a sink are *borrowed*: read or copy them before
  returning, never keep them (a kept array changes what the traced program may reuse, and so changes the program).
* **Read side.** A trace gives the events back as frozen dataclasses, subclasses of :class:`Event`.

Ids are positive integers that are never reused within a process; :data:`NONE` (0) stands for "there is none". Nodes, hooks
and passes each count on their own, tensors and storages together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .records import (
    EVENT_TYPE_BY_NAME,
    EVENT_TYPES,
    BackwardEnded,
    BackwardStarted,
    DataWritten,
    ErrorRaised,
    Event,
    GradientAccumulated,
    GradientFlowed,
    GradModeChanged,
    GradReset,
    GraphCut,
    HookFired,
    HookRegistered,
    HookRemoved,
    LeafCreated,
    LeafNamed,
    Marked,
    NodeCreated,
    NodeFinished,
    NodeStarted,
    OptimizerStepped,
    RunEnded,
    RunStarted,
    SavedFreed,
    ScopeEntered,
    ScopeExited,
    TensorSaved,
    VersionBumped,
    own_fields,
)
from .sinks import CompactSink, Sink
from .values import (
    NONE,
    Array,
    CutKind,
    Edge,
    Gradient,
    GradientStatistics,
    HookKind,
    PassOutcome,
    ResetKind,
    RunOutcome,
    Shape,
    SourcePosition,
    TensorInfo,
    Unknown,
    Widened,
)

__all__ = [
    "EVENT_TYPES",
    "EVENT_TYPE_BY_NAME",
    "NONE",
    "Array",
    "BackwardEnded",
    "BackwardStarted",
    "CompactSink",
    "CutKind",
    "DataWritten",
    "Edge",
    "ErrorRaised",
    "Event",
    "GradModeChanged",
    "GradReset",
    "Gradient",
    "GradientAccumulated",
    "GradientFlowed",
    "GradientStatistics",
    "GraphCut",
    "HookFired",
    "HookKind",
    "HookRegistered",
    "HookRemoved",
    "LeafCreated",
    "LeafNamed",
    "Marked",
    "NodeCreated",
    "NodeFinished",
    "NodeStarted",
    "OptimizerStepped",
    "PassOutcome",
    "ResetKind",
    "RunEnded",
    "RunOutcome",
    "RunStarted",
    "SavedFreed",
    "ScopeEntered",
    "ScopeExited",
    "Shape",
    "Sink",
    "SourcePosition",
    "TensorInfo",
    "TensorSaved",
    "Unknown",
    "VersionBumped",
    "Widened",
    "model_namer",
    "observes_nodes",
    "own_fields",
    "set_sink",
    "sink",
    "step_listener",
]

sink: Sink | None = None
"""The one listener of this process, or None. Hot paths read it as ``events.sink``; change it only through :func:`set_sink`.

Python reads attributes of a module fast as long as the module has no ``__getattr__``: names are not looked up lazily here.
"""


def observes_nodes(listener: Sink) -> bool:
    """Whether ``listener`` wants to hear what happens at the nodes of a pass: see :class:`Sink`."""
    return bool(getattr(listener, "observes_nodes", True))


def set_sink(new: Sink | None) -> Sink | None:
    """Install ``new`` as the process-wide listener and return the one it replaces."""
    global sink
    previous, sink = sink, new
    return previous


step_listener: Callable[[Any], None] | None = None
"""Called with an optimizer at the end of each of its steps, also while there is no :data:`sink`: this is how a recording of some
steps only knows when the next of them begins. It must not raise."""

model_namer: Callable[[Any, Callable[[Any], dict[str, int]]], dict[int, str]] | None = None
"""Asked what parameters are called, when a module with parameters not met before is called from outside any other. It is given the
module, and a function that says the ids of a module's parameters by name; its answer, names by id, is what :data:`sink` is told. It
must not raise. Without it parameters have the names that their module gives them, and two models may have the same."""
