"""Graphs that live longer than they should: sums of losses that nobody uses, and passes that reach ever further back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...core.events import NONE, BackwardStarted, NodeCreated, NodeStarted
from ..message import Message
from .finding import Finding, pass_at
from .lookup import Ids
from .text import source_text

if TYPE_CHECKING:
    from .passes import Pass
    from .trace import Trace

__all__ = ["graphs_kept", "reaching_back"]

_SUMMANDS = 3
_FORWARD = 2
"""More nodes than these between two additions are a forward."""
_PASSES = 4
_MOST_PASSES = 200


def graphs_kept(trace: Trace) -> Iterator[Finding]:
    """``total += loss``: a sum of losses with their graphs, which no backward uses, and which keeps all of these in memory."""
    log, created = trace.events, trace.events.columns(NodeCreated)
    if trace.ended is None or trace.ended.outcome != "finished" or trace.selection is not None or not len(created["id"]):
        return
    names = created["name"].astype(np.int64)
    add = [number for number in np.unique(names).tolist() if log.texts([number])[0].startswith("AddBackward")]
    ran, began = log.columns(NodeStarted)["node"], log.ids(BackwardStarted)
    if any(pass_.unobserved for pass_ in trace.passes):
        return
    rows = np.flatnonzero(np.isin(names, add) & ~np.isin(created["node"], ran))
    for number in np.unique(created["source"][rows]).tolist():
        chain = _chain(trace, rows[created["source"][rows] == number])
        if len(chain) < _SUMMANDS or not (_over_steps(began, created["id"][chain]) or _left_behind(began, created["id"], chain)):
            continue  # of one forward: part of what a loss was to be
        node = trace.nodes[int(created["node"][chain[-1]])]
        detail = Message(
            "{name} at {place} added up {count} losses with their graphs, no backward ever went through the sum, and all these "
            "graphs stay in memory with it. Add loss.item() or loss.detach(), or validate under no_grad().",
            name=node.target or Message("A sum"),
            place=source_text(node.source),
            count=len(chain),
        )
        yield Finding("graphs-kept", "warning", Message("Graphs kept by a sum"), detail, node.created, node.id, node.source)


def _over_steps(began: Ids, added: Ids) -> bool:
    """Whether backwards began between the additions."""
    return len(np.unique(np.searchsorted(began, added))) >= _SUMMANDS - 1


def _left_behind(began: Ids, created: Ids, chain: Ids) -> bool:
    """Whether each addition followed a forward of its own, and the program went on to other backwards: it was validating, say."""
    return bool((np.diff(chain) > _FORWARD).all()) and bool((began > created[chain[-1]]).any())


def _chain(trace: Trace, rows: Ids) -> Ids:
    """The longest run of scalar sums each of which is added to by the next."""
    nodes = trace.topology.ids
    best: list[int] = []
    chain: list[int] = []
    for row in rows.tolist():
        record = trace.nodes[int(nodes[row])]
        if record.shape not in ((), (1,)):
            chain = []
            continue
        follows = bool(chain) and any(edge.node == int(nodes[chain[-1]]) for edge in record.edges)
        chain = [*chain, row] if follows else [row]
        best = max(best, chain, key=len)
    return np.array(best, np.int64)


def reaching_back(trace: Trace) -> Iterator[Finding]:
    """Each backward goes through all nodes of the one before, and more: the graph grows from step to step."""
    passes = [one for one in trace.passes if one.call == "backward" and one.outcome == "finished"][:_MOST_PASSES]
    grown: list[Pass] = []
    previous = np.zeros(0, np.int64)
    longest: list[Pass] = []
    for pass_ in passes:
        nodes = _own_nodes(pass_)
        if len(previous) and len(nodes) > len(previous) and np.isin(previous, nodes).mean() > 0.5:
            grown.append(pass_)
        else:
            grown = [pass_]
        previous = nodes
        longest = grown if len(grown) > len(longest) else longest
    if len(longest) < _PASSES:
        return
    first, last = longest[0], longest[-1]
    detail = Message(
        "{first} ran {few} nodes and {last} {many}: each goes back through the graphs of all before it, since something made in "
        "one step is used in the next. detach() it there (a hidden state, a running mean), and retain_graph=True is not needed.",
        first=pass_at(trace, first.id),
        few=len(first.nodes),
        last=pass_at(trace, last.id),
        many=len(last.nodes),
    )
    node = last.roots[0].node if last.roots else NONE
    yield Finding("reaching-back", "warning", Message("Graph grows from step to step"), detail, last.first, node, last.source)


def _own_nodes(pass_: Pass) -> Ids:
    """The nodes that ran, leaves left out."""
    trace = pass_.trace
    nodes = trace.events.columns(NodeStarted)["node"][pass_.rows(NodeStarted)]
    rows = trace.topology.rows(nodes)
    known = rows >= 0
    is_leaf = np.zeros(len(rows), np.bool_)
    is_leaf[known] = trace.events.columns(NodeCreated)["variable"][rows[known]] != NONE
    return np.asarray(nodes[~is_leaf], np.int64)
