"""The graph that a call into the engine ran over, as far as it was recorded: what :mod:`.derived` works from."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ...core.events import (
    NONE,
    BackwardEnded,
    BackwardStarted,
    ErrorRaised,
    GradientFlowed,
    LeafCreated,
    NodeCreated,
    NodeStarted,
    TensorSaved,
)
from ..message import Message
from ..store.tables import Tables
from .engine_order import EngineGraph
from .lookup import Ids, Lookup, Mask
from .topology import Topology, edge_entries

FREED = re.compile(r"backward through the graph a second time|have already been freed")
"""In the message of an error: an earlier pass had freed what the node needs."""


class UnderivableError(Exception):
    """What happened in a pass does not follow from what was recorded; the message says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class EngineCall:
    """One call into the engine as it was recorded.

    ``row`` is that of its ``BackwardStarted``; ``first`` and ``last`` are event ids. ``error`` is the id of the exception that
    ended it (-1: none), and ``failed`` the node where it arose (NONE: not known).
    """

    id: int
    row: int
    first: int
    last: int
    raised: bool
    accumulates: bool
    frees: bool
    engine: str
    roots: Ids
    root_inputs: Ids
    inputs: Ids
    observed: bool
    error: int
    failed: int
    message: str


class RecordedRun:
    """The nodes of a run as arrays: row ``i`` is the ``i``-th ``NodeCreated``."""

    def __init__(self, tables: Tables) -> None:
        created = tables.columns(NodeCreated)
        edges = created["edges.node"]
        self.tables = tables
        self.topology = Topology(created["node"], edges.offsets, edges.values, created["edges.input_nr"].values)
        self.created: Ids = created["id"]
        self.variable: Ids = created["variable"]
        self.priority = created["sequence_nr"].astype(np.float64)
        self.outputs = created["outputs.tensor"]
        self._output_shapes = created["outputs.shape"].values
        self._output_dtypes = created["outputs.dtype"].values
        self._by_output = Lookup(self.outputs.values)
        self._by_variable = Lookup(self.variable)
        saving = self.topology.rows(np.unique(tables.columns(TensorSaved)["node"]))
        self.saves: Mask = np.zeros(len(self.topology), np.bool_)
        self.saves[saving[saving >= 0]] = True
        self.saves[self._found_freed(tables)] = True
        leaves = tables.columns(LeafCreated)
        self._leaf_rows = Lookup(leaves["tensor"])
        self._leaf_shapes, self._leaf_dtypes = leaves["shape"], leaves["dtype"]

    def _found_freed(self, tables: Tables) -> Ids:
        """The nodes that failed because an earlier pass had freed what they saved: not always a tensor that events have told of."""
        errors = tables.columns(ErrorRaised)
        freed = np.array([FREED.search(message) is not None for message in tables.texts(errors["message"])], np.bool_)
        rows = self.topology.rows(errors["node"][freed])
        return rows[rows >= 0]

    def calls(self) -> list[EngineCall]:
        """Every call into the engine, in order."""
        tables = self.tables
        started, ended, errors = (tables.columns(kind) for kind in (BackwardStarted, BackwardEnded, ErrorRaised))
        outcomes = tables.texts(ended["outcome"])
        ends = dict(zip(ended["pass_"].tolist(), zip(ended["id"].tolist(), outcomes, strict=True), strict=True))
        failures = {
            pass_: (event, node, tables.text(message))
            for pass_, event, node, message in reversed(
                list(zip(*(errors[name].tolist() for name in ("pass_", "id", "node", "message")), strict=True))
            )
        }
        told = np.concatenate([tables.columns(kind)["pass_"] for kind in (NodeStarted, GradientFlowed)])
        observed = np.isin(started["pass_"], told).tolist()
        calls = []
        for row, (pass_, first) in enumerate(zip(started["pass_"].tolist(), started["id"].tolist(), strict=True)):
            last, outcome = ends.get(pass_, (-1, ""))
            error, failed, message = failures.get(pass_, (-1, NONE, ""))
            calls.append(
                EngineCall(
                    id=pass_,
                    row=row,
                    first=first,
                    last=last,
                    raised=outcome == "raised",
                    accumulates=tables.text(int(started["call"][row])) != "grad",
                    frees=not started["retain_graph"][row],
                    engine=tables.text(int(started["engine"][row])),
                    roots=started["roots.node"][row],
                    root_inputs=started["roots.input_nr"][row],
                    inputs=started["inputs"][row],
                    observed=observed[row],
                    error=error,
                    failed=failed,
                    message=message,
                )
            )
        return calls

    def graph_of(self, call: EngineCall) -> CalledGraph:
        """The graph under the roots of a call. Raises UnderivableError when parts of it were not recorded."""
        topology = self.topology
        root_rows = topology.rows(call.roots[call.roots != NONE])
        if (root_rows < 0).any():
            raise UnderivableError(Message("its graph was not recorded"))
        rows = _reachable(topology, root_rows)
        entries, owner, output_nr = edge_entries(topology.offsets, rows)
        real = topology.edge_node[entries] != NONE
        entries, owner, output_nr = entries[real], owner[real], output_nr[real]
        if (topology.edge_row[entries] < 0).any():
            raise UnderivableError(Message("part of its graph was not recorded"))
        if (self.created[rows] > call.first).any():
            raise UnderivableError(Message("its graph was still being made"))
        targets = np.searchsorted(rows, topology.edge_row[entries]).astype(np.int64)
        enters, runs = self._needed(call, rows, owner, targets)
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(np.bincount(owner, minlength=len(rows)), out=offsets[1:])
        return CalledGraph(
            rows=rows,
            owner=owner,
            output_nr=output_nr,
            input_nr=topology.edge_input_nr[entries],
            engine=EngineGraph(
                offsets=offsets,
                targets=targets,
                priority=self.priority[rows],
                enters=enters,
                runs=runs,
                roots=np.searchsorted(rows, root_rows).astype(np.int64),
                first_come=call.engine == "",
            ),
        )

    def output_info(self, rows: Ids, input_nr: Ids) -> tuple[Ids, Ids]:
        """Shape and dtype (as numbers of the tables) of the tensor behind each of these inputs of nodes; 0 when not known."""
        entries = self.outputs.offsets[rows] + input_nr
        known = (input_nr >= 0) & (entries < self.outputs.offsets[rows + 1])
        shapes, dtypes = self.leaf_info(self.variable[rows])
        if known.any():
            shapes = np.where(known, self._output_shapes[np.where(known, entries, 0)], shapes)
            dtypes = np.where(known, self._output_dtypes[np.where(known, entries, 0)], dtypes)
        return shapes, dtypes

    def leaf_info(self, tensors: Ids) -> tuple[Ids, Ids]:
        """Shape and dtype of leaves; 0 for what is no known leaf."""
        rows = self._leaf_rows.first(tensors)
        known = (rows >= 0) & (tensors != NONE)
        if not known.any():
            return np.zeros(len(tensors), np.uint32), np.zeros(len(tensors), np.uint32)
        rows = np.where(known, rows, 0)
        return np.where(known, self._leaf_shapes[rows], 0), np.where(known, self._leaf_dtypes[rows], 0)

    # -------------------------------------------------------------------------------------------------------- restricted
    def _needed(self, call: EngineCall, rows: Ids, owner: Ids, targets: Ids) -> tuple[Mask, Mask]:
        """Which nodes gradients go to, and which of them run: all, or those on the way to an input of the call."""
        everything = np.ones(len(rows), np.bool_)
        if not len(call.inputs):
            return everything, everything
        wanted = np.zeros(len(rows), np.bool_)
        for tensor in call.inputs.tolist():
            wanted[_places(rows, self._nodes_of(tensor, call.first))[-1:]] = True
        leads = _leading_to(wanted, owner, targets)
        return leads | wanted, (leads | wanted) if call.accumulates else leads

    def _nodes_of(self, tensor: int, before: int) -> Ids:
        """The rows of the nodes through which the gradient of ``tensor`` may go: none for a leaf that nothing was computed from."""
        rows = np.concatenate([self._by_variable.rows(tensor), self._rows_of_outputs(tensor)])
        rows = np.sort(rows[self.created[rows] < before])
        if tensor == NONE or not (len(rows) or self._leaf_rows.row(tensor) >= 0):
            raise UnderivableError(Message("it was restricted to inputs that the recording does not know"))
        return rows

    def _rows_of_outputs(self, tensor: int) -> Ids:
        entries = self._by_output.rows(tensor)
        return (np.searchsorted(self.outputs.offsets, entries, "right") - 1).astype(np.int64)


@dataclass(frozen=True)
class CalledGraph:
    """The graph under the roots of a call. Node ``i`` has row ``rows[i]`` in the run; ``rows`` is ascending.

    Its edges are those of ``engine`` in their order: from node ``owner``, whose gradient number ``output_nr`` takes it, to input
    ``input_nr``.
    """

    rows: Ids
    owner: Ids
    output_nr: Ids
    input_nr: Ids
    engine: EngineGraph

    def places(self, rows: Ids) -> Ids:
        """Which nodes of this graph have these rows; -1: none."""
        if not len(self.rows):
            return np.full(len(rows), -1, np.int64)
        place = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        return np.where(self.rows[place] == rows, place, -1)


def _places(within: Ids, rows: Ids) -> Ids:
    """Where those of ``rows`` that are in ``within`` (ascending) are in it."""
    return np.flatnonzero(np.isin(within, rows))


def _reachable(topology: Topology, roots: Ids) -> Ids:
    """The rows that can be reached from ``roots``, themselves included; ascending."""
    offsets, edge_row = topology.offsets.data, topology.edge_row.data
    pending: list[int] = np.unique(roots).tolist()
    seen = set(pending)
    while pending:
        row = pending.pop()
        for target in edge_row[offsets[row] : offsets[row + 1]]:
            if target >= 0 and target not in seen:
                seen.add(target)
                pending.append(target)
    return np.sort(np.fromiter(seen, np.int64, len(seen)))


def _leading_to(wanted: Mask, owner: Ids, targets: Ids) -> Mask:
    """The nodes with an edge to a wanted node, or to one that leads on to it."""
    by_target = np.argsort(targets, kind="stable")
    users: list[int] = owner[by_target].tolist()
    starts: list[int] = np.searchsorted(targets[by_target], np.arange(len(wanted) + 1)).tolist()
    leads = np.zeros(len(wanted), np.bool_)
    pending: list[int] = np.flatnonzero(wanted).tolist()
    while pending:
        node = pending.pop()
        for user in users[starts[node] : starts[node + 1]]:
            if not leads[user]:
                leads[user] = True
                pending.append(user)
    return leads
