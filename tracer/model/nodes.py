"""All nodes of a run by id, and what they saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ...core.events import NONE, NodeCreated, Shape, SourcePosition, TensorSaved, VersionBumped
from .assignments import Assignments
from .events import EventLog
from .lookup import Ids, Lookup
from .records import BEFORE_RECORDING, NodeRecord, RecordOwner, SavedRecord, op_name
from .topology import Topology


def build_topology(log: EventLog) -> Topology:
    """The run's graph as arrays over the rows of ``NodeCreated``."""
    columns = log.columns(NodeCreated)
    edges, input_nr = columns["edges.node"], columns["edges.input_nr"]
    return Topology(columns["node"], edges.offsets, edges.values, input_nr.values)


class NodeMap(Mapping[int, NodeRecord]):
    """Node id -> :class:`NodeRecord`, made when asked for.

    Iteration and ``in`` cover the nodes whose creation was recorded; looking up any other id gives a placeholder, since events may
    speak of nodes made before the recording began. Only ids that cannot be (0 and below) raise KeyError.
    """

    def __init__(
        self,
        log: EventLog,
        topology: Topology,
        sources: list[SourcePosition | None],
        assignments: Assignments,
        owner: RecordOwner,
        stranger: str = BEFORE_RECORDING,
    ) -> None:
        self._log = log
        self._topology = topology
        self._sources = sources
        self._assignments = assignments
        self._owner = owner
        self._stranger = stranger
        self._records: dict[int, NodeRecord] = {}

    def __len__(self) -> int:
        return len(self._topology)

    def __iter__(self) -> Iterator[int]:
        return iter(self._topology.ids.tolist())

    def __contains__(self, node: object) -> bool:
        return isinstance(node, int) and self._topology.row(node) >= 0

    def __getitem__(self, node: int) -> NodeRecord:
        if node not in self._records:
            if node <= NONE:
                raise KeyError(f"there is no node {node}: node ids are positive")
            row = self._topology.row(node)
            self._records[node] = self._placeholder(node) if row < 0 else self._record(node, row)
        return self._records[node]

    def sources(self, nodes: Ids) -> list[SourcePosition | None]:
        """Where each node was made."""
        rows = self._topology.rows(nodes)
        if not len(self):
            return [None] * len(nodes)
        numbers = np.where(rows < 0, 0, self._log.columns(NodeCreated)["source"][rows])
        return [self._sources[number] for number in numbers.tolist()]

    def shapes(self, nodes: Ids) -> list[tuple[Shape, str]]:
        """Shape and dtype of each node's first output, or of its variable."""
        rows = self._topology.rows(nodes).tolist()
        if not len(self):
            return [((), "")] * len(nodes)
        columns = self._log.columns(NodeCreated)
        offsets = columns["outputs.tensor"].offsets.tolist()
        shapes, dtypes = columns["outputs.shape"].values.tolist(), columns["outputs.dtype"].values.tolist()
        variables = columns["variable"].tolist()
        found: list[tuple[Shape, str]] = []
        for row in rows:
            if row >= 0 and offsets[row] < offsets[row + 1]:
                first = offsets[row]
                found.append((self._log.shape(shapes[first]), self._log.text(dtypes[first])))
            else:
                found.append(self._leaf_shape(variables[row] if row >= 0 else NONE))
        return found

    def _leaf_shape(self, variable: int) -> tuple[Shape, str]:
        leaf = self._owner.leaves.get(variable)
        return (leaf.shape, leaf.dtype) if leaf is not None else ((), "")

    def _record(self, node: int, row: int) -> NodeRecord:
        log, columns = self._log, self._log.columns(NodeCreated)
        name, scope = log.texts([columns["name"][row], columns["scope"][row]])
        source = self._sources[columns["source"][row]]
        outputs = log.field(NodeCreated, "outputs", row)
        variable = int(columns["variable"][row])
        shape, dtype = (outputs[0].shape, outputs[0].dtype) if outputs else self._leaf_shape(variable)
        return NodeRecord(
            id=node,
            name=name,
            op=op_name(name),
            scope=scope,
            source=source,
            shape=shape,
            dtype=dtype,
            edges=log.field(NodeCreated, "edges", row),
            outputs=outputs,
            variable=variable,
            created=int(columns["id"][row]),
            target=self._assignments.of_row(row),
            sequence_nr=int(columns["sequence_nr"][row]),
            _owner=self._owner,
        )

    def _placeholder(self, node: int) -> NodeRecord:
        return NodeRecord(
            id=node,
            name=self._stranger,
            op=self._stranger,
            scope="",
            source=None,
            shape=(),
            dtype="",
            edges=(),
            outputs=(),
            variable=NONE,
            created=-1,
            target="",
            sequence_nr=0,
            _owner=self._owner,
        )


class SavedTensors:
    """What every node saved, found by node."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._by_node = Lookup(log.columns(TensorSaved)["node"])
        self._bumps_of = Lookup(log.columns(VersionBumped)["storage"])

    def by_node(self, node: int) -> tuple[SavedRecord, ...]:
        """The tensors ``node`` kept for its backward, in the order in which it saved them."""
        return tuple(self._record(row) for row in self._by_node.rows(node).tolist())

    def _record(self, row: int) -> SavedRecord:
        event = self._log[int(self._log.ids(TensorSaved)[row])]
        assert isinstance(event, TensorSaved)
        bumps = self._log.columns(VersionBumped)
        rows = self._bumps_of.rows(event.storage)
        later = rows[(bumps["id"][rows] > event.id) & (bumps["after"][rows] > event.version)]
        return SavedRecord(
            node=event.node,
            slot=event.slot,
            tensor=event.tensor,
            storage=event.storage,
            version=event.version,
            shape=event.shape,
            dtype=event.dtype,
            nbytes=event.nbytes,
            event=event.id,
            overwritten=int(np.min(bumps["id"][later])) if len(later) else -1,
        )
