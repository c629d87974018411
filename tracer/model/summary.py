"""A run in numbers, as plain JSON data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.events import EVENT_TYPES, ErrorRaised, Gradient, SourcePosition
from .text import number_text

if TYPE_CHECKING:
    from .findings import Finding
    from .passes import Pass
    from .records import Leaf, Step
    from .trace import Trace

FORMAT = 1
"""Version of the summary's own layout; grows when a key changes its meaning or goes."""


def summarise(trace: Trace) -> dict[str, Any]:
    """The summary of ``trace``: dicts, lists, strings, finite numbers, booleans and None only."""
    counts = np.bincount(trace.events.kinds, minlength=256)
    summary = {
        "format": FORMAT,
        "path": str(trace.path) if trace.path else None,
        "level": trace.level,
        "selection": trace.selection.summary() if trace.selection is not None else None,
        "run": _run(trace),
        "events": {
            "total": len(trace.events),
            "by_kind": {cls.__name__: int(counts[number]) for number, cls in enumerate(EVENT_TYPES) if counts[number]},
        },
        "nodes": len(trace.nodes),
        "steps": [_step(step) for step in trace.steps],
        "passes": [_pass(trace, pass_) for pass_ in trace.passes],
        "leaves": [_leaf(trace, leaf) for leaf in trace.leaves.values()],
        "hooks": len(trace.hooks),
        "errors": [_error(trace, error) for error in trace.errors],
        "findings": [_finding(trace, finding) for finding in trace.findings()],
    }
    summary["not_covered"] = [{"key": one.key, "text": one.text, "source": source_summary(one.source)} for one in trace.not_covered]
    # last: reading the columns above may have brought more of them to light
    return {**summary, "problems": trace.problems, "notes": trace.notes}


def gradient_summary(gradient: Gradient | None) -> dict[str, Any] | None:
    """A gradient as JSON: shape, dtype and statistics when recorded; None stays None, which is not the same as zero."""
    if gradient is None:
        return None
    statistics = gradient.statistics
    numbers: Mapping[str, Any] = (
        {name: json_number(getattr(statistics, name)) for name in statistics.__slots__} if statistics is not None else {}
    )
    return {"shape": list(gradient.shape), "dtype": gradient.dtype, **numbers}


def json_number(value: float) -> float | str:
    """A number JSON can hold; ``"NaN"``, ``"+Inf"`` and ``"-Inf"`` for those it cannot."""
    return value if math.isfinite(value) else number_text(value)


def source_summary(source: SourcePosition | None) -> dict[str, Any] | None:
    """A source position as JSON."""
    return {"file": source.file, "line": source.line, "function": source.function} if source is not None else None


def _run(trace: Trace) -> dict[str, Any]:
    started, ended = trace.started, trace.ended
    return {
        "argv": list(started.argv) if started else [],
        "versions": dict(started.versions) if started else {},
        "host": started.host if started else "",
        "pid": started.pid if started else 0,
        "rank": started.rank if started else 0,
        "world_size": trace.world_size,
        "outcome": ended.outcome if ended else "running" if trace.selection and trace.selection.asked_by else "cut off",
        "status": ended.status if ended else None,
        "duration_ns": trace.events[-1].time if len(trace.events) else 0,
    }


def _step(step: Step) -> dict[str, Any]:
    return {"label": step.label, "first": step.first, "last": step.last, "passes": list(step.passes)}


def _pass(trace: Trace, pass_: Pass) -> dict[str, Any]:
    nonfinite = pass_.first_nonfinite()
    return {
        "index": pass_.index,
        "id": pass_.id,
        "name": pass_.name,
        "label": pass_.label,
        "step": pass_.step or None,
        "call": pass_.call,
        "outcome": pass_.outcome,
        "nodes": len(pass_.nodes),
        "first": pass_.first,
        "last": pass_.last,
        "roots": [trace.node_name(root.node) for root in pass_.roots],
        "retain_graph": pass_.retain_graph,
        "create_graph": pass_.create_graph,
        "source": source_summary(pass_.source),
        "first_nonfinite": nonfinite if nonfinite >= 0 else None,
        "derived": pass_.derived,
        "unobserved": pass_.unobserved or None,
        "provenance": pass_.provenance or None,
    }


def _leaf(trace: Trace, leaf: Leaf) -> dict[str, Any]:
    gradient = trace.leaf_gradients.of(leaf.id, len(trace.events))
    statistics = gradient.statistics if gradient is not None else None
    cleared = trace.leaf_gradients.cleared(leaf.id)
    return {
        "tensor": leaf.id,
        "name": leaf.name,
        "shape": list(leaf.shape),
        "dtype": leaf.dtype,
        "requires_grad": leaf.requires_grad,
        "source": source_summary(leaf.source),
        "gradient": gradient_summary(gradient),
        "gradient_norm": json_number(statistics.norm) if statistics is not None else None,
        "gradient_state": "absent" if gradient is None and _may_be_absent(trace, leaf) else _gradient_state(gradient),
        "cleared": gradient_summary(cleared),
        "cleared_norm": json_number(cleared.statistics.norm) if cleared is not None and cleared.statistics is not None else None,
    }


def _may_be_absent(trace: Trace, leaf: Leaf) -> bool:
    """Whether the leaf may have got a gradient in a part of the run that was not recorded: nothing that was tells of one."""
    return trace.selection is not None and leaf.id not in trace.leaf_gradients.tensors


def _gradient_state(gradient: Gradient | None) -> str:
    """``none`` (there is no gradient), ``zero`` (there is one, and it is all zeros), ``nonfinite``, ``value``, or ``unknown``.

    (And ``absent``: a part of the run was recorded, and tells of none.)
    """
    if gradient is None:
        return "none"
    statistics = gradient.statistics
    if statistics is None:
        return "unknown"
    if not statistics.finite:
        return "nonfinite"
    return "zero" if statistics.zeros == statistics.count else "value"


def _finding(trace: Trace, finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "title": finding.title,
        "detail": finding.detail,
        "event": finding.event if finding.event >= 0 else None,
        "cause": finding.cause if finding.cause >= 0 else None,
        "node": trace.node_name(finding.node) if finding.node else None,
        "source": source_summary(finding.source),
    }


def _error(trace: Trace, error: ErrorRaised) -> dict[str, Any]:
    known_cause = 0 <= error.cause < len(trace.events)
    cause = trace.events[error.cause] if known_cause else None
    return {
        "event": error.id,
        "type": error.type,
        "message": error.message,
        "pass": trace.pass_name(error.pass_) if error.pass_ else None,
        "node": trace.node_name(error.node) if error.node else None,
        "source": source_summary(error.source),
        "cause": {
            "event": cause.id,
            "description": trace.describe(cause),
            "source": source_summary(cause.source),
        }
        if cause is not None
        else None,
    }
