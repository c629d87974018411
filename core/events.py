"""The event vocabulary and the seam through which it leaves the engine.

Everything gradtrace can say about a run is one of the events below: a closed set, shared by every capture back-end.

Two sides, two costs:

* **Write side.** The engine calls one method of the installed :class:`Sink` for each event, with ids and plain values. When nobody
  listens the whole price is one ``events.sink is None`` test. Arrays handed to a sink are *borrowed*: read or copy them before
  returning, never keep them (a kept array changes what the traced program may reuse, and so changes the program).
* **Read side.** A trace gives the events back as the frozen dataclasses of this module, subclasses of :class:`Event`.

Ids are positive integers that are never reused within a process; :data:`NONE` (0) stands for "there is none". Nodes, hooks
and passes each count on their own, tensors and storages together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Shape = tuple[int, ...]

NONE = 0
"""The id that means "there is none"."""

HookKind = Literal["tensor", "retain_grad", "node_pre", "node_post", "post_accumulate_grad", "saved_tensor"]
CutKind = Literal["detach", "data", "no_grad", "item", "numpy", "non_differentiable", "dtype"]
ResetKind = Literal["none", "zero"]
RunOutcome = Literal["finished", "raised", "exited"]
PassOutcome = Literal["finished", "raised"]


class Widened(np.ndarray[Any, np.dtype[Any]]):
    """Numbers of a dtype that NumPy does not have, as float32; ``true_dtype`` is what that dtype is called (``"bfloat16"``)."""

    true_dtype: str = ""

    def __array_finalize__(self, made_from: Array | None) -> None:
        self.true_dtype = getattr(made_from, "true_dtype", "")

    @classmethod
    def of(cls, array: Array, true_dtype: str) -> Widened:
        """The same memory under that name."""
        widened = array.view(cls)
        widened.true_dtype = true_dtype
        return widened


# --------------------------------------------------------------------------------------------------------- plain values
@dataclass(frozen=True, slots=True)
class SourcePosition:
    """A line of the user's program.

    ``file`` is an absolute path, ``line`` counts from 1. ``target`` is the variable that the statement assigns the result of this
    very call to (``"y"`` in ``y = a * b``), or ``""``. ``caller`` is the user's frame that called this one.
    """

    file: str
    line: int
    function: str
    target: str = ""
    caller: SourcePosition | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line} in {self.function}"


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """A tensor as an event describes it: its id, shape and dtype (``"float32"``)."""

    tensor: int
    shape: Shape
    dtype: str


@dataclass(frozen=True, slots=True)
class GradientStatistics:
    """What one pass over a gradient counts. Non-finite elements are counted, and left out of min, max, mean and norm."""

    count: int
    nan: int
    pos_inf: int
    neg_inf: int
    zeros: int
    min: float
    max: float
    mean: float
    norm: float

    @property
    def finite(self) -> bool:
        """True when no element is NaN or infinite."""
        return not (self.nan or self.pos_inf or self.neg_inf)


@dataclass(frozen=True, slots=True)
class Gradient:
    """A gradient as recorded: always shape and dtype, statistics from level ``stats``, a value id from level ``values``.

    ``value`` is the id to ask ``Trace.value()`` for, or :data:`NONE` when the array was not recorded (because of the level, or
    because it is larger than the limit).
    """

    shape: Shape
    dtype: str
    statistics: GradientStatistics | None = None
    value: int = NONE


class Edge(NamedTuple):
    """Where an input's gradient goes: ``node``'s input ``input_nr``; PyTorch's ``next_functions`` entry. ``node`` may be NONE."""

    node: int
    input_nr: int


# ------------------------------------------------------------------------------------------------------------ read side
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


# ----------------------------------------------------------------------------------------------------------- write side
class Sink(Protocol):
    """What listens to the engine: one method for each event it can emit, named as the event whose docstring explains it.

    The sink itself finds time, thread, scope and source position. Arrays are borrowed (see the module's docstring); one may be
    :class:`Widened`. A sink must not raise; the recorder guards itself.

    A sink may have an attribute ``observes_nodes``; without one it is taken to be True. Where it is False, nothing is told of what
    happens at the nodes of a backward pass (``node_started``, ``node_finished``, ``saved_freed``, ``gradient_flowed``, most of
    ``gradient_accumulated``) unless it is known anyway: the engine's order follows from the graph, so that it can be worked out
    later. Hooks that fire, errors, and the beginning and end of passes are always told.
    """

    def leaf_created(self, tensor: int, shape: Shape, dtype: str, requires_grad: bool, name: str = "") -> None: ...

    def leaf_named(self, tensor: int, name: str) -> None: ...

    def node_created(
        self,
        node: int,
        name: str,
        edges: Sequence[tuple[int, int]],
        outputs: Sequence[tuple[int, Shape, str]],
        sequence_nr: int,
        variable: int = NONE,
    ) -> None: ...

    def tensor_saved(
        self, node: int, slot: str, tensor: int, storage: int, version: int, shape: Shape, dtype: str, nbytes: int
    ) -> None: ...

    def version_bumped(self, tensor: int, storage: int, op: str, before: int, after: int, view_of: int = NONE) -> None: ...

    def data_written(self, tensor: int, storage: int, op: str) -> None: ...

    def graph_cut(self, tensor: int, result: int, how: CutKind) -> None: ...

    def grad_mode_changed(self, enabled: bool) -> None: ...

    def scope_entered(self, name: str) -> None: ...

    def scope_exited(self, name: str) -> None: ...

    def marked(self, text: str, kind: str = "note") -> None: ...

    def hook_registered(self, hook: int, kind: HookKind, tensor: int, node: int, function: Any) -> None: ...

    def hook_removed(self, hook: int) -> None: ...

    def hook_fired(
        self, pass_: int, hook: int, kind: HookKind, node: int, changed: bool, before: Array | None, after: Array | None
    ) -> None: ...

    def backward_started(
        self,
        pass_: int,
        call: str,
        roots: Sequence[tuple[int, int]],
        retain_graph: bool,
        create_graph: bool,
        inputs: Sequence[int],
        engine: str = "",
        inside: int = NONE,
    ) -> None: ...

    def backward_ended(self, pass_: int, outcome: PassOutcome) -> None: ...

    def node_started(self, pass_: int, node: int, reason: str) -> None: ...

    def node_finished(self, pass_: int, node: int, duration: int) -> None: ...

    def gradient_flowed(
        self, pass_: int, node: int, output_nr: int, next_node: int, input_nr: int, gradient: Array | None
    ) -> None: ...

    def gradient_accumulated(
        self,
        pass_: int,
        tensor: int,
        node: int,
        before: Array | None,
        contribution: Array | None,
        after: Array | None,
    ) -> None: ...

    def saved_freed(self, pass_: int, node: int) -> None: ...

    def grad_reset(self, tensors: Sequence[int], to: ResetKind) -> None: ...

    def optimizer_stepped(self, optimizer: str, tensors: Sequence[int]) -> None: ...

    def error_raised(
        self, type_name: str, message: str, pass_: int = NONE, node: int = NONE, storage: int = NONE, version: int = -1
    ) -> None:
        """``storage`` and ``version`` (the version expected) point at the saved tensor of an in-place error, so that the sink can
        name the bump that caused it."""


step_listener: Callable[[Any], None] | None = None
"""Called with an optimizer at the end of each of its steps, also while there is no :data:`sink`: this is how a recording of some
steps only knows when the next of them begins. It must not raise."""


class CompactSink(Sink, Protocol):
    """A sink that may be told of a node and of all it saves in one call. Whoever tells looks whether it has the method."""

    def node_recorded(
        self,
        node: int,
        name: str,
        edges: Sequence[tuple[int, int]],
        outputs: Sequence[tuple[Any, ...]],
        sequence_nr: int,
        saved: Sequence[tuple[Any, ...]],
    ) -> None:
        """``node_created``, and ``tensor_saved`` for each of ``saved``: its arguments in their order, but for the node.

        In place of shape and dtype, and the number of bytes, there may be an array that has them: an output is then (tensor,
        array), a saved tensor (slot, tensor, storage, version, array). The array is borrowed like any other.
        """


sink: Sink | None = None
"""The one listener of this process, or None. Hot paths read it as ``events.sink``; change it only through :func:`set_sink`."""


def observes_nodes(listener: Sink) -> bool:
    """Whether ``listener`` wants to hear what happens at the nodes of a pass: see :class:`Sink`."""
    return bool(getattr(listener, "observes_nodes", True))


def set_sink(new: Sink | None) -> Sink | None:
    """Install ``new`` as the process-wide listener and return the one it replaces."""
    global sink
    previous, sink = sink, new
    return previous
