"""The events of passes that nobody observed at their nodes, as columns: what :mod:`.derived` has worked out, and between what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.events import (
    NONE,
    BackwardEnded,
    BackwardStarted,
    Event,
    GradientAccumulated,
    GradientFlowed,
    GradReset,
    HookFired,
    NodeFinished,
    NodeStarted,
    SavedFreed,
)
from ..message import Message
from ..store.packing import Columns
from ..store.schema import EVENT_NUMBER
from ..store.tables import Tables
from .derived_graph import CalledGraph, EngineCall, RecordedRun, UnderivableError
from .engine_order import EngineOrder
from .lookup import Ids, Lookup, Mask
from .topology import edge_entries

_STARTED, _HOOKS, _ACCUMULATED, _AFTER, _WITHIN, _FREED, _FINISHED, _POST_HOOKS, _FLOWED, _STEPS = range(10)
"""What happens at a node, in order: moments are counted in these, ``_STEPS`` for each node."""

_STEP_OF_HOOK = {
    "tensor": _HOOKS,
    "retain_grad": _HOOKS,
    "node_pre": _HOOKS,
    "post_accumulate_grad": _AFTER,
    "saved_tensor": _WITHIN,
    "node_post": _POST_HOOKS,
}

_DERIVED: Sequence[type[Event]] = (NodeStarted, GradientAccumulated, SavedFreed, NodeFinished, GradientFlowed)


class Landmarks:
    """The recorded events that say at which node a pass was just then."""

    def __init__(self, tables: Tables, run: RecordedRun) -> None:
        self._run = run
        self._fired, self._added = tables.columns(HookFired), tables.columns(GradientAccumulated)
        self._finished = tables.columns(NodeFinished)
        self._fired_in, self._added_in = Lookup(self._fired["pass_"]), Lookup(self._added["pass_"])
        self._finished_in = Lookup(self._finished["pass_"])
        kinds = self._fired["kind"]
        steps = {number: _STEP_OF_HOOK.get(tables.text(number), _WITHIN) for number in np.unique(kinds).tolist()}
        self._step: Ids = np.array([steps[number] for number in kinds.tolist()], np.int64)
        started, ended = tables.columns(BackwardStarted), tables.columns(BackwardEnded)
        nested = started["inside"] != NONE
        ends = Lookup(ended["pass_"]).first(started["pass_"][nested])
        self._inside, self._began = started["inside"][nested], started["id"][nested]
        self._ended: Ids = self._began if not len(ended["id"]) else np.where(ends >= 0, ended["id"][ends], self._began)

    def of(self, call: EngineCall, graph: CalledGraph, order: EngineOrder) -> Moments:
        """Those of one pass. Raises UnderivableError when they contradict the order worked out."""
        added = self._added_in.rows(call.id)
        fired = self._fired_in.rows(call.id)
        late = (self._step[fired] == _AFTER) & ~np.isin(self._fired["node"][fired], self._added["node"][added])
        fired = fired[~late]  # told at the end of the pass, of all processes' gradients
        finished = self._finished_in.rows(call.id)
        nested = np.arange(np.searchsorted(self._began, call.first), np.searchsorted(self._began, max(call.last, call.first)))
        told = [(self._fired, fired), (self._added, added), (self._finished, finished)]
        ids = np.concatenate([columns["id"][rows] for columns, rows in told])
        over = np.concatenate([ids, self._ended[nested]])
        ids = np.concatenate([ids, self._began[nested]])
        nodes = np.concatenate([*(columns["node"][rows] for columns, rows in told), self._inside[nested]])
        steps = [self._step[fired], *(np.full(*fill) for fill in ((len(added), _ACCUMULATED), (len(finished), _FINISHED)))]
        step = np.concatenate([*steps, np.full(len(nested), _WITHIN)])
        position = np.full(len(graph.rows) + 1, -1, np.int64)  # the last one stands for nodes that are not there
        position[order.nodes] = np.arange(len(order.nodes))
        at = position[graph.places(self._run.topology.rows(nodes))]
        known = np.flatnonzero(at >= 0)
        known = known[np.argsort(ids[known], kind="stable")]
        moments = at[known] * _STEPS + step[known]
        if (np.diff(moments) < 0).any():
            raise UnderivableError(Message("its hooks fired in an order that does not follow from its graph"))
        over = np.concatenate([[call.first], over[known]])
        return Moments(moments, over, self._added["node"][added], self._finished["node"][finished])


@dataclass(frozen=True)
class Moments:
    """Moments (ascending) at which something of a pass was recorded: the ``i``-th of them is over with event ``over[i + 1]``.

    ``over[0]`` began the pass. ``accumulated`` are the leaves' nodes whose accumulation was recorded, ``finished`` those of which
    only the end was: nothing reached them but undefined gradients.
    """

    moments: Ids
    over: Ids
    accumulated: Ids
    finished: Ids

    def before(self, moments: Ids) -> Ids:
        """The recorded events that derived ones of these moments follow."""
        return self.over[np.searchsorted(self.moments, moments, "right")]


class PassEvents:
    """The events of one pass; per event type its columns, the moments, and which recorded event each of them follows."""

    def __init__(
        self,
        run: RecordedRun,
        call: EngineCall,
        graph: CalledGraph,
        order: EngineOrder,
        runs: Mask,
        failed: int,
        holds: Mask,
        moments: Moments,
    ) -> None:
        self.call = call
        self._run, self._graph = run, graph
        ids = run.topology.ids[graph.rows]
        begun = order.nodes[runs]
        begun_at = np.flatnonzero(runs) * _STEPS
        whole = begun != failed
        done, done_at = begun[whole], begun_at[whole]
        variable = run.variable[graph.rows[done]]
        ends = ~np.isin(ids[done], moments.finished)
        adds = (variable != NONE) & ~np.isin(ids[done], moments.accumulated) & ends & call.accumulates
        frees = holds[done]
        self.columns: dict[type[Event], Columns] = {
            NodeStarted: {"node": ids[begun]},
            GradientAccumulated: {"node": ids[done][adds], "tensor": variable[adds], **_gradients(run.leaf_info(variable[adds]))},
            SavedFreed: {"node": ids[done][frees]},
            NodeFinished: {"node": ids[done][ends]},
        }
        at: dict[type[Event], Ids] = {
            NodeStarted: begun_at + _STARTED,
            GradientAccumulated: done_at[adds] + _ACCUMULATED,
            SavedFreed: done_at[frees] + _FREED,
            NodeFinished: done_at[ends] + _FINISHED,
        }
        self.columns[GradientFlowed], at[GradientFlowed] = self._flows(ids, done, done_at, moments.finished)
        self.reasons = self._reasons(order, runs)
        every = np.concatenate([at[kind] for kind in _DERIVED])
        self.order = np.argsort(every, kind="stable")
        """Where each event comes from: the event types one after another, in the order of ``_DERIVED``."""
        self.kind = np.repeat([EVENT_NUMBER[kind] for kind in _DERIVED], [len(at[kind]) for kind in _DERIVED])[self.order]
        self.after = moments.before(every[self.order])
        self.after_of = {kind: moments.before(at[kind]) for kind in _DERIVED}
        self.freed = done[frees]
        self.freed_at = np.flatnonzero(self.kind == EVENT_NUMBER[SavedFreed])

    def _flows(self, ids: Ids, done: Ids, done_at: Ids, undefined: Ids) -> tuple[Columns, Ids]:
        graph, engine = self._graph, self._graph.engine
        entries, sender, _ = edge_entries(engine.offsets, done)
        sent = engine.enters[engine.targets[entries]]
        entries, sender = entries[sent], sender[sent]
        roots = engine.roots
        target = np.concatenate([roots, engine.targets[entries]])
        zeros = np.zeros(len(roots), np.int64)
        input_nr = np.concatenate([self.call.root_inputs[self.call.roots != NONE], graph.input_nr[entries]])
        columns = {
            "node": np.concatenate([zeros, ids[done[sender]]]),
            "output_nr": np.concatenate([zeros, graph.output_nr[entries]]),
            "next_node": ids[target],
            "input_nr": input_nr,
            **_gradient("gradient", self._run.output_info(graph.rows[target], input_nr)),
        }
        columns["gradient.present"] = ~np.isin(columns["next_node"], undefined)
        return columns, np.concatenate([zeros - 1, done_at[sender] + _FLOWED])

    def _reasons(self, order: EngineOrder, runs: Mask) -> tuple[Ids, Ids]:
        """What makes the reason of each node that began: rows of (is a root, gradients awaited, nodes left waiting, is a leaf)."""
        begun = order.nodes[runs]
        is_root = np.isin(begun, self._graph.engine.roots)
        is_leaf = self._run.variable[self._graph.rows[begun]] != NONE
        facts = np.stack([is_root, self._graph.engine.uses()[begun], order.waiting[runs], is_leaf]).astype(np.int64)
        distinct, which = np.unique(facts, axis=1, return_inverse=True)
        return distinct, which.reshape(-1)


class DerivedEvents:
    """Collects the events of all passes."""

    def __init__(self, tables: Tables, run: RecordedRun) -> None:
        self.texts: list[str] = []
        self._tables = tables
        self._run = run
        self._passes: list[PassEvents] = []
        self.count = 0
        self._reason_numbers: dict[tuple[int, ...], int] = {}
        self._text_numbers: dict[str, int] = {}

    def add(self, events: PassEvents) -> int:
        """Add a pass; returns the number of its first event among all that were added."""
        distinct, which = events.reasons
        numbers = np.array([self._reason(*facts) for facts in distinct.T.tolist()], np.uint32)
        events.columns[NodeStarted]["reason"] = numbers[which] if len(numbers) else np.zeros(0, np.uint32)
        self._passes.append(events)
        first = self.count
        self.count += len(events.kind)
        return first

    def merged(self) -> tuple[Ids, Ids, Columns, Mapping[int, Columns]]:
        """All of them in order: which recorded event each follows; by number of adding its place; common and own columns."""
        passes = self._passes
        after = _joined([events.after for events in passes])
        order = np.argsort(after, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        after = after[order]
        owner = np.repeat(np.arange(len(passes)), [len(events.kind) for events in passes])[order]
        common = self._common(after, owner)
        common["kind"] = _joined([events.kind for events in passes])[order]
        own = {EVENT_NUMBER[kind]: self._own(kind) for kind in _DERIVED}
        new_ids = after + 1 + np.arange(len(after))
        self._fill_before(
            own[EVENT_NUMBER[GradientAccumulated]], new_ids[common["kind"] == EVENT_NUMBER[GradientAccumulated]], after
        )
        return after, place, common, own

    def _own(self, kind: type[Event]) -> Columns:
        passes = self._passes
        order = np.argsort(_joined([events.after_of[kind] for events in passes]), kind="stable")
        if not len(order):
            return {}
        pass_ids = np.repeat([events.call.id for events in passes], [len(events.after_of[kind]) for events in passes])
        columns = {name: np.concatenate([events.columns[kind][name] for events in passes]) for name in passes[0].columns[kind]}
        columns["pass_"] = pass_ids
        return {name: values[order] for name, values in columns.items()}

    def _common(self, after: Ids, owner: Ids) -> Columns:
        """Thread, scope and line are those of the call; the time is that of the last recorded event."""
        started = self._tables.columns(BackwardStarted)
        rows = np.array([events.call.row for events in self._passes], np.int64)[owner]
        times = np.zeros(len(self._tables), np.int64)
        for chunk in self._tables.chunks:
            times[chunk.common["id"]] = chunk.common["time"]
        return {"time": times[after], **{name: started[name][rows] for name in ("thread", "scope", "source")}}

    def _fill_before(self, columns: Columns, new_ids: Ids, after: Ids) -> None:
        """Whether a leaf had a gradient already, as far as accumulations and resets tell."""
        if not columns:
            return
        recorded, resets = self._tables.columns(GradientAccumulated), self._tables.columns(GradReset)
        to_none = np.array([how == "none" for how in self._tables.texts(resets["to"])], np.bool_)
        cleared = to_none[resets["tensors"].rows]
        tensors = np.concatenate([columns["tensor"], recorded["tensor"], resets["tensors"].values[cleared]])
        old_ids = np.concatenate([recorded["id"], resets["id"][resets["tensors"].rows][cleared]])
        events = np.concatenate([new_ids, old_ids + np.searchsorted(after, old_ids, "left")])
        present = np.arange(len(tensors)) < len(tensors) - int(cleared.sum())
        order = np.lexsort((events, tensors))
        had = np.zeros(len(tensors), np.bool_)
        same = tensors[order][1:] == tensors[order][:-1]
        had[order[1:]] = same & present[order[:-1]]
        columns["before.present"] = had[: len(new_ids)]

    def _reason(self, is_root: int, count: int, waiting: int, is_leaf: int) -> int:
        """The number of the text that says why a node was next; in the words of the core's engine."""
        if self._tables.problems:  # names may be missing, and must not be taken for ours
            return 0
        if is_root:
            text = "root" if count == 1 else f"root; all {count} gradients arrived"
        else:
            text = "its only consumer finished" if count == 1 else f"all {count} uses finished"
        if waiting:
            others = f"highest sequence number among the {waiting + 1} ready nodes"
            text += f"; {'a leaf accumulates as soon as it is ready' if is_leaf else others}"
        if text not in self._text_numbers:
            self._text_numbers[text] = len(self._tables.strings) + len(self.texts)
            self.texts.append(text)
        return self._text_numbers[text]


def _gradient(name: str, info: tuple[Ids, Ids]) -> Columns:
    shapes, dtypes = info
    return {
        f"{name}.present": np.ones(len(shapes), np.bool_),
        f"{name}.shape": shapes.astype(np.uint32),
        f"{name}.dtype": dtypes.astype(np.uint32),
    }


def _gradients(info: tuple[Ids, Ids]) -> Columns:
    return {**_gradient("before", info), **_gradient("contribution", info), **_gradient("after", info)}


def _joined(arrays: list[Any]) -> Ids:
    return np.concatenate(arrays).astype(np.int64, copy=False) if arrays else np.zeros(0, np.int64)
