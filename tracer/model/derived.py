"""What happened at the nodes of backward passes that nobody observed there: worked out from the graph.

At level ``structure`` a recording has the graph, the calls into the engine, the hooks that fired and the errors, but no event of a
node. The engine leaves nothing to chance, though: which nodes ran, and in which order, follows from the graph
(:mod:`.engine_order`). :func:`derive` puts the events that a higher level would have recorded between those there are.

What cannot be known stays unknown: durations, gradients beyond shape and dtype, and whether a gradient was undefined. Where the
order itself cannot be known (parts of the graph were made before the recording, say) the pass stays as it was recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ...core.events import (
    NONE,
    BackwardStarted,
    ErrorRaised,
    RunStarted,
    SavedFreed,
)
from ..message import Message
from ..store.inserting import ErrorFields, insert_events, moved
from ..store.schema import EVENT_NUMBER
from ..store.tables import Tables
from .derived_events import DerivedEvents, Landmarks, PassEvents
from .derived_graph import FREED, CalledGraph, EngineCall, RecordedRun, UnderivableError
from .engine_order import EngineOrder, engine_order
from .lookup import Ids

LEVEL = "structure"
"""The level at which nodes are not observed."""

_AFTER_THE_PASS = "appears to not have been used in the graph"
_ORDERS_KEPT = 64

MOST_EVENTS = 10_000_000
"""No more events than these are put into one run: a small file may ask for many passes over a large graph."""


@dataclass(frozen=True)
class Derivation:
    """``tables`` with what was worked out; the ids of the ``derived`` passes; by id, why others are not (``unobserved``)."""

    tables: Tables
    derived: frozenset[int] = frozenset()
    unobserved: Mapping[int, str] = field(default_factory=dict)


def derive(tables: Tables) -> Derivation:
    """Work out what was not observed. Tables of other levels come back as they are."""
    if _level(tables) != LEVEL or not tables.count(BackwardStarted):
        return Derivation(tables)
    return _Deriver(tables).run()


def _level(tables: Tables) -> str:
    if "level" in tables.header:
        return str(tables.header["level"])
    levels = tables.columns(RunStarted)["level"]
    return tables.text(int(levels[0])) if len(levels) else ""


class _Deriver:
    """Goes through the passes of a run in order: what one pass freed, the next one misses."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._run = RecordedRun(tables)
        self._landmarks = Landmarks(tables, self._run)
        self._events = DerivedEvents(tables, self._run)
        self._orders: dict[tuple[object, ...], EngineOrder] = {}
        count = len(self._run.topology)
        self._freed_by: Ids = np.zeros(count, np.int64)
        self._freed_at: Ids = np.full(count, -1, np.int64)
        """By node: a recorded event, or -2 - the number of the derived one; -1: what it saved is still there."""
        self._recorded_freeing = tables.columns(SavedFreed)
        self._causes: dict[int, tuple[int, int]] = {}
        """By error event: the node, and the freeing in the code of ``_freed_at`` (-1: the cause it has)."""

    def run(self) -> Derivation:
        """Derive every pass that was not observed."""
        derived, unobserved = set(), {}
        calls = self._run.calls()
        for call in calls:
            self._note_recorded_freeing(call.first)
            if call.observed:
                self._find_cause(call, call.failed)
                continue
            try:
                self._derive(call)
            except UnderivableError as reason:
                unobserved[call.id] = reason.message
                self._find_cause(call, call.failed)
            else:
                derived.add(call.id)
        return Derivation(self._merged(), frozenset(derived), unobserved)

    # -------------------------------------------------------------------------------------------------------- one pass
    def _derive(self, call: EngineCall) -> None:
        if call.last <= call.first:
            raise UnderivableError(Message("the recording ended before it did"))
        if call.raised and call.error < 0:
            raise UnderivableError(Message("it was interrupted, and where is not known"))
        if self._tables.kind[call.first : call.last].max(initial=0) >= len(EVENT_NUMBER):
            raise UnderivableError(Message("events of it were lost"))
        graph = self._run.graph_of(call)
        if self._events.count + 4 * len(graph.rows) + len(graph.owner) > MOST_EVENTS:
            raise UnderivableError(Message("the run has too many events"))
        order = self._order(graph)
        runs = graph.engine.runs[order.nodes]
        failed = self._failing(call, graph, order) if call.error >= 0 else -1
        if failed >= 0:
            end = int(np.flatnonzero(order.nodes == failed)[0]) + 1
            order, runs = EngineOrder(order.nodes[:end], order.waiting[:end]), runs[:end]
            self._find_cause(call, int(self._run.topology.ids[graph.rows[failed]]))
        moments = self._landmarks.of(call, graph, order)
        saved = self._run.saves[graph.rows] & (self._freed_at[graph.rows] == -1)
        events = PassEvents(self._run, call, graph, order, runs, failed, saved if call.frees else np.zeros_like(saved), moments)
        first = self._events.add(events)
        freed = graph.rows[events.freed]
        self._freed_by[freed] = call.id
        self._freed_at[freed] = -2 - (first + events.freed_at)

    def _order(self, graph: CalledGraph) -> EngineOrder:
        """Iterations of a loop make the same graph again: each shape is worked out once."""
        key = graph.engine.key()
        known = self._orders.get(key)
        if known is None:
            if len(self._orders) >= _ORDERS_KEPT:
                self._orders.clear()
            known = self._orders[key] = engine_order(graph.engine)
        return known

    def _failing(self, call: EngineCall, graph: CalledGraph, order: EngineOrder) -> int:
        """The node at which a pass failed, -1 when it was none. Raises UnderivableError when that cannot be told."""
        ran = order.nodes[graph.engine.runs[order.nodes]]
        if call.failed != NONE:
            failed = int(graph.places(self._run.topology.rows(np.array([call.failed])))[0])
            if failed < 0 or not (order.nodes == failed).any():
                raise UnderivableError(Message("it failed at a node that it should not have reached"))
            return failed
        if not len(ran) or _AFTER_THE_PASS in call.message:
            return -1
        rows = graph.rows[ran]
        gone = ran[self._run.saves[rows] & (self._freed_at[rows] != -1)]
        if not FREED.search(call.message) or not len(gone):
            raise UnderivableError(Message("it failed, and at which node is not known"))
        return int(gone[0])

    def _find_cause(self, call: EngineCall, failed: int) -> None:
        """An error at a node whose saved tensors an earlier pass has freed has that for a cause."""
        if call.error < 0 or failed == NONE:
            return
        row = self._run.topology.row(failed)
        freed = row >= 0 and self._freed_at[row] != -1 and self._freed_by[row] != call.id
        self._causes[call.error] = failed, int(self._freed_at[row]) if freed else -1

    def _note_recorded_freeing(self, before: int) -> None:
        freeing = self._recorded_freeing
        upto = int(np.searchsorted(freeing["id"], before))
        rows = self._run.topology.rows(freeing["node"][:upto])
        known = rows >= 0
        self._freed_by[rows[known]] = freeing["pass_"][:upto][known]
        self._freed_at[rows[known]] = freeing["id"][:upto][known]
        self._recorded_freeing = {name: freeing[name][upto:] for name in ("id", "node", "pass_")}

    # ------------------------------------------------------------------------------------------------------- all of them
    def _merged(self) -> Tables:
        events = self._events
        after, place, common, own = events.merged()
        new_ids = after + 1 + np.arange(len(after), dtype=np.int64)
        errors = self._errors(after, new_ids[place])
        return insert_events(self._tables, after, common, own, errors, events.texts)

    def _errors(self, after: Ids, new_ids: Ids) -> ErrorFields:
        """``new_ids`` are those of the derived events, in the order in which they were added."""
        columns = self._tables.columns(ErrorRaised)
        causes = dict(zip(columns["id"].tolist(), columns["cause"].tolist(), strict=True))
        changed: dict[int, tuple[int, int]] = {}
        for error, (node, freed_at) in self._causes.items():
            known = causes.get(error, -1)
            derived = known < 0 and freed_at < -1
            event, recorded = moved(np.array([error, known if known >= 0 else freed_at]), after).tolist()
            changed[event] = node, int(new_ids[-2 - freed_at]) if derived else recorded
        return changed
