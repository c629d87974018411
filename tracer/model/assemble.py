"""Puts the graph of one pass together: from events to :class:`GraphArrays`, without a loop over nodes or edges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.events import (
    NONE,
    Array,
    Event,
    GradientFlowed,
    NodeCreated,
    NodeFinished,
    NodeStarted,
)
from .arrays import GraphArrays
from .assignments import Assignments
from .events import EventLog
from .lookup import Ids, Lookup
from .received import ReceivedGradients
from .records import BEFORE_RECORDING, op_name
from .topology import Topology, edge_entries, inputs_first

PassRows = Callable[[type[Event]], Ids]
"""The rows of an event type that belong to the pass at hand."""


@dataclass(frozen=True)
class RunIndex:
    """What assembling needs to know of the whole run."""

    log: EventLog
    topology: Topology
    tensor_name: Callable[[int], str]
    read_value: Callable[[int], Array | None]
    assignments: Assignments
    stranger: str = BEFORE_RECORDING  # what a node is called that the trace knows by its number only


@dataclass(frozen=True)
class _Nodes:
    """The nodes of a graph: ids, their rows in the topology (-1: made before recording) and how to find them."""

    ids: Ids
    rows: Ids
    lookup: Lookup


@dataclass(frozen=True)
class _Edges:
    src: Ids
    dst: Ids
    output_nr: Ids
    input_nr: Ids

    def take(self, order: Ids) -> _Edges:
        return _Edges(self.src[order], self.dst[order], self.output_nr[order], self.input_nr[order])


def assemble(run: RunIndex, roots: Ids, pass_rows: PassRows, *, everything: bool = False) -> tuple[GraphArrays, ReceivedGradients]:
    """The graph under ``roots`` (node ids) with all that ran in the pass, and the gradients its nodes received.

    ``everything``: all nodes of the run instead, whatever can be reached.
    """
    nodes = _find_nodes(run, roots, pass_rows, everything)
    edges = _find_edges(run, nodes, pass_rows)
    order = inputs_first(len(nodes.ids), edges.src, edges.dst)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    ids = nodes.ids[order]
    nodes = _Nodes(ids, nodes.rows[order], Lookup(ids))
    edges = _Edges(place[edges.src], place[edges.dst], edges.output_nr, edges.input_nr)
    edges = edges.take(np.lexsort((edges.output_nr, edges.src)))
    received = ReceivedGradients(run.log, pass_rows, nodes.lookup, len(ids), run.read_value)
    columns: dict[str, Any] = {
        **_describe_nodes(run, nodes, roots),
        **_execution(run.log, nodes, pass_rows),
        **_edge_flows(run.log, nodes, edges, pass_rows),
    }
    summary = received.summary()
    arrays = GraphArrays(
        src=edges.src,
        dst=edges.dst,
        output_nr=edges.output_nr,
        input_nr=edges.input_nr,
        norm=summary.norm,
        norm_exact=summary.exact,
        nonfinite=summary.nonfinite,
        **columns,
    )
    return arrays, received


def _find_nodes(run: RunIndex, roots: Ids, pass_rows: PassRows, everything: bool) -> _Nodes:
    """All nodes of the graph: those made before recording first (by id), then the others as they were created."""
    topology = run.topology
    flows, flow_rows = run.log.columns(GradientFlowed), pass_rows(GradientFlowed)
    mentioned = np.unique(
        np.concatenate(
            [
                roots,
                run.log.columns(NodeStarted)["node"][pass_rows(NodeStarted)],
                flows["node"][flow_rows],
                flows["next_node"][flow_rows],
            ]
        )
    )
    mentioned = mentioned[mentioned != NONE]
    mentioned_rows = topology.rows(mentioned)
    known = mentioned_rows[mentioned_rows >= 0]
    rows = np.arange(len(topology), dtype=np.int64) if everything else topology.reachable(known)
    if everything:
        rows = rows[topology.rows(topology.ids) == rows]  # an id made twice counts once
    entries = edge_entries(topology.offsets, rows)[0]
    targets = topology.edge_node[entries]
    outside = targets[(topology.edge_row[entries] < 0) & (targets != NONE)]
    strangers = np.unique(np.concatenate([mentioned[mentioned_rows < 0], outside]))
    ids = np.concatenate([strangers, topology.ids[rows]])
    return _Nodes(ids, np.concatenate([np.full(len(strangers), -1, np.int64), rows]), Lookup(ids))


def _find_edges(run: RunIndex, nodes: _Nodes, pass_rows: PassRows) -> _Edges:
    """The edges among the nodes; those of nodes made before recording are known from what flowed along them."""
    topology = run.topology
    n_strangers = int((nodes.rows < 0).sum())
    entries, owner, output_nr = edge_entries(topology.offsets, nodes.rows[n_strangers:])
    real = topology.edge_node[entries] != NONE
    entries, owner, output_nr = entries[real], owner[real], output_nr[real]
    recorded = _Edges(
        owner + n_strangers, nodes.lookup.first(topology.edge_node[entries]), output_nr, topology.edge_input_nr[entries]
    )
    if not n_strangers:
        return recorded
    flows, flow_rows = run.log.columns(GradientFlowed), pass_rows(GradientFlowed)
    src = nodes.lookup.first(flows["node"][flow_rows])
    flow_rows = flow_rows[(src >= 0) & (src < n_strangers)]
    seen = np.stack([flows[name][flow_rows] for name in ("node", "next_node", "output_nr", "input_nr")])
    seen = np.unique(seen, axis=1)
    return _Edges(
        np.concatenate([nodes.lookup.first(seen[0]), recorded.src]),
        np.concatenate([nodes.lookup.first(seen[1]), recorded.dst]),
        np.concatenate([seen[2], recorded.output_nr]),
        np.concatenate([seen[3], recorded.input_nr]),
    )


def _describe_nodes(run: RunIndex, nodes: _Nodes, roots: Ids) -> dict[str, Any]:
    """What was known of each node at its creation."""
    created = run.log.columns(NodeCreated)
    known = nodes.rows >= 0
    rows = np.where(known, nodes.rows, 0)
    if not len(created["id"]):  # nothing but nodes made before recording
        blank = [""] * len(nodes.ids)
        names = [run.stranger] * len(nodes.ids)
        scopes, targets, variable = blank, blank, np.zeros(len(nodes.ids), np.int64)
        events = np.full(len(nodes.ids), -1, np.int64)
    else:
        names = _masked(run.log.texts(created["name"][rows]), known, run.stranger)
        scopes = _masked(run.log.texts(created["scope"][rows]), known, "")
        variable = np.where(known, created["variable"][rows], NONE)
        events = np.where(known, created["id"][rows], -1)
        targets = run.assignments.of_rows(nodes.rows)
    ops = {name: op_name(name) for name in set(names)}
    return {
        "node": nodes.ids,
        "name": names,
        "op": [ops[name] for name in names],
        "scope": scopes,
        "target": targets,
        "is_leaf": variable != NONE,
        "is_root": np.isin(nodes.ids, roots),
        "is_placeholder": ~known,
        "variable": variable,
        "variable_name": [run.tensor_name(tensor) if tensor else "" for tensor in variable.tolist()],
        "created": events,
    }


def _masked(texts: list[str], keep: Array, otherwise: str) -> list[str]:
    if keep.all():
        return texts
    return [text if kept else otherwise for text, kept in zip(texts, keep.tolist(), strict=True)]


def _execution(log: EventLog, nodes: _Nodes, pass_rows: PassRows) -> dict[str, Ids]:
    """When each node ran in the pass."""
    started, finished, order, duration = (np.full(len(nodes.ids), -1, np.int64) for _ in range(4))
    columns, rows = log.columns(NodeStarted), pass_rows(NodeStarted)
    index = nodes.lookup.first(columns["node"][rows])
    started[index] = columns["id"][rows]
    order[index] = np.arange(len(rows))
    columns, rows = log.columns(NodeFinished), pass_rows(NodeFinished)
    index = nodes.lookup.first(columns["node"][rows])
    rows, index = rows[index >= 0], index[index >= 0]  # its start may be lost to damage
    finished[index] = columns["id"][rows]
    took = columns["duration"][rows]
    duration[index] = np.where(took > 0, took, -1)  # a node whose end was worked out has none
    return {"started": started, "finished": finished, "order": order, "duration": duration}


def _edge_flows(log: EventLog, nodes: _Nodes, edges: _Edges, pass_rows: PassRows) -> dict[str, Array]:
    """What flowed along each edge in the pass."""
    flowed = np.full(len(edges.src), -1, np.int64)
    norm = np.full(len(edges.src), np.nan)
    nonfinite = np.zeros(len(edges.src), bool)
    rows = pass_rows(GradientFlowed)
    columns = log.columns(GradientFlowed)
    src = nodes.lookup.first(columns["node"][rows])
    rows, src = rows[src >= 0], src[src >= 0]
    width = int(max(columns["output_nr"][rows].max(initial=0), edges.output_nr.max(initial=0))) + 1
    keys = edges.src * width + edges.output_nr  # ascending, since the edges are in this order
    entry = Lookup(keys).first(src * width + columns["output_nr"][rows])
    rows, entry = rows[entry >= 0], entry[entry >= 0]
    flowed[entry] = columns["id"][rows]
    norm[entry] = log.norms(GradientFlowed, "gradient", rows)
    nonfinite[entry] = log.nonfinite(GradientFlowed, "gradient", rows)
    return {"flowed": flowed, "edge_norm": norm, "edge_nonfinite": nonfinite}
