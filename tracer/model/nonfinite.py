"""Where the first NaN or infinity of a run arose, and what is known about why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...core.events import NONE, Gradient, GradientAccumulated, GradientFlowed, HookFired, NodeStarted
from .finding import Finding, node_at, source_of
from .text import gradient_text, nonfinite_text, number_text

if TYPE_CHECKING:
    from .passes import Pass
    from .trace import Trace

__all__ = ["NONFINITE_HINTS", "first_nonfinite", "growth", "nonfinite_origin"]

NONFINITE_HINTS: Mapping[str, str] = {
    "Sqrt": "The slope of sqrt at 0 is infinite: look for zeros in its input.",
    "Rsqrt": "1 / sqrt(x) and its slope are infinite at 0: look for zeros in its input.",
    "Log": "The slope of log at 0 is infinite: look for zeros in its input.",
    "Log2": "The slope of log2 at 0 is infinite: look for zeros in its input.",
    "Log10": "The slope of log10 at 0 is infinite: look for zeros in its input.",
    "Div": "Look for zeros in the divisor.",
    "Reciprocal": "Look for zeros in its input.",
    "Pow": "With p < 1 the slope of x ** p at 0 is infinite; otherwise its input was too large, or not finite already.",
    "Exp": "Its result may have been too large for the dtype.",
    "Acos": "The slope of acos at 1 and -1 is infinite.",
    "Asin": "The slope of asin at 1 and -1 is infinite.",
}
"""By operation: where its gradient is not finite."""

MULTIPLYING = ("Mul", "Mm", "Addmm", "Bmm", "Addbmm", "Convolution", "Tanh", "Sigmoid", "Softmax", "LogSoftmax", "NativeLayerNorm")
"""Operations that multiply a gradient by numbers of the forward, and so make NaN of a finite one only if these are broken."""

CHOOSING = ("Where", "MaskedFill", "Index", "MaskedSelect", "MaskedScatter")
"""Operations that send a gradient of 0 to the elements that were not chosen."""

GROWTH = 1e4
"""Gradients that have become this many times larger than in the first pass are said to have grown."""

NEAREST = 64
"""So many nodes between a choosing operation and the one behind it are looked at."""


def first_nonfinite(trace: Trace) -> Iterator[Finding]:
    """A gradient with a NaN or an infinity: where the first one of the run arose."""
    log = trace.events
    every = ((GradientFlowed, "gradient"), (GradientAccumulated, "contribution"), (HookFired, "after"))
    if not any(log.nonfinite(event_type, field, np.arange(len(log.ids(event_type)))).any() for event_type, field in every):
        return
    found = [(pass_, finding) for pass_ in trace.passes if (finding := nonfinite_origin(pass_)) is not None]
    if found:
        pass_, first = found[0]
        grown = growth(pass_)
        detail = first.detail
        if grown and first.node in trace.nodes:  # then numbers became too large for the dtype, whatever the operation
            detail = detail.removesuffix(NONFINITE_HINTS.get(trace.nodes[first.node].op, "")).rstrip() + grown
        accumulated = pass_.rows(GradientAccumulated)
        brought = getattr(log[first.event], "kind", "") == "post_accumulate_grad"
        if len(accumulated) and not brought and not log.nonfinite(GradientAccumulated, "contribution", accumulated).any():
            detail += f" No leaf got any of it in {pass_.name}."
        if len(found) > 1:
            detail += f" {len(found)} of {len(trace.passes)} passes have NaN or Inf."
        yield replace(first, detail=detail)


def nonfinite_origin(pass_: Pass) -> Finding | None:
    """Where the first NaN or infinity of one pass arose: the node (or hook) that got finite gradients and gave one that is not."""
    trace, event_id = pass_.trace, pass_.first_nonfinite()
    hook = _first_nonfinite_hook(pass_)
    if hook is not None and (event_id < 0 or hook.id < event_id):
        detail = f"The hook {trace.hook_name(hook.hook)} at {node_at(trace, hook.node)} made it: {_broken(hook.after)}."
        if hook.kind == "post_accumulate_grad" and trace.world_size > 1:
            detail += " The gradients of this process were finite: it came from another one."
        return _nonfinite(pass_, detail, hook.id, hook.node)
    if event_id < 0:
        return None
    event = trace.events[event_id]
    if isinstance(event, GradientAccumulated):
        detail = f"The sum that reached {trace.tensor_name(event.tensor)} has {_broken(event.contribution)}."
        return _nonfinite(pass_, detail, event_id, event.node)
    assert isinstance(event, GradientFlowed)
    if event.node == NONE:
        detail = f"The gradient that entered at {node_at(trace, event.next_node)} was not finite: {_broken(event.gradient)}."
        return _nonfinite(pass_, detail, event_id, event.next_node)
    detail = f"{node_at(trace, event.node)} got finite gradients and gave {_broken(event.gradient)}."
    hint = _hint(pass_, event)
    return _nonfinite(pass_, f"{detail} {hint}".rstrip(), event_id, event.node)


def _hint(pass_: Pass, event: GradientFlowed) -> str:
    """Why the node of ``event`` may have given what it gave."""
    trace = pass_.trace
    record = trace.nodes.get(event.node)
    if record is None:
        return ""
    hint = NONFINITE_HINTS.get(record.op, "")
    statistics = event.gradient.statistics if event.gradient is not None else None
    if statistics is not None and statistics.nan and record.op in MULTIPLYING:
        return "It multiplies by numbers of the forward: these were NaN or infinite already."
    if statistics is None or not statistics.nan or not hint:
        return hint
    chooser = _chooser_before(pass_, event.node)
    if chooser == NONE:
        return hint
    name = {"Where": "where()", "MaskedFill": "masked_fill()"}.get(trace.nodes[chooser].op, "a selection")
    return (
        f"It lies behind {node_at(trace, chooser)}: the elements that {name} did not choose get a gradient of 0, and 0 times an "
        f"infinite slope is NaN. Make the input of {record.op.lower()} harmless first (clamp it, or a second where() inside)."
    )


def _chooser_before(pass_: Pass, node: int) -> int:
    """The choosing operation on the way of the gradient to ``node``, with nothing but a few nodes in between; or NONE."""
    trace = pass_.trace
    ran = set(trace.events.columns(NodeStarted)["node"][pass_.rows(NodeStarted)].tolist())
    flows, rows = trace.events.columns(GradientFlowed), pass_.rows(GradientFlowed)
    source, target = flows["node"][rows], flows["next_node"][rows]
    pending, seen = [node], {node}
    while pending and len(seen) < NEAREST:
        for before in source[target == pending.pop(0)].tolist():
            record = trace.nodes.get(before)
            if before in seen or before not in ran or record is None:
                continue
            if record.op.rstrip("0123456789") in CHOOSING:
                return int(before)
            seen.add(before)
            pending.append(before)
    return NONE


def growth(pass_: Pass) -> str:
    """How the gradients of the leaves grew before ``pass_``, if they did: a step size too large looks like this."""
    log = pass_.trace.events
    largest = []
    for earlier in pass_.trace.passes[: pass_.index]:
        norms = log.norms(GradientAccumulated, "contribution", earlier.rows(GradientAccumulated))
        finite = norms[np.isfinite(norms)]
        if len(finite):
            largest.append((float(finite.max()), earlier.name))
    if len(largest) < 2 or not largest[0][0] > 0 or largest[-1][0] < GROWTH * largest[0][0]:
        return ""
    (first, first_name), (last, last_name) = largest[0], largest[-1]
    return (
        f" Gradients had grown before: the largest norm was {number_text(first)} in {first_name} and {number_text(last)} in "
        f"{last_name}. Training diverges (a smaller step size or clipping would help)."
    )


def _nonfinite(pass_: Pass, detail: str, event: int, node: int) -> Finding:
    title = f"First NaN/Inf in {pass_.name}"
    return Finding("first-nonfinite", "warning", title, detail, event, node, source_of(pass_.trace, node))


def _broken(gradient: Gradient | None) -> str:
    """What is wrong with a gradient: ``2 NaN in 12 elements``, or the one element itself."""
    statistics = gradient.statistics if gradient is not None else None
    if statistics is None or statistics.count == 1:
        return gradient_text(gradient)
    return f"{nonfinite_text(statistics).removesuffix(f' of {statistics.count}')} in {statistics.count} elements"


def _first_nonfinite_hook(pass_: Pass) -> HookFired | None:
    """The first hook of a pass that made a finite gradient a broken one."""
    log, rows = pass_.trace.events, pass_.rows(HookFired)
    broke = log.nonfinite(HookFired, "after", rows) & ~log.nonfinite(HookFired, "before", rows)
    broke &= log.columns(HookFired)["changed"][rows]
    event = log[int(log.ids(HookFired)[rows[broke][0]])] if broke.any() else None
    return event if isinstance(event, HookFired) else None
