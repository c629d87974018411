"""Tensors over the run: names, gradients of leaves and versions of storages at any moment, and their histories."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from ...core.events import (
    NONE,
    DataWritten,
    Event,
    Gradient,
    GradientAccumulated,
    GradientStatistics,
    GradReset,
    GraphCut,
    HookFired,
    HookRegistered,
    LeafCreated,
    LeafNamed,
    NodeCreated,
    SavedFreed,
    TensorSaved,
    VersionBumped,
)
from ..store.schema import STATISTICS
from .assignments import Assignments
from .events import EventLog
from .lookup import Floats, Ids, LastBefore, Lookup
from .records import Leaf

ACCUMULATE_OP = "accumulate_grad"
"""The ``op`` of the in-place write by which the engine adds to a ``.grad`` that exists."""


def find_leaves(log: EventLog, node_of: Lookup) -> dict[int, Leaf]:
    """Every leaf by tensor id, in the order in which they became known. ``node_of`` finds rows of NodeCreated by variable."""
    names = {event.tensor: event.name for event in events_of(log, LeafNamed) if isinstance(event, LeafNamed) and event.name}
    node_ids = log.columns(NodeCreated)["node"]
    leaves: dict[int, Leaf] = {}
    for event in events_of(log, LeafCreated):
        assert isinstance(event, LeafCreated)
        if event.tensor in leaves:
            continue
        rows = node_of.rows(event.tensor)
        leaves[event.tensor] = Leaf(
            id=event.tensor,
            name=names.get(event.tensor) or event.name or unnamed(event.tensor),
            shape=event.shape,
            dtype=event.dtype,
            created=event.id,
            source=event.source,
            requires_grad=event.requires_grad,
            node=int(node_ids[rows[-1]]) if len(rows) else NONE,
        )
    return leaves


def unnamed(tensor: int) -> str:
    """What a tensor is called that has no name."""
    return f"tensor {tensor}"


def events_of(log: EventLog, event_type: type[Event]) -> list[Event]:
    """All events of one type."""
    return [log[event_id] for event_id in log.ids(event_type).tolist()]


class OutputNames:
    """Names of tensors that are no leaves: the variable that the call's result was assigned to."""

    def __init__(self, log: EventLog, assignments: Assignments) -> None:
        self._assignments = assignments
        outputs = log.columns(NodeCreated)["outputs.tensor"]
        self._outputs = outputs
        self._by_tensor = Lookup(outputs.values)

    def name(self, tensor: int) -> str:
        """The variable of ``tensor`` (``parts[1]`` for one of several outputs), or ``""``; the latest one counts."""
        for entry in reversed(self._by_tensor.rows(tensor).tolist()):
            row = int(np.searchsorted(self._outputs.offsets, entry, "right")) - 1
            target = self._assignments.of_row(row)
            if target:
                first, end = self._outputs.offsets[row], self._outputs.offsets[row + 1]
                return f"{target}[{entry - first}]" if end - first > 1 else target
        return ""


def find_gradient_tensors(log: EventLog) -> dict[int, int]:
    """Tensor id of a ``.grad`` -> the leaf it belongs to, where it was added to in place: the write comes just before the event."""
    bumped, added = log.columns(VersionBumped), log.columns(GradientAccumulated)
    rows = Lookup(added["id"]).first(bumped["id"] + 1)
    by_engine = np.array([text == ACCUMULATE_OP for text in log.texts(bumped["op"])], np.bool_) & (rows >= 0)
    return dict(zip(bumped["tensor"][by_engine].tolist(), added["tensor"][rows[by_engine]].tolist(), strict=True))


ALIASES = {"data": ".data", "detach": ".detach()"}
"""Ways to another tensor of the same numbers, and how they are written."""


def find_aliases(log: EventLog) -> dict[int, tuple[int, str]]:
    """Tensor id of an ``x.data`` or ``x.detach()`` -> the tensor it was taken of, and how that is written."""
    cuts = log.columns(GraphCut)
    return {
        result: (tensor, ALIASES[how])
        for tensor, result, how in zip(cuts["tensor"].tolist(), cuts["result"].tolist(), log.texts(cuts["how"]), strict=True)
        if how in ALIASES and result not in (NONE, tensor)
    }


_ADDED, _RESET, _REPLACED = range(3)


class LeafGradients:
    """``.grad`` of every leaf at any moment of the run, as far as events tell of it."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        added, resets, fired = log.columns(GradientAccumulated), log.columns(GradReset), log.columns(HookFired)
        tensors = resets["tensors"]
        replaced, owners = _replaced_gradients(log)
        self._tensor: Ids = np.concatenate([added["tensor"], tensors.values, owners])
        self._row: Ids = np.concatenate([np.arange(len(added["id"]), dtype=np.int64), tensors.rows, replaced])
        self._how = np.repeat([_ADDED, _RESET, _REPLACED], [len(added["id"]), len(tensors.values), len(replaced)])
        events = np.concatenate([added["id"], resets["id"][tensors.rows], fired["id"][replaced]])
        self._event: Ids = events
        self._history = LastBefore(self._tensor, events)
        self._entries_of = Lookup(self._tensor)

    @property
    def tensors(self) -> Ids:
        """Ids of the tensors whose gradient ever changed, ascending."""
        return self._history.keys

    @property
    def given(self) -> Ids:
        """Ids of the tensors that ever got a gradient, ascending."""
        return np.unique(self._tensor[self._how != _RESET])

    def at(self, event: int) -> Ids:
        """For each of :attr:`tensors` the number of its last change (-1: none yet): equal arrays mean equal gradients."""
        return self._history.at(event)

    def gradient(self, entry: int) -> Gradient | None:
        """The gradient after the change ``entry`` of :meth:`at`; -1 (no change yet) gives None."""
        if entry < 0:
            return None
        row = int(self._row[entry])
        if self._how[entry] == _REPLACED:
            return self._log.gradient(HookFired, "after", row)
        if self._how[entry] == _ADDED:
            after = self._log.gradient(GradientAccumulated, "after", row)
            return after if after is not None else self._log.gradient(GradientAccumulated, "contribution", row)
        if self._log.field(GradReset, "to", row) == "none":
            return None
        before = self._before(entry)
        return zero_gradient(before) if before is not None else None

    def of(self, tensor: int, event: int) -> Gradient | None:
        """``.grad`` of one tensor just after ``event``."""
        entries = self._entries_of.rows(tensor)
        past = entries[self._event[entries] <= event]
        return self.gradient(int(past[np.argmax(self._event[past])])) if len(past) else None

    def cleared(self, tensor: int) -> Gradient | None:
        """The gradient that the program took away last, when nothing has come since; else None."""
        entries = self._entries_of.rows(tensor)
        newest_first = entries[np.argsort(self._event[entries])][::-1].tolist()
        if not newest_first or self._how[newest_first[0]] != _RESET:
            return None
        return next((self.gradient(entry) for entry in newest_first if self._how[entry] != _RESET), None)

    def numbers(self, tensors: Ids, event: int) -> Floats:
        """What is known of ``.grad`` of some tensors just after ``event``, to be compared at once: float64[len(tensors), 10].

        The columns: 0 for None, 1 for a gradient without statistics, 2 for one with them, 3 for one that was reset to zero; then
        the statistics, in the order of their fields.
        """
        known = np.isin(tensors, self.tensors)
        entries = np.full(len(tensors), -1, np.int64)
        entries[known] = self.at(event)[np.searchsorted(self.tensors, tensors[known])]
        return self._entry_numbers[entries]

    @cached_property
    def _entry_numbers(self) -> Floats:
        """:meth:`numbers` of every entry; the last row is for "no entry"."""
        table = np.zeros((len(self._row) + 1, 1 + len(STATISTICS)))
        for how, event_type, name in (
            (_ADDED, GradientAccumulated, "contribution"),
            (_ADDED, GradientAccumulated, "after"),
            (_REPLACED, HookFired, "after"),
        ):
            columns, entries = self._log.columns(event_type), np.flatnonzero(self._how == how)
            entries = entries[columns[f"{name}.present"][self._row[entries]]]
            rows = self._row[entries]
            table[entries, 0] = 1 + columns[f"{name}.counted"][rows]
            for place, statistic in enumerate(STATISTICS, 1):
                table[entries, place] = columns[f"{name}.{statistic}"][rows]
        resets = np.flatnonzero(self._how == _RESET)
        ways = self._log.texts(self._log.columns(GradReset)["to"][self._row[resets]])
        table[resets, 0] = [0 if way == "none" else 3 for way in ways]
        return table

    def _before(self, entry: int) -> Gradient | None:
        """The gradient that a reset to zero found, earlier resets to zero looked through."""
        entries = self._entries_of.rows(int(self._tensor[entry]))
        past = entries[self._event[entries] < self._event[entry]]
        for earlier in past[np.argsort(self._event[past])][::-1].tolist():
            if self._how[earlier] != _RESET:
                return self.gradient(earlier)
            if self._log.field(GradReset, "to", int(self._row[earlier])) == "none":
                return None
        return None


def _replaced_gradients(log: EventLog) -> tuple[Ids, Ids]:
    """Rows of HookFired where a hook put something else into ``.grad``, as an average over processes; and the leaves."""
    fired, registered = log.columns(HookFired), log.columns(HookRegistered)
    rows = np.flatnonzero(fired["after.present"] & fired["changed"])
    kinds = log.texts(fired["kind"][rows])
    rows = rows[np.array([kind == "post_accumulate_grad" for kind in kinds], np.bool_)]
    owner = Lookup(registered["hook"]).first(fired["hook"][rows])
    rows, owner = rows[owner >= 0], owner[owner >= 0]
    return rows.astype(np.int64), registered["tensor"][owner].astype(np.int64)


def zero_gradient(like: Gradient) -> Gradient:
    """A gradient of zeros with the shape and dtype of ``like``, with statistics if that one has them."""
    count = int(np.prod(like.shape, dtype=np.int64))
    statistics = GradientStatistics(count, 0, 0, 0, count, 0.0, 0.0, 0.0, 0.0) if like.statistics is not None else None
    return Gradient(like.shape, like.dtype, statistics)


class StorageVersions:
    """The version counter of every storage at any moment: bumps say it, and so does every saving of a tensor."""

    def __init__(self, log: EventLog) -> None:
        bumped, saved = log.columns(VersionBumped), log.columns(TensorSaved)
        self._version: Ids = np.concatenate([bumped["after"], saved["version"]])
        self._history = LastBefore(
            np.concatenate([bumped["storage"], saved["storage"]]), np.concatenate([bumped["id"], saved["id"]])
        )

    def of(self, storage: int, event: int) -> int:
        """The version of one storage just after ``event``, or -1 when nothing has told of it by then."""
        place = int(np.searchsorted(self._history.keys, storage))
        if place == len(self._history.keys) or self._history.keys[place] != storage:
            return -1
        entry = int(self._history.at(event)[place])
        return int(self._version[entry]) if entry >= 0 else -1

    def at(self, event: int) -> dict[int, int]:
        """Storage id -> version just after ``event``; only storages that events have told of by then."""
        entries = self._history.at(event)
        told = entries >= 0
        return dict(zip(self._history.keys[told].tolist(), self._version[entries[told]].tolist(), strict=True))


def history_ids(log: EventLog, tensor: int = NONE, storage: int = NONE) -> Ids:
    """Ids of the events in the life of a tensor, writes to its storage through others included, or of a storage; ascending."""
    shared = (TensorSaved, VersionBumped, DataWritten)
    tensors, storages = {tensor} - {NONE}, {storage} - {NONE}
    for event_type in shared:
        columns = log.columns(event_type)
        storages.update(columns["storage"][columns["tensor"] == tensor].tolist() if tensor != NONE else ())
        tensors.update(columns["tensor"][columns["storage"] == storage].tolist() if storage != NONE else ())
    storages.discard(NONE)
    tensors.discard(NONE)

    def ids_where(event_type: type[Event], column: str, values: set[int]) -> Ids:
        columns = log.columns(event_type)
        return np.asarray(columns["id"][np.isin(columns[column], sorted(values))], np.int64)

    outputs = log.columns(NodeCreated)["outputs.tensor"]
    made = log.columns(NodeCreated)["id"][outputs.rows[np.isin(outputs.values, sorted(tensors))]]
    saved = log.columns(TensorSaved)
    savers = set(saved["node"][np.isin(saved["storage"], sorted(storages)) | np.isin(saved["tensor"], sorted(tensors))].tolist())
    found = [
        made,
        ids_where(LeafCreated, "tensor", tensors),
        ids_where(LeafNamed, "tensor", tensors),
        *(ids_where(event_type, "storage", storages) for event_type in shared),
        *(ids_where(event_type, "tensor", tensors) for event_type in shared),
        ids_where(GraphCut, "tensor", tensors),
        ids_where(GraphCut, "result", tensors),
        ids_where(SavedFreed, "node", savers),
    ]
    return np.unique(np.concatenate(found))
