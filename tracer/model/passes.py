"""One call into the engine: what it was asked, which nodes it ran, and the graph it ran over."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import networkx as nx
import numpy as np

from ...core.events import (
    NONE,
    Array,
    BackwardEnded,
    BackwardStarted,
    Edge,
    ErrorRaised,
    Event,
    Gradient,
    GradientAccumulated,
    GradientFlowed,
    HookFired,
    NodeCreated,
    NodeFinished,
    NodeStarted,
    SavedFreed,
    SourcePosition,
)
from ..message import Message
from .arrays import GraphArrays
from .assemble import assemble
from .events import EventLog
from .graph import build_graph
from .lookup import Ids
from .received import Contribution, ReceivedGradients
from .text import source_text

if TYPE_CHECKING:
    from .trace import Trace

Outcome = Literal["finished", "raised", "unfinished"]

PASS_EVENTS: Sequence[type[Event]] = (
    BackwardStarted,
    BackwardEnded,
    NodeStarted,
    NodeFinished,
    GradientFlowed,
    GradientAccumulated,
    HookFired,
    SavedFreed,
    ErrorRaised,
)
"""The event types that say which pass they belong to."""


class Pass:
    """One call of ``backward()`` or ``autograd.grad()``.

    Attributes:
        trace: the run it belongs to.
        index: its place among the passes of the run, from 0.
        id: its pass id in events (``pass_``).
        call: ``"backward"`` or ``"grad"``.
        roots: where gradients entered from outside.
        retain_graph, create_graph: as the engine was asked.
        inputs: ids of the tensors the call was restricted to, or empty.
        outcome: ``"finished"``, ``"raised"``, or ``"unfinished"`` when the trace ends (or has a hole) before the pass does.
        first, last: ids of its first and last event. Events in between may belong to others: nested passes, other threads.
        source: the line of the program that called.
    """

    is_forward = False

    def __init__(self, trace: Trace, index: int, pass_id: int, first: int, last: int, outcome: Outcome) -> None:
        started = trace.events[first] if len(trace.events) else Event(id=-1)
        known = isinstance(started, BackwardStarted)
        self.trace = trace
        self.index = index
        self.id = pass_id
        self.first = first
        self.last = last
        self.outcome: Outcome = outcome
        self.call: str = started.call if isinstance(started, BackwardStarted) else "backward"
        self.roots: tuple[Edge, ...] = started.roots if isinstance(started, BackwardStarted) else ()
        self.retain_graph = isinstance(started, BackwardStarted) and started.retain_graph
        self.create_graph = isinstance(started, BackwardStarted) and started.create_graph
        self.inputs: tuple[int, ...] = started.inputs if isinstance(started, BackwardStarted) else ()
        self.source: SourcePosition | None = started.source if known else None
        self._rows: dict[type[Event], Ids] = {}

    def __repr__(self) -> str:
        return f"<{self.label}: {len(self.nodes)} nodes ran, {self.outcome}>"

    @property
    def derived(self) -> bool:
        """Whether nobody observed its nodes, and what they did was worked out from the graph (:mod:`.derived`)."""
        return self.id in self.trace.derivation.derived

    @property
    def unobserved(self) -> str:
        """Why nothing is known of what its nodes did: nobody observed them, and it could not be worked out. Else ``""``."""
        return self.trace.derivation.unobserved.get(self.id, "")

    @property
    def provenance(self) -> str:
        """How what its nodes did is known, in words; ``""`` for a pass that was observed."""
        if self.derived:
            return Message("order worked out from the engine's rule; durations and gradients were not recorded at this level")
        reason = self.unobserved
        if not reason:
            return ""
        return Message("what its nodes did was not recorded at this level and cannot be worked out: {reason}", reason=reason)

    # ---------------------------------------------------------------------------------------------------------- naming
    @property
    def name(self) -> str:
        """``backward #1``: the call and its number, counted from 1 over all passes of the run."""
        return f"{self.call} #{self.index + 1}"

    @property
    def step(self) -> str:
        """The label of its step, where a part of the run was recorded: what was left out cannot be counted. Else ``""``."""
        return self.trace.step_labels.get(self.index, "")

    @property
    def label(self) -> str:
        """``backward #1 · train.py:12``."""
        where = source_text(self.source)
        return f"{self.name} · {where}" if where else self.name

    # ---------------------------------------------------------------------------------------------------------- events
    def rows(self, event_type: type[Event]) -> Ids:
        """The rows of one of :data:`PASS_EVENTS` that belong to this pass, ascending; int64."""
        if event_type not in self._rows:
            log = self.trace.events
            between = log.rows_between(event_type, self.first, self.last)
            mine = log.columns(event_type)["pass_"][between] == self.id
            self._rows[event_type] = np.flatnonzero(mine) + between.start
        return self._rows[event_type]

    def ids(self, event_type: type[Event]) -> Ids:
        """Ids of the events of one of :data:`PASS_EVENTS` that belong to this pass, ascending; int64."""
        return self.trace.events.ids(event_type)[self.rows(event_type)]

    @cached_property
    def error(self) -> ErrorRaised | None:
        """The exception that ended the pass."""
        ids = self.ids(ErrorRaised)
        event = self.trace.events[int(ids[0])] if len(ids) else None
        return event if isinstance(event, ErrorRaised) else None

    @cached_property
    def node_stops(self) -> Ids:
        """Event ids at which stepping node by node halts: start, each node's end, an error, end; ascending, int64."""
        ends = np.array([self.first, self.last], np.int64)
        return np.unique(np.concatenate([ends, self.ids(NodeFinished), self.ids(ErrorRaised)]))

    @cached_property
    def nonfinite_events(self) -> Ids:
        """Ids of the events of the pass that carry a NaN or infinite gradient; ascending, int64."""
        log = self.trace.events
        found = [
            self.ids(event_type)[log.nonfinite(event_type, field, self.rows(event_type))]
            for event_type, field in ((GradientFlowed, "gradient"), (GradientAccumulated, "contribution"))
        ]
        return np.unique(np.concatenate(found))

    def first_nonfinite(self) -> int:
        """Id of the first event of the pass that carries a NaN or infinite gradient, or -1."""
        return int(self.nonfinite_events[0]) if len(self.nonfinite_events) else -1

    # ----------------------------------------------------------------------------------------------------------- nodes
    @cached_property
    def nodes(self) -> list[int]:
        """Ids of the nodes that ran, in the order in which they began."""
        ran: list[int] = self.trace.events.columns(NodeStarted)["node"][self.rows(NodeStarted)].tolist()
        return ran

    def find(self, name: str) -> int:
        """The first node of that name (``"MulBackward0"``, or ``"Mul"``) in execution order, then among those that did not run.

        Raises KeyError, naming close matches, when there is none.
        """
        arrays = self.arrays
        rank = np.where(arrays.order < 0, len(arrays), arrays.order)
        for names in (arrays.name, arrays.op):
            matches = [index for index, candidate in enumerate(names) if candidate == name]
            if matches:
                return int(arrays.node[min(matches, key=rank.__getitem__)])
        close = difflib.get_close_matches(name, sorted(set(arrays.name)), n=3)
        hint = f"; did you mean {' or '.join(close)}?" if close else f"; it has {', '.join(sorted(set(arrays.name))[:8])}"
        raise KeyError(f"{self.name} has no node {name!r}{hint}")

    # ----------------------------------------------------------------------------------------------------------- graph
    @cached_property
    def graph(self) -> nx.DiGraph:
        """The graph under the roots as a ``networkx.DiGraph`` (made on first use); :mod:`.graph` documents its attributes."""
        return build_graph(self)

    @property
    def arrays(self) -> GraphArrays:
        """The same graph as arrays. Made on first use."""
        return self._assembled[0]

    @property
    def received(self) -> ReceivedGradients:
        """The gradients that came to each node, by index in :attr:`arrays`."""
        return self._assembled[1]

    @cached_property
    def _assembled(self) -> tuple[GraphArrays, ReceivedGradients]:
        roots = np.array([root.node for root in self.roots if root.node != NONE], np.int64)
        return assemble(self.trace.run_index, roots, self.rows)

    # ------------------------------------------------------------------------------------------------------- gradients
    def gradient(self, node: int, input_nr: int | None = None) -> Gradient | None:
        """The total gradient that entered ``node`` in this pass (of input ``input_nr``; by default the first that got one).

        None when none came or it was undefined. Without statistics when it is a sum whose parts' arrays were not recorded.
        """
        index = self.arrays.index(node)
        return self.received.total(index, input_nr=input_nr) if index >= 0 else None

    def gradient_array(self, node: int, input_nr: int | None = None) -> Array | None:
        """The array of :meth:`gradient`, or None when it was not recorded."""
        index = self.arrays.index(node)
        return self.received.array(index, input_nr=input_nr) if index >= 0 else None

    def contributions(self, node: int) -> list[Contribution]:
        """The gradients that flowed to ``node`` one by one, in the order of arrival."""
        index = self.arrays.index(node)
        return self.received.contributions(index) if index >= 0 else []

    def edge_gradient(self, edge: int) -> Gradient | None:
        """The gradient that flowed along an edge (an index into the edges of :attr:`arrays`), or None."""
        log, event = self.trace.events, int(self.arrays.flowed[edge])
        if event < 0:
            return None
        return log.gradient(GradientFlowed, "gradient", int(np.searchsorted(log.ids(GradientFlowed), event)))


class AllNodes(Pass):
    """A stand-in for a pass, over every node of the run: what to show when no backward ran. It replays the making of the graph."""

    is_forward = True

    def __init__(self, trace: Trace) -> None:
        last = len(trace.events) - 1
        super().__init__(trace, -1, NONE, min(0, last), last, "finished")
        self.call = "forward"

    @property
    def name(self) -> str:
        """``all nodes``."""
        return "all nodes"

    def rows(self, event_type: type[Event]) -> Ids:  # noqa: ARG002  no event belongs to this pass
        """Always empty: no event belongs to this pass."""
        return np.zeros(0, np.int64)

    @cached_property
    def node_stops(self) -> Ids:
        """Event ids at which stepping node by node halts: start, each node's creation, end; ascending, int64."""
        ends = np.array([self.first, self.last], np.int64)
        return np.unique(np.concatenate([ends, self.trace.events.ids(NodeCreated)]))

    @cached_property
    def _assembled(self) -> tuple[GraphArrays, ReceivedGradients]:
        return assemble(self.trace.run_index, np.zeros(0, np.int64), self.rows, everything=True)


def find_passes(trace: Trace) -> list[Pass]:
    """Every pass of the run in the order in which they began, those without a recorded beginning or end included."""
    log = trace.events
    began = dict(zip(log.columns(BackwardStarted)["pass_"].tolist(), log.ids(BackwardStarted).tolist(), strict=True))
    for pass_id in np.unique(log.columns(NodeStarted)["pass_"]).tolist():
        if pass_id != NONE and pass_id not in began:  # its start was lost to damage
            began[pass_id] = min(_ids_of_pass(log, pass_id))
    ended = dict(zip(log.columns(BackwardEnded)["pass_"].tolist(), range(len(log.ids(BackwardEnded))), strict=True))
    passes = []
    for index, (pass_id, first) in enumerate(sorted(began.items(), key=lambda item: item[1])):
        if pass_id in ended:
            row = ended[pass_id]
            last = int(log.ids(BackwardEnded)[row])
            outcome: Outcome = "raised" if log.field(BackwardEnded, "outcome", row) == "raised" else "finished"
        else:
            last, outcome = max(_ids_of_pass(log, pass_id)), "unfinished"
        passes.append(Pass(trace, index, pass_id, first, last, outcome))
    return passes


def _ids_of_pass(log: EventLog, pass_id: int) -> list[int]:
    """First and last id of each event type's events of one pass."""
    found: list[int] = []
    for event_type in PASS_EVENTS:
        ids = log.ids(event_type)[log.columns(event_type)["pass_"] == pass_id]
        found += [int(ids[0]), int(ids[-1])] if len(ids) else []
    return found
