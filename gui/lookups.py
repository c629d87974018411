"""Questions the views ask of a trace that need a search through its columns: vectorised, nothing is kept here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core.events import ErrorRaised, NodeCreated, NodeStarted
from ..tracer.model import Finding, Pass, Trace
from ..tracer.model.findings import nonfinite_origin


@dataclass(frozen=True)
class Neighbour:
    """A node at the other end of an edge of the graph on show."""

    index: int
    node: int
    edge: int


def accumulators(trace: Trace, tensor: int) -> list[int]:
    """Ids of the AccumulateGrad nodes of a leaf, oldest first."""
    columns = trace.events.columns(NodeCreated)
    variables = np.asarray(columns["variable"])
    return [int(node) for node in np.asarray(columns["node"])[variables == tensor]]


def gradient_targets(pass_: Pass, index: int) -> list[Neighbour]:
    """Nodes that the gradient flows to from here: those that made the inputs of the op."""
    arrays = pass_.arrays
    edges = np.flatnonzero(arrays.src == index)
    edges = edges[np.argsort(arrays.output_nr[edges], kind="stable")]
    return [Neighbour(int(i), int(arrays.node[i]), int(e)) for e, i in zip(edges, arrays.dst[edges], strict=True)]


def gradient_sources(pass_: Pass, index: int) -> list[Neighbour]:
    """Nodes that the gradient comes from: those that used the outputs of the op."""
    arrays = pass_.arrays
    edges = np.flatnonzero(arrays.dst == index)
    return [Neighbour(int(i), int(arrays.node[i]), int(e)) for e, i in zip(edges, arrays.src[edges], strict=True)]


def find_nodes(pass_: Pass, text: str) -> list[int]:
    """Ids of nodes whose name, variable or scope contains ``text`` (case does not matter): best matches first, then in order."""
    wanted = text.strip().casefold()
    if not wanted:
        return []
    arrays = pass_.arrays
    exact, inside = [], []
    columns = zip(arrays.name, arrays.op, arrays.variable_name, arrays.target, arrays.scope, strict=True)
    for index, (*names, scope) in enumerate(columns):
        words = [word.casefold() for word in names]
        if wanted in words:
            exact.append(index)
        elif any(wanted in word for word in words) or wanted in scope.casefold():
            inside.append(index)
    return [int(arrays.node[index]) for index in exact + inside]


def last_error(trace: Trace) -> ErrorRaised | None:
    """The exception that the banner tells about: the last one that an engine raised, else the last one."""
    in_engine = [error for error in trace.errors if error.node]
    found = in_engine or trace.errors
    return found[-1] if found else None


def explanation(trace: Trace, error: ErrorRaised) -> Finding | None:
    """The finding that says why an exception was raised, if there is one."""
    findings = trace.findings()
    exact = [finding for finding in findings if finding.event == error.id]
    same_cause = [finding for finding in findings if error.cause >= 0 and finding.cause == error.cause]
    return next(iter(exact + same_cause), None)


def unannounced(trace: Trace, pass_: Pass | None) -> list[Finding]:
    """The serious findings, worst first, but for those that a banner of their own tells: of the error, of the NaN of ``pass_``."""
    error = last_error(trace)
    told = explanation(trace, error) if error is not None else None
    has_origin = pass_ is not None and not pass_.is_forward and nonfinite_origin(pass_) is not None
    return [
        finding
        for finding in trace.findings()
        if finding.severity != "info" and finding is not told and not (has_origin and finding.rule == "first-nonfinite")
    ]


def first_run(trace: Trace, node: int) -> int:
    """The event where a node began to run for the first time, or -1."""
    started = trace.events.columns(NodeStarted)
    rows = np.flatnonzero(started["node"] == node)
    return int(started["id"][rows[0]]) if len(rows) else -1


def headline(text: str) -> str:
    """The first sentence of a message."""
    first_line = text.strip().split("\n", 1)[0]
    sentence, stop, _ = first_line.partition(". ")
    return sentence + stop.strip()
