"""Gradients that are cleared, or clipped, at a moment when that makes them useless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.events import BackwardStarted, Event, GradientAccumulated, GradReset, OptimizerStepped, SourcePosition, VersionBumped
from ..message import Message, template
from .finding import Finding, named_at
from .lookup import Ids, Mask
from .text import list_text, source_text

if TYPE_CHECKING:
    from .trace import Trace

__all__ = ["cleared_before_step", "clipped_after_step"]

_TIMES = 2
"""So many steps are no accident of how the program ends."""

_DISCARDED = (
    template(
        "zero_grad() at {place} cleared the gradient of {names} before {step} could use it, {count} times, and no other step ever "
        "did: it is not trained. Clear gradients before backward(), or after the step."
    ),
    template(
        "zero_grad() at {place} cleared the gradients of {names} before {step} could use them, {count} times, and no other step "
        "ever did: they are not trained. Clear gradients before backward(), or after the step."
    ),
)
"""For one leaf, and for several."""


def cleared_before_step(trace: Trace) -> Iterator[Finding]:
    """``zero_grad()`` between ``backward()`` and ``step()``: the gradients of these leaves are never used."""
    log = trace.events
    steps, resets, accumulated = log.columns(OptimizerStepped), log.columns(GradReset), log.columns(GradientAccumulated)
    if len(steps["id"]) < _TIMES or not len(accumulated["id"]) or trace.is_spread:  # what FSDP clears it has scattered
        return
    moments = _Moments(len(log), accumulated["tensor"], accumulated["id"])
    cleared, when = resets["tensors"].values, np.repeat(resets["id"], resets["tensors"].lengths)
    clearings = _Moments(len(log), cleared, when)
    stepped, at_step = steps["tensors"].values, np.repeat(steps["id"], steps["tensors"].lengths)
    used = np.unique(stepped[moments.last(stepped, at_step) > clearings.last(stepped, at_step)])
    following = np.searchsorted(steps["id"], when)
    row = np.minimum(following, len(steps["id"]) - 1)
    step = steps["id"][row]
    # nothing is computed between the two, and what was cleared had come since the step before, or the clearing before
    began = log.ids(BackwardStarted)
    straight = (following < len(steps["id"])) & (np.searchsorted(began, when) == np.searchsorted(began, step))
    previous = np.where(row > 0, steps["id"][row - 1], -1)
    came = moments.last(cleared, when)
    lost = straight & (came > np.maximum(previous, clearings.last(cleared, when))) & ~np.isin(cleared, used)
    found: dict[tuple[int, ...], list[int]] = {}
    rows = np.flatnonzero(lost)
    if not len(rows):
        return
    rows = rows[np.argsort(cleared[rows], kind="stable")]
    tensors_lost, first = np.unique(cleared[rows], return_index=True)
    for tensor, moments_lost in zip(tensors_lost.tolist(), np.split(when[rows], first[1:]), strict=True):
        if tensor in trace.leaves and len(moments_lost) >= _TIMES:
            found.setdefault(tuple(moments_lost.tolist()), []).append(tensor)
    for moment, tensors in found.items():
        event, after = log[moment[0]], log[int(steps["id"][np.searchsorted(steps["id"], moment[0])])]
        assert isinstance(after, OptimizerStepped)
        names = list_text([trace.leaves[tensor].name for tensor in tensors])
        where = named_at(f"{after.optimizer}.step", after.source)
        detail = Message(_DISCARDED[len(tensors) > 1], place=source_text(event.source), names=names, step=where, count=len(moment))
        title = Message("Gradients cleared too early")
        yield Finding("cleared-before-step", "warning", title, detail, event.id, source=event.source, cause=int(came[lost][0]))


class _Moments:
    """When what happened to which tensor: the last time before a moment."""

    def __init__(self, count: int, tensors: Ids, events: Ids) -> None:
        self._span = count + 2
        self._places = np.sort(tensors.astype(np.int64) * self._span + events + 1)

    def last(self, tensors: Ids, before: Ids) -> Ids:
        """For each tensor the last event before that one, or -1."""
        base = tensors.astype(np.int64) * self._span
        found = np.searchsorted(self._places, base + before + 1) - 1
        if not len(self._places):
            return np.full(len(tensors), -1, np.int64)
        place = self._places[np.maximum(found, 0)]
        return np.where((found >= 0) & (place > base), place - base - 1, -1)


# ------------------------------------------------------------------------------------------------------------------ clipping
_CLIPS = re.compile(r"\b(clip_grad_norm_|clip_grad_value_|clip_grads_with_norm_)\s*\(")


def clipped_after_step(trace: Trace) -> Iterator[Finding]:
    """``clip_grad_norm_()`` behind ``step()``, and the gradients are cleared next: what it did is never used."""
    log = trace.events
    bumps, steps = log.columns(VersionBumped), log.columns(OptimizerStepped)
    if len(steps["id"]) < _TIMES or not len(bumps["id"]):
        return
    for number in np.unique(bumps["source"]).tolist():
        rows = np.flatnonzero(bumps["source"] == number)
        source = log[int(bumps["id"][rows[0]])].source
        function = _clip_at(trace, source)
        if not function or source is None:
            continue
        last_step, useless = _useless(trace, bumps["id"][rows])
        if np.count_nonzero(useless) == len(useless) and len(np.unique(last_step)) >= _TIMES:
            event, step = log[int(bumps["id"][rows[0]])], log[int(last_step[0])]
            assert isinstance(step, OptimizerStepped)
            detail = Message(
                "{clip} runs after {step}, and what it clipped is cleared before the next step: it has no effect. Call it between "
                "backward() and step().",
                clip=named_at(f"{function}()", source),
                step=named_at(f"{step.optimizer}.step", step.source),
            )
            yield Finding("clipped-after-step", "warning", Message("Clipped too late"), detail, event.id, source=source)


def _clip_at(trace: Trace, source: SourcePosition | None) -> str:
    """The clipping function that the line calls, or ``""``."""
    text = trace.source_text(source.file) if source is not None else None
    lines = text.splitlines() if text else []
    found = _CLIPS.search(lines[source.line - 1]) if source is not None and source.line <= len(lines) else None
    return found[1] if found else ""


def _useless(trace: Trace, writes: Ids) -> tuple[Ids, Mask]:
    """For each write to a gradient the step before it, and whether it came after that step and gradients were cleared next."""
    log = trace.events

    def around(event_type: type[Event]) -> tuple[Ids, Ids]:
        ids: Any = log.ids(event_type)
        ids = np.concatenate([[-1], ids, [len(log)]])
        place = np.searchsorted(ids, writes)
        return ids[place - 1], ids[place]

    step_before, step_after = around(OptimizerStepped)
    came_before, came_after = around(GradientAccumulated)
    cleared_before, cleared_after = around(GradReset)
    is_behind = (step_before > came_before) & (step_before > cleared_before)
    return step_before, is_behind & (cleared_after <= np.minimum(step_after, came_after))  # equal: the run ended
