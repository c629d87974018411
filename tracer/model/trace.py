"""A recorded run: the read-only model that every view, exporter and rule works from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

import numpy as np

from ...core.events import (
    NONE,
    Array,
    ErrorRaised,
    Event,
    GradientAccumulated,
    GradientFlowed,
    HookFired,
    HookRegistered,
    NodeCreated,
    NodeFinished,
    NodeStarted,
    RunEnded,
    RunStarted,
    SavedFreed,
    TensorSaved,
)
from ..message import Message
from ..replay.cursor import Cursor
from ..store.reader import TraceReader
from ..store.tables import Tables
from .assemble import RunIndex
from .assignments import Assignments
from .derived import derive
from .describe import describe
from .events import EventLog
from .findings import Finding, find_all
from .hooks import find_hooks
from .lookup import Ids, Lookup
from .marks import NotCovered, not_covered, thread_names
from .nodes import NodeMap, SavedTensors, build_topology
from .passes import AllNodes, Pass, find_passes
from .records import BEFORE_RECORDING, NOT_RECORDED, HookRecord, Leaf, NodeRecord, SavedRecord, Step
from .selection import Selection, find_selection, note_in_parts
from .steps import find_steps
from .summary import summarise
from .tensors import (
    LeafGradients,
    OutputNames,
    StorageVersions,
    find_aliases,
    find_gradient_tensors,
    find_leaves,
    history_ids,
    unnamed,
)
from .topology import Topology

_NODE_COLUMNS: Mapping[type[Event], tuple[str, ...]] = {
    NodeCreated: ("node",),
    TensorSaved: ("node",),
    HookRegistered: ("node",),
    HookFired: ("node",),
    NodeStarted: ("node",),
    NodeFinished: ("node",),
    GradientFlowed: ("node", "next_node"),
    GradientAccumulated: ("node",),
    SavedFreed: ("node",),
    ErrorRaised: ("node",),
}
"""The columns in which events speak of a node."""


class Trace:
    """One recorded run, read-only. Everything is worked out when first asked for, and kept.

    Made by :meth:`load` (a file) or :meth:`from_events` (hand-made events). A run that ended by an exception, was cut off, had no
    backward, or is damaged opens like any other: :attr:`problems` says in words what is missing.

    Attributes:
        path: the file, or None.
        header: what the recorder wrote about the run and the file.
        events: every event, by id (:class:`~gradtrace.tracer.model.events.EventLog`).
        nodes: node id -> :class:`~gradtrace.tracer.model.records.NodeRecord`.
        derivation: what was not observed but worked out (:mod:`~gradtrace.tracer.model.derived`).
    """

    def __init__(self, tables: Tables, path: Path | None = None, reader: TraceReader | None = None) -> None:
        self.path = path
        self.header: Mapping[str, Any] = tables.header
        self.derivation = derive(tables)
        tables = self.derivation.tables
        self.events = EventLog(tables)
        self.topology: Topology = build_topology(self.events)
        self._assignments = Assignments(self.events, tables.sources)
        stranger = BEFORE_RECORDING if self.selection is None else NOT_RECORDED
        self.nodes = NodeMap(self.events, self.topology, tables.sources, self._assignments, self, stranger)
        self._tables = tables
        self._reader = reader

    @classmethod
    def load(cls, path: Path | str) -> Trace:
        """Open a ``.gtrace`` file. Raises TraceFormatError when it cannot be opened, is no trace or needs a newer gradtrace."""
        reader = TraceReader(path)
        return cls(reader.tables, Path(path), reader)

    @classmethod
    def from_events(
        cls,
        events: Iterable[Event],
        *,
        values: Mapping[int, Array] | None = None,
        source_texts: Mapping[str, str] | None = None,
        header: Mapping[str, Any] | None = None,
    ) -> Trace:
        """A trace of hand-made events; ``values`` are the arrays behind value ids, ``source_texts`` the snapshots of files."""
        return cls(Tables.from_events(events, values=values, source_texts=source_texts, header=header))

    def close(self) -> None:
        """Close the file; what was not read yet is then out of reach."""
        if self._reader is not None:
            self._reader.close()

    def __enter__(self) -> Trace:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        where = str(self.path) if self.path else "in memory"
        return f"<Trace {where}: {len(self.events)} events, {len(self.nodes)} nodes, {len(self.passes)} passes>"

    # --------------------------------------------------------------------------------------------------------- the run
    @property
    def problems(self) -> list[str]:
        """Sentences for people about what could not be read; more may come up while columns are read."""
        return [text if isinstance(text, Message) else Message.plain(text) for text in self._tables.problems]

    @property
    def notes(self) -> list[str]:
        """Sentences for people about what the recorder left out on purpose."""
        return [note_in_parts(note) for note in self._tables.notes]

    @cached_property
    def not_covered(self) -> tuple[NotCovered, ...]:
        """What the recording does not cover, of what the program did; in the order in which it was met."""
        return not_covered(self)

    @property
    def is_spread(self) -> bool:
        """Whether parameters were spread over processes, so that optimizers and passes know different ones."""
        return any(one.key == "parallel" for one in self.not_covered)

    @cached_property
    def thread_names(self) -> Mapping[int, str]:
        """The names of threads that began while recording, by the number that events have."""
        return thread_names(self)

    @cached_property
    def started(self) -> RunStarted | None:
        """The event that opened the run, or None when it was lost; with the rank, where that became known only later."""
        found = next((event for event in self._events(RunStarted) if isinstance(event, RunStarted)), None)
        rank = self.header.get("rank")
        return replace(found, rank=rank) if found is not None and isinstance(rank, int) else found

    @cached_property
    def ended(self) -> RunEnded | None:
        """The event that closed the run, or None when it was cut off."""
        return next((event for event in self._events(RunEnded) if isinstance(event, RunEnded)), None)

    @property
    def level(self) -> str:
        """How much was recorded: ``structure``, ``stats`` or ``values``; ``""`` when not known."""
        return str(self.header.get("level", "")) or (self.started.level if self.started else "")

    @property
    def world_size(self) -> int:
        """How many processes the run had; 1 when the trace does not say."""
        size = self.header.get("world_size", 1)
        return size if isinstance(size, int) and size > 0 else 1

    @cached_property
    def errors(self) -> list[ErrorRaised]:
        """Every exception, in the engine or out of the program."""
        return [event for event in self._events(ErrorRaised) if isinstance(event, ErrorRaised)]

    @cached_property
    def passes(self) -> tuple[Pass, ...]:
        """Every call into the engine, in the order in which they began."""
        return tuple(find_passes(self))

    @cached_property
    def forward(self) -> AllNodes:
        """A stand-in for a pass over every node of the run: what to show when no backward ran."""
        return AllNodes(self)

    @cached_property
    def selection(self) -> Selection | None:
        """What part of the run was asked for, or None when all of it was."""
        return find_selection(self.header)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The iterations of the training loop: between step marks, else up to each optimizer step."""
        return tuple(find_steps(self.events, self.passes, selective=self.selection is not None and self.selection.by_step))

    @cached_property
    def step_labels(self) -> Mapping[int, str]:
        """The label of the step of each pass, by index into :attr:`passes`; empty when the whole run was recorded.

        Where steps are absent, which one a pass belongs to cannot be counted.
        """
        if self.selection is None:
            return {}
        return {index: step.label for step in self.steps for index in step.passes}

    def pass_of(self, event: int) -> Pass | None:
        """The innermost pass that was running at an event, or None."""
        inside = [pass_ for pass_ in self.passes if pass_.first <= event <= pass_.last]
        return max(inside, key=lambda pass_: pass_.first) if inside else None

    def replay(self, pass_: int = -1) -> Cursor:
        """A cursor at the start of a pass (an index into :attr:`passes`; by default the last), or over all nodes if none ran."""
        return Cursor(self, self.passes[pass_] if self.passes else self.forward)

    # -------------------------------------------------------------------------------------------- tensors, nodes, hooks
    @cached_property
    def leaves(self) -> Mapping[int, Leaf]:
        """Tensor id -> leaf, in the order in which they became known."""
        leaves = find_leaves(self.events, Lookup(self.events.columns(NodeCreated)["variable"]))
        if self.selection is not None and self.selection.scopes:  # the others were not used there
            leaves = {tensor: leaf for tensor, leaf in leaves.items() if leaf.node != NONE}
        return MappingProxyType(leaves)

    @cached_property
    def hooks(self) -> Mapping[int, HookRecord]:
        """Hook id -> hook."""
        return MappingProxyType(find_hooks(self.events))

    @cached_property
    def leaf_gradients(self) -> LeafGradients:
        """``.grad`` of the leaves at any moment."""
        return LeafGradients(self.events)

    @cached_property
    def storage_versions(self) -> StorageVersions:
        """The version counters at any moment."""
        return StorageVersions(self.events)

    def saved_by(self, node: int) -> tuple[SavedRecord, ...]:
        """The tensors ``node`` kept for its backward."""
        return self._saved.by_node(node)

    def hooks_of(self, node: NodeRecord) -> tuple[HookRecord, ...]:
        """The hooks put on a node, or on a tensor it made (on the variable, for a leaf)."""
        tensors = {output.tensor for output in node.outputs} | {node.variable} - {NONE}
        return tuple(hook for hook in self.hooks.values() if hook.node == node.id or hook.tensor in tensors)

    def tensor_history(self, tensor: int = NONE, *, storage: int = NONE) -> list[Event]:
        """The life of a tensor: made, saved, written in place (also through views), cut off, its saved copies freed.

        With ``storage`` the life of a storage, whatever tensors looked at it.
        """
        return [self.events[event_id] for event_id in history_ids(self.events, tensor, storage).tolist()]

    def events_of_node(self, node: int) -> Ids:
        """Ids of every event about a node, gradients that reached or left it included; ascending, int64."""
        found = []
        for event_type, names in _NODE_COLUMNS.items():
            columns = self.events.columns(event_type)
            found += [columns["id"][columns[name] == node] for name in names]
        return np.unique(np.concatenate(found)).astype(np.int64)

    # ---------------------------------------------------------------------------------------------------- names, texts
    def tensor_name(self, tensor: int) -> str:
        """A tensor's name: a leaf's own, the variable it was assigned to, ``w.grad``, ``w.data``, or ``tensor 7``."""
        leaf = self.leaves.get(tensor)
        if leaf is not None:
            return leaf.name
        name = self._output_names.name(tensor)
        if not name and tensor in self._gradient_tensors:
            name = f"{self.tensor_name(self._gradient_tensors[tensor])}.grad"
        if not name and tensor in self._aliases:
            origin, how = self._aliases[tensor]
            name = self.tensor_name(origin) + how if origin < tensor else ""  # ids grow: no way to go in circles
        return name or unnamed(tensor)

    def node_name(self, node: int) -> str:
        """A node's name; an ``AccumulateGrad`` says of what."""
        record = self.nodes[node] if node > NONE else None
        if record is None:
            return Message("nothing")
        if record.name in (BEFORE_RECORDING, NOT_RECORDED):
            return Message(record.name)
        if not record.is_leaf:
            return record.name
        return Message("{name} of {tensor}", name=record.name, tensor=self.tensor_name(record.variable))

    def hook_name(self, hook: int) -> str:
        """The name of a hook's function."""
        record = self.hooks.get(hook)
        return record.function if record and record.function else f"hook {hook}"

    def pass_name(self, pass_: int) -> str:
        """A pass as people see it, by its pass id: ``backward #1``."""
        return self._pass_names.get(pass_, f"pass {pass_}")

    def describe(self, event: Event | int) -> str:
        """One readable line about an event (or the event of that id)."""
        return describe(self, event if isinstance(event, Event) else self.events[event])

    def findings(self) -> list[Finding]:
        """What is wrong with the run, worst first: see :mod:`~gradtrace.tracer.model.findings`."""
        return list(self._findings)

    # --------------------------------------------------------------------------------------------------- values, source
    def value(self, value_id: int) -> Array | None:
        """The recorded array of a ``Gradient.value``, or None when it was not recorded."""
        return self._tables.value(value_id)

    def source_text(self, file: str) -> str | None:
        """The text of one of the program's files as it was when recorded, or None."""
        return self._tables.source_text(file)

    @property
    def source_files(self) -> list[str]:
        """The files whose text is in the trace."""
        return list(self._tables.source_files)

    def summary(self) -> dict[str, Any]:
        """What ``gradtrace info --json`` prints: only JSON types, NaN and infinities as strings."""
        return summarise(self)

    # -------------------------------------------------------------------------------------------------------- internals
    @cached_property
    def run_index(self) -> RunIndex:
        """What putting a pass's graph together needs of the run."""
        stranger = BEFORE_RECORDING if self.selection is None else NOT_RECORDED
        return RunIndex(self.events, self.topology, self.tensor_name, self.value, self._assignments, stranger)

    @cached_property
    def _findings(self) -> tuple[Finding, ...]:
        return tuple(find_all(self))

    @cached_property
    def _saved(self) -> SavedTensors:
        return SavedTensors(self.events)

    @cached_property
    def _output_names(self) -> OutputNames:
        return OutputNames(self.events, self._assignments)

    @cached_property
    def _gradient_tensors(self) -> dict[int, int]:
        return find_gradient_tensors(self.events)

    @cached_property
    def _aliases(self) -> dict[int, tuple[int, str]]:
        return find_aliases(self.events)

    @cached_property
    def _pass_names(self) -> dict[int, str]:
        return {pass_.id: pass_.name for pass_ in self.passes}

    def _events(self, event_type: type[Event]) -> Iterable[Event]:
        return (self.events[event_id] for event_id in self.events.ids(event_type).tolist())


def load(path: Path | str) -> Trace:
    """Open a ``.gtrace`` file; see :meth:`Trace.load`."""
    return Trace.load(path)
