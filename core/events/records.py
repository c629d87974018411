"""The read side: every event there is, as the frozen dataclass a trace gives back, in the order that numbers them in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from .values import NONE, CutKind, Edge, Gradient, HookKind, PassOutcome, ResetKind, RunOutcome, Shape, SourcePosition, TensorInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    ``id`` is its position in the run's total order (the first event is 0), ``time`` nanoseconds since the recording began,
    ``thread`` a small number per thread, ``scope`` the ``/``-joined scopes that were open, ``source`` the user's line.
    """

    id: int
    time: int = 0
    thread: int = 0
    scope: str = ""
    source: SourcePosition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """The recording began."""

    versions: Mapping[str, str] = field(default_factory=dict)
    argv: tuple[str, ...] = ()
    host: str = ""
    pid: int = 0
    rank: int = 0
    level: str = "values"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(Event):
    """The recording ended in an orderly way; a trace without it was cut off."""

    outcome: RunOutcome = "finished"
    status: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafCreated(Event):
    """A leaf became known: created, or first used. ``name`` may be empty (see :class:`LeafNamed`)."""

    tensor: int
    name: str = ""
    shape: Shape = ()
    dtype: str = ""
    requires_grad: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafNamed(Event):
    """A better name for a leaf turned up later, for example from ``Module.named_parameters()``."""

    tensor: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCreated(Event):
    """A backward function came into being.

    ``edges[i]`` says where the gradient of input ``i`` will go (``node == NONE``: that input needs none); ``outputs`` are the
    tensors the forward call made. ``variable`` is the leaf of an ``AccumulateGrad``. ``sequence_nr`` orders execution,
    as in PyTorch.
    """

    node: int
    name: str
    edges: tuple[Edge, ...] = ()
    outputs: tuple[TensorInfo, ...] = ()
    variable: int = NONE
    sequence_nr: int = 0
    grad_mode: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorSaved(Event):
    """``node`` keeps a tensor for its backward: attribute ``_saved_<slot>``, at this version of this storage."""

    node: int
    slot: str
    tensor: int
    storage: int
    version: int
    shape: Shape = ()
    dtype: str = ""
    nbytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionBumped(Event):
    """An in-place write moved a version counter from ``before`` to ``after``; ``view_of`` is the base when done through a view."""

    tensor: int
    storage: int
    op: str
    before: int
    after: int
    view_of: int = NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class DataWritten(Event):
    """A write that saved tensors cannot notice: through ``.data`` or a NumPy alias. PyTorch itself is silent here."""

    tensor: int
    storage: int
    op: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphCut(Event):
    """``tensor`` left the graph; ``result`` is what came out without history (NONE for ``item()`` and ``numpy()``)."""

    tensor: int
    result: int
    how: CutKind


@dataclass(frozen=True, slots=True, kw_only=True)
class GradModeChanged(Event):
    """Gradient recording was switched on or off (``no_grad``, ``enable_grad``, ``set_grad_enabled``)."""

    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeEntered(Event):
    """A named region began: a module's forward or the user's own ``gradtrace.scope``."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeExited(Event):
    """The innermost region of this name ended."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked(Event):
    """A mark of the user's: ``kind`` is ``"step"`` for the start of a training step, else ``"note"``.

    Or of the recording's own: ``"thread"`` when a thread begins, its name the text; ``"not covered"`` where the program first does
    something that is not recorded.
    """

    text: str
    kind: str = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRegistered(Event):
    """A hook was put on ``tensor`` or ``node`` (the other is NONE).

    ``function`` is its qualified name, ``defined`` the ``file:line`` where it is written.
    """

    hook: int
    kind: HookKind
    tensor: int = NONE
    node: int = NONE
    function: str = ""
    defined: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRemoved(Event):
    """``handle.remove()`` was called."""

    hook: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HookFired(Event):
    """A hook ran during ``pass_`` at ``node``; ``changed`` when it returned a replacement gradient ``after``."""

    pass_: int
    hook: int
    kind: HookKind
    node: int
    changed: bool = False
    before: Gradient | None = None
    after: Gradient | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackwardStarted(Event):
    """The engine was called: ``call`` is ``"backward"`` or ``"grad"``; ``inputs`` are tensor ids when it was restricted to some
    (NONE: to one that is no tensor).

    ``engine`` is ``"torch"`` for PyTorch's, ``""`` for that of the core. ``inside`` is the node of an outer pass that made the call
    while it ran, when known.
    """

    pass_: int
    call: str = "backward"
    roots: tuple[Edge, ...] = ()
    retain_graph: bool = False
    create_graph: bool = False
    inputs: tuple[int, ...] = ()
    engine: str = ""
    inside: int = NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class BackwardEnded(Event):
    """The engine returned or raised."""

    pass_: int
    outcome: PassOutcome = "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStarted(Event):
    """The engine took ``node`` from the ready queue. ``reason`` says why it was ready, for people."""

    pass_: int
    node: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFinished(Event):
    """``node`` ran to its end in ``duration`` nanoseconds."""

    pass_: int
    node: int
    duration: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientFlowed(Event):
    """A gradient went from ``node`` to input ``input_nr`` of ``next_node``; ``output_nr`` is the index into the edges of ``node``.

    ``node == NONE``: it came from outside, as the gradient of a root. ``gradient is None``: undefined (PyTorch's undefined tensor).
    """

    pass_: int
    node: int
    output_nr: int
    next_node: int
    input_nr: int
    gradient: Gradient | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientAccumulated(Event):
    """``contribution`` was added to the ``.grad`` of ``tensor`` (``before`` is None when there was none)."""

    pass_: int
    tensor: int
    node: int
    before: Gradient | None = None
    contribution: Gradient | None = None
    after: Gradient | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFreed(Event):
    """``node`` let go of its saved tensors: a second backward through it will fail."""

    pass_: int
    node: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GradReset(Event):
    """The user set ``.grad`` of these leaves to None or filled it with zeros."""

    tensors: tuple[int, ...]
    to: ResetKind


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerStepped(Event):
    """``optimizer`` (its class name) updated these leaves."""

    optimizer: str
    tensors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRaised(Event):
    """An exception: in the engine (``pass_`` and ``node`` say where) or out of the user's program.

    ``cause`` is the id of the event that made it inevitable (the version bump, the freeing), or -1 when not known.
    """

    type: str
    message: str
    pass_: int = NONE
    node: int = NONE
    cause: int = -1


EVENT_TYPES: tuple[type[Event], ...] = (
    RunStarted,
    RunEnded,
    LeafCreated,
    LeafNamed,
    NodeCreated,
    TensorSaved,
    VersionBumped,
    DataWritten,
    GraphCut,
    GradModeChanged,
    ScopeEntered,
    ScopeExited,
    Marked,
    HookRegistered,
    HookRemoved,
    HookFired,
    BackwardStarted,
    BackwardEnded,
    NodeStarted,
    NodeFinished,
    GradientFlowed,
    GradientAccumulated,
    SavedFreed,
    GradReset,
    OptimizerStepped,
    ErrorRaised,
)
"""Every event there is, in the order that gives each its number in a trace file: append only, never reorder."""

EVENT_TYPE_BY_NAME: Mapping[str, type[Event]] = {cls.__name__: cls for cls in EVENT_TYPES}


def own_fields(event_type: type[Event]) -> tuple[str, ...]:
    """Names of the fields an event type adds to those every :class:`Event` has, in declaration order."""
    common = {f.name for f in fields(Event)}
    return tuple(f.name for f in fields(event_type) if f.name not in common)
