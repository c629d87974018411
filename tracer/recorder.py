"""The sink that records: it hands each event to the log, and the log's events to the trace file in batches.

On the hot path an event costs a look at the stack, a clock reading and one append. The position is looked up once for an operation:
what a node saves is reported with the node. Columns are made of the events later, a few thousand at a time (:mod:`.batching`).
Whatever goes wrong in here must not reach the traced program: the recorder says so once, takes itself out and the program goes on.
Rare events have that from a decorator; those that come with every operation spell it out, as the decorator's call alone would cost
half as much as the event.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from time import perf_counter_ns
from typing import Any
from weakref import ref

import numpy as np

from ..core import events
from ..core.events import NONE, Array, CutKind, HookKind, PassOutcome, ResetKind, RunOutcome, Shape
from .batching import Batches
from .causes import Causes
from .copies import ArrayCopies
from .environment import describe_function
from .event_log import EventLog
from .guard import guarded
from .message import Message
from .positions import PositionFinder
from .statistics import CAN_MEASURE, MeasuredGradient, StatisticsRow, gradient_statistics, same_memory
from .store.arrays import dtype_name
from .store.schema import EVENT_NUMBER
from .store.writer import TraceWriter
from .stored_sentences import STACK_WAS_FULL, STOPPED_EARLY
from .threads import RunningThread

__all__ = ["LEVELS", "Recorder"]

LEVELS = ("structure", "stats", "values")
"""How much is recorded of a gradient: shape and dtype; also its statistics; also the array."""

_ASK_EVERY = 32
"""Whether it is time to write is asked after so many events (a power of two); after each where arrays are copied."""

_LARGEST_INT64 = (1 << 63) - 1  # columns are signed, and PyTorch numbers every AccumulateGrad and NotImplemented 2**64 - 1

_NodeBase = tuple[int, int, int, str, int]
"""The last node made: its id, and when, in which thread and scope, and from where."""
_GradientRow = tuple[Shape, str, StatisticsRow | None, int] | MeasuredGradient
_Flow = tuple[int, int, int, "ref[Array] | None", _GradientRow | None]
"""The gradient that flowed last: event, pass, node, the array (not kept alive), and what was recorded of it."""


_LEAF_CREATED = EVENT_NUMBER[events.LeafCreated]
_LEAF_NAMED = EVENT_NUMBER[events.LeafNamed]
_NODE_CREATED = EVENT_NUMBER[events.NodeCreated]
_TENSOR_SAVED = EVENT_NUMBER[events.TensorSaved]
_VERSION_BUMPED = EVENT_NUMBER[events.VersionBumped]
_DATA_WRITTEN = EVENT_NUMBER[events.DataWritten]
_GRAPH_CUT = EVENT_NUMBER[events.GraphCut]
_GRAD_MODE_CHANGED = EVENT_NUMBER[events.GradModeChanged]
_SCOPE_ENTERED = EVENT_NUMBER[events.ScopeEntered]
_SCOPE_EXITED = EVENT_NUMBER[events.ScopeExited]
_MARKED = EVENT_NUMBER[events.Marked]
_HOOK_REGISTERED = EVENT_NUMBER[events.HookRegistered]
_HOOK_REMOVED = EVENT_NUMBER[events.HookRemoved]
_HOOK_FIRED = EVENT_NUMBER[events.HookFired]
_BACKWARD_STARTED = EVENT_NUMBER[events.BackwardStarted]
_BACKWARD_ENDED = EVENT_NUMBER[events.BackwardEnded]
_NODE_STARTED = EVENT_NUMBER[events.NodeStarted]
_NODE_FINISHED = EVENT_NUMBER[events.NodeFinished]
_GRADIENT_FLOWED = EVENT_NUMBER[events.GradientFlowed]
_GRADIENT_ACCUMULATED = EVENT_NUMBER[events.GradientAccumulated]
_SAVED_FREED = EVENT_NUMBER[events.SavedFreed]
_GRAD_RESET = EVENT_NUMBER[events.GradReset]
_OPTIMIZER_STEPPED = EVENT_NUMBER[events.OptimizerStepped]
_ERROR_RAISED = EVENT_NUMBER[events.ErrorRaised]
_RUN_STARTED = EVENT_NUMBER[events.RunStarted]
_RUN_ENDED = EVENT_NUMBER[events.RunEnded]


class Recorder:
    """Records the events of this process into a trace file; implements :class:`gradtrace.core.events.Sink`.

    ``previous`` is the sink to give the seat back to. ``active`` turns False when the recording ends, for whatever reason;
    ``failure`` then says why, when it ended early.
    """

    def __init__(
        self,
        writer: TraceWriter,
        *,
        level: str = "values",
        max_value_bytes: int = 1 << 20,
        max_total_bytes: int = 256 << 20,
        sources: bool = True,
        previous: events.Sink | None = None,
    ) -> None:
        if level not in LEVELS:
            raise ValueError(f"level must be one of {', '.join(LEVELS)}, not {level!r}")
        self.active = True
        self.failure = ""
        self.level = level
        self._writer = writer
        self._previous = previous
        self.observes_nodes = level != "structure"
        self.takes_measured = level == "stats" and CAN_MEASURE
        self._with_statistics = level != "structure"
        self._with_values = level == "values"

        self._start = perf_counter_ns()
        self._log = EventLog(writer.strings)
        self._positions = PositionFinder(writer.positions)
        self._stack = self._positions.stack
        self._causes = Causes()
        self._local = RunningThread(count().__next__)
        self._last_node: _NodeBase = (NONE, 0, 0, "", 0)
        self._pass_sources: dict[int, int] = {}
        self._leaves: set[int] = set()
        self._named_leaf = (-1, NONE, 0)
        self._nameless: set[int] = set()
        self._guesses: dict[str, int] = {}
        self._last_flow: _Flow = (-1, NONE, NONE, None, None)
        self._steps = 0
        self._missed = 0
        self._last_error: tuple[str, str] | None = None

        self._copies = ArrayCopies(max_value_bytes, max_total_bytes)
        self._batches = Batches(writer, self._log, self._copies, sources)
        self._due_mask = 0 if self._with_values else _ASK_EVERY - 1

    # ----------------------------------------------------------------------------------------------------- the hot path
    def _add(self, number: int, fields: tuple[Any, ...], source: int | None = None) -> int:
        """Record one event, from the user's current line unless ``source`` is given; returns its id."""
        if source is None:
            source = self._stack.here()
        thread = self._local.get()
        now = self._log.now()
        event_id = self._log.append(number, now - self._start, thread.number, thread.scope, source, fields)
        if not event_id & self._due_mask and self._batches.is_due(event_id, now):
            self._batches.flush(event_id)
        return event_id

    def failed(self, error: Exception) -> None:
        """A method failed: end the recording, unless it is the program's own recursion that it met."""
        if isinstance(error, RecursionError):  # the program is about to meet its limit too, and may go on from there
            self._missed += 1
        else:
            self.give_up(error)

    def _gradient(self, array: Array | MeasuredGradient | None) -> _GradientRow | None:
        """A gradient as the level wants it. The array is read or copied now, never kept."""
        if array is None or isinstance(array, MeasuredGradient):
            return array
        dtype = ""
        if type(array) is not np.ndarray:
            if isinstance(array, events.Unknown):
                return array.shape, array.true_dtype, None, NONE
            dtype = array.true_dtype if isinstance(array, events.Widened) else ""
            array = np.asarray(array)
        statistics = gradient_statistics(array) if self._with_statistics else None
        value = self._copies.keep(array) if self._with_values else NONE
        return array.shape, dtype or dtype_name(array.dtype), statistics, value

    def _flowing_gradient(self, pass_: int, node: int, array: Array) -> _GradientRow | None:
        """As :meth:`_gradient`. Where a node hands the same array to several others, one after the other, it is looked at once."""
        last_id, last_pass, last_node, last_array, row = self._last_flow
        if (
            last_node == node
            and last_pass == pass_
            and last_id == self._log.last_id  # nothing happened since, and nothing ran
            and last_array is not None
            and last_array() is array
        ):
            return row
        return self._gradient(array)

    # --------------------------------------------------------------------------------------------------- forward events
    @guarded
    def leaf_created(self, tensor: int, shape: Shape, dtype: str, requires_grad: bool, name: str = "") -> None:
        """A leaf became known; recorded once for each leaf, named after the variable it is assigned to when it has no name."""
        if tensor in self._leaves:
            return
        self._leaves.add(tensor)
        guessed = "" if name else self._positions.leaf_name()
        if not name:
            self._note_guess(tensor, guessed)
        source = self._stack.here()
        event_id = self._add(_LEAF_CREATED, (tensor, name or guessed, shape, dtype, requires_grad), source)
        self._named_leaf = (event_id, tensor if guessed else NONE, source)

    @guarded
    def leaf_named(self, tensor: int, name: str) -> None:
        """A better name for a leaf."""
        self._nameless.discard(tensor)
        self._add(_LEAF_NAMED, (tensor, name))

    def _note_guess(self, tensor: int, guessed: str) -> None:
        """A variable that several leaves are assigned to names none of them."""
        if not guessed:
            self._nameless.add(tensor)
        elif self._guesses.setdefault(guessed, tensor) != tensor:
            self._nameless.update((tensor, self._guesses[guessed]))

    def lacks_name(self, tensor: int) -> bool:
        """Whether a leaf has no name, or only that of a variable which others were assigned to as well."""
        return tensor in self._nameless

    def position(self) -> int:
        """The number of the program's line that is running."""
        try:
            return self._stack.here()
        except Exception as error:  # noqa: BLE001  as in guarded
            self.failed(error)
            return 0

    def node_created(
        self,
        node: int,
        name: str,
        edges: Sequence[tuple[int, int]],
        outputs: Sequence[tuple[int, Shape, str]],
        sequence_nr: int,
        variable: int = NONE,
    ) -> None:
        """A backward function came into being."""
        if not self.active:
            return
        try:
            source = self._stack.here()
            if variable:
                self._forget_guess(variable, source)
            sequence_nr = min(sequence_nr, _LARGEST_INT64)
            thread = self._local.get()
            now = self._log.now()
            moment = now - self._start
            fields = (node, name, tuple(edges), tuple(outputs), variable, sequence_nr, thread.grad_mode)
            event_id = self._log.append(_NODE_CREATED, moment, thread.number, thread.scope, source, fields)
            self._last_node = (node, moment, thread.number, thread.scope, source)
            if not event_id & self._due_mask and self._batches.is_due(event_id, now):
                self._batches.flush(event_id)
        except Exception as error:  # noqa: BLE001  as in guarded
            self.failed(error)

    def node_recorded(
        self,
        node: int,
        name: str,
        edges: Sequence[tuple[int, int]],
        outputs: Sequence[tuple[Any, ...]],
        sequence_nr: int,
        saved: Sequence[tuple[Any, ...]],
        variable: int = NONE,
        source: int | None = None,
    ) -> None:
        """A backward function came into being, with all it keeps."""
        if not self.active:
            return
        try:
            if source is None:
                source = self._stack.here()
            if variable:
                self._forget_guess(variable, source)
            sequence_nr = min(sequence_nr, _LARGEST_INT64)
            thread = self._local.get()
            now = self._log.now()
            event_id = self._log.append_node(
                now - self._start,
                thread.number,
                thread.scope,
                source,
                node,
                name,
                edges,
                outputs,
                variable,
                sequence_nr,
                thread.grad_mode,
                saved,
            )
            if not event_id & self._due_mask and self._batches.is_due(event_id, now):
                self._batches.flush(event_id)
        except Exception as error:  # noqa: BLE001  as in guarded
            self.failed(error)

    def _forget_guess(self, leaf: int, source: int) -> None:
        """A leaf older than the recording is announced with its AccumulateGrad, from the same place: a line that uses the leaf."""
        event_id, guessed, from_where = self._named_leaf
        if guessed == leaf and from_where == source:
            self._log.clear_text(_LEAF_CREATED, event_id, 1)
            self._nameless.add(leaf)

    def tensor_saved(
        self, node: int, slot: str, tensor: int, storage: int, version: int, shape: Shape, dtype: str, nbytes: int
    ) -> None:
        """A node keeps a tensor for its backward; at the same moment and place where the node was made."""
        if not self.active:
            return
        try:
            known, moment, number, scope, source = self._last_node
            fields = (node, slot, tensor, storage, version, shape, dtype, nbytes)
            if known == node:
                self._log.append(_TENSOR_SAVED, moment, number, scope, source, fields)
            else:
                self._add(_TENSOR_SAVED, fields)
        except Exception as error:  # noqa: BLE001  as in guarded
            self.failed(error)

    def version_bumped(
        self, tensor: int, storage: int, op: str, before: int, after: int, view_of: int = NONE, source: int | None = None
    ) -> None:
        """An in-place write."""
        if self.active:
            try:
                event_id = self._add(_VERSION_BUMPED, (tensor, storage, op, before, after, view_of), source)
                self._causes.bumped(event_id, storage, before)
            except Exception as error:  # noqa: BLE001  as in guarded
                self.failed(error)

    @guarded
    def data_written(self, tensor: int, storage: int, op: str) -> None:
        """A write that bumps no version counter."""
        self._add(_DATA_WRITTEN, (tensor, storage, op))

    @guarded
    def graph_cut(self, tensor: int, result: int, how: CutKind) -> None:
        """A tensor left the graph."""
        self._add(_GRAPH_CUT, (tensor, result, how))

    @guarded
    def grad_mode_changed(self, enabled: bool) -> None:
        """Gradient recording was switched on or off."""
        self._local.get().grad_mode = enabled
        self._add(_GRAD_MODE_CHANGED, (enabled,))

    def scope_entered(self, name: str) -> None:
        """A region began; the event itself still belongs to the region around it."""
        if self.active:
            try:
                self._add(_SCOPE_ENTERED, (name,))
                self._local.get().enter(name)
            except Exception as error:  # noqa: BLE001  as in guarded
                self.failed(error)

    def scope_exited(self, name: str) -> None:
        """The innermost region of this name ended, and with it those left open inside."""
        if self.active:
            try:
                self._local.get().leave(name)
                self._add(_SCOPE_EXITED, (name,))
            except Exception as error:  # noqa: BLE001  as in guarded
                self.failed(error)

    @guarded
    def marked(self, text: str, kind: str = "note") -> None:
        """A mark of the user's; steps without a text are numbered from 1."""
        if kind == "step":
            self._steps += 1
            text = text or f"step {self._steps}"
        self._add(_MARKED, (text, kind))

    # ------------------------------------------------------------------------------------------------------------ hooks
    @guarded
    def hook_registered(self, hook: int, kind: HookKind, tensor: int, node: int, function: Any) -> None:
        """A hook was put on a tensor or node."""
        name, defined = describe_function(function)
        self._add(_HOOK_REGISTERED, (hook, kind, tensor, node, name, defined))

    @guarded
    def hook_removed(self, hook: int) -> None:
        """A hook was removed."""
        self._add(_HOOK_REMOVED, (hook,))

    @guarded
    def hook_fired(
        self, pass_: int, hook: int, kind: HookKind, node: int, changed: bool, before: Array | None, after: Array | None
    ) -> None:
        """A hook ran."""
        fields = (pass_, hook, kind, node, changed, self._gradient(before), self._gradient(after))
        self._add(_HOOK_FIRED, fields, self._pass_sources.get(pass_))

    # --------------------------------------------------------------------------------------------------- backward events
    # within a pass the user's line is that of the call, looked up once
    @guarded
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
    ) -> None:
        """The engine was called."""
        source = self._pass_sources[pass_] = self._stack.here()
        fields = (pass_, call, tuple(roots), retain_graph, create_graph, tuple(inputs), engine, inside)
        self._add(_BACKWARD_STARTED, fields, source)

    @guarded
    def backward_ended(self, pass_: int, outcome: PassOutcome) -> None:
        """The engine returned or raised; what is pending is written unless that would be too often."""
        self._add(_BACKWARD_ENDED, (pass_, outcome), self._pass_sources.pop(pass_, None))
        self._batches.flush_soon(self._log.last_id)

    def node_started(self, pass_: int, node: int, reason: str) -> None:
        """The engine took a node from its queue."""
        if self.active:
            try:
                self._add(_NODE_STARTED, (pass_, node, reason), self._pass_sources.get(pass_))
            except Exception as error:  # noqa: BLE001  as in guarded
                self.failed(error)

    def node_ran(
        self,
        pass_: int,
        node: int,
        reason: str,
        began: int,
        ended: int,
        freed: bool,
        flows: Sequence[tuple[int, int, int, Any]],
    ) -> None:
        """A node was taken from the queue and ran to its end, and its gradients went on."""
        if not self.active:
            return
        try:
            source = self._pass_sources.get(pass_, 0)
            thread, log, start = self._local.get(), self._log, self._start
            number, scope, moment = thread.number, thread.scope, ended - start
            first_id = log.append(_NODE_STARTED, began - start, number, scope, source, (pass_, node, reason))
            if freed:
                event_id = log.append(_SAVED_FREED, moment, number, scope, source, (pass_, node))
                self._causes.freed(event_id, node, pass_)
            event_id = log.append(_NODE_FINISHED, moment, number, scope, source, (pass_, node, ended - began))
            shown: Any = None
            row: _GradientRow | None = None
            for output_nr, next_node, input_nr, gradient in flows:
                if gradient is not shown:
                    shown, row = gradient, self._gradient(gradient)
                fields = (pass_, node, output_nr, next_node, input_nr, row)
                event_id = log.append(_GRADIENT_FLOWED, moment, number, scope, source, fields)
            if event_id | self._due_mask != first_id | self._due_mask or not self._due_mask:
                now = log.now()
                if self._batches.is_due(event_id, now):
                    self._batches.flush(event_id)
        except Exception as error:  # noqa: BLE001  as in guarded
            self.failed(error)

    def node_finished(self, pass_: int, node: int, duration: int) -> None:
        """A node ran to its end."""
        if self.active:
            try:
                self._add(_NODE_FINISHED, (pass_, node, duration), self._pass_sources.get(pass_))
            except Exception as error:  # noqa: BLE001  as in guarded
                self.failed(error)

    def gradient_flowed(self, pass_: int, node: int, output_nr: int, next_node: int, input_nr: int, gradient: Array | None) -> None:
        """A gradient went from one node to the next."""
        if self.active:
            try:
                row = None if gradient is None else self._flowing_gradient(pass_, node, gradient)
                fields = (pass_, node, output_nr, next_node, input_nr, row)
                event_id = self._add(_GRADIENT_FLOWED, fields, self._pass_sources.get(pass_))
                if self._with_statistics and type(gradient) is np.ndarray:
                    self._last_flow = (event_id, pass_, node, ref(gradient), row)
            except Exception as error:  # noqa: BLE001  as in guarded
                self.failed(error)

    def gradient_accumulated(
        self,
        pass_: int,
        tensor: int,
        node: int,
        before: Array | None,
        contribution: Array | None,
        after: Array | None,
    ) -> None:
        """A contribution was added to a leaf's gradient."""
        if not self.active:
            return
        try:
            added = self._gradient(contribution)
            if before is None and contribution is not None and after is not None and same_memory(contribution, after):
                total = added  # the first contribution is often kept as it came
            else:
                total = self._gradient(after)
            fields = (pass_, tensor, node, self._gradient(before), added, total)
            self._add(_GRADIENT_ACCUMULATED, fields, self._pass_sources.get(pass_))
        except Exception as error:  # noqa: BLE001  as in guarded
            self.failed(error)

    def saved_freed(self, pass_: int, node: int) -> None:
        """A node let go of its saved tensors."""
        if self.active:
            try:
                event_id = self._add(_SAVED_FREED, (pass_, node), self._pass_sources.get(pass_))
                self._causes.freed(event_id, node, pass_)
            except Exception as error:  # noqa: BLE001  as in guarded
                self.failed(error)

    # ---------------------------------------------------------------------------------------------- training and errors
    @guarded
    def grad_reset(self, tensors: Sequence[int], to: ResetKind) -> None:
        """Gradients were set to None or zero."""
        self._add(_GRAD_RESET, (tuple(tensors), to))

    @guarded
    def optimizer_stepped(self, optimizer: str, tensors: Sequence[int]) -> None:
        """An optimizer updated leaves."""
        self._add(_OPTIMIZER_STEPPED, (optimizer, tuple(tensors)))

    @guarded
    def error_raised(
        self, type_name: str, message: str, pass_: int = NONE, node: int = NONE, storage: int = NONE, version: int = -1
    ) -> None:
        """An exception in the engine; the event that caused it is looked up."""
        cause = self._causes.of_error(pass_, node, storage, version)
        self._last_error = (type_name, message)
        self._add(_ERROR_RAISED, (type_name, message, pass_, node, cause), self._pass_sources.get(pass_))

    # ------------------------------------------------------------------------------------------------- begin and end
    @guarded
    def run_started(self, versions: Mapping[str, str], argv: Sequence[str], host: str, pid: int, rank: int) -> None:
        """The recording began."""
        self._add(_RUN_STARTED, (versions, tuple(argv), host, pid, rank, self.level))

    @guarded
    def run_raised(self, error: BaseException) -> None:
        """An exception left the recorded program; not recorded again when the engine has reported it already."""
        type_name, message = type(error).__name__, str(error)
        if self._last_error != (type_name, message):
            source = self._positions.of_traceback(error.__traceback__)
            self._add(_ERROR_RAISED, (type_name, message, NONE, NONE, -1), source)

    @guarded
    def run_ended(self, outcome: RunOutcome, status: int) -> None:
        """The recording ends in an orderly way: write all that is pending, and the end record."""
        self._add(_RUN_ENDED, (outcome, status))
        self._batches.flush(self._log.last_id, wait=True)
        self._writer.close(self._notes())
        self._leave()

    @property
    def event_count(self) -> int:
        """How many events were recorded so far."""
        return self._log.last_id + 1

    def give_up(self, error: Exception) -> None:
        """End the recording early, because of ``error``: keep what there is, say so once, let the program go on."""
        if not self.active:
            return
        self._leave()
        reason = str(error) if isinstance(error, OSError) or self._writer.closed else f"{type(error).__name__}: {error}"
        self.failure = reason
        with suppress(Exception):
            self.flush()
        with suppress(Exception):
            self._writer.close([*self._notes(), Message(STOPPED_EARLY, reason=reason)])
        self._writer.abandon()
        with suppress(Exception):  # stderr may be closed, or None
            print(f"gradtrace: recording stopped, the program goes on: {reason}", file=sys.stderr)

    def forget(self) -> None:
        """In the child of a fork: the file is the parent's."""
        self._leave()
        self._writer.abandon()

    def _notes(self) -> list[str]:
        missed = Message(STACK_WAS_FULL, count=self._missed)
        return self._copies.notes() + ([missed] if self._missed else [])

    def _leave(self) -> None:
        self.active = False
        if events.sink is self:
            events.set_sink(self._previous)

    def flush(self) -> None:
        """Write what is pending."""
        self._batches.flush(self._log.last_id)
