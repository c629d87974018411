"""Gradients that no ``zero_grad()`` clears, so that each step of an optimizer uses those of all steps before it too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...core.events import GradientAccumulated, GradReset, OptimizerStepped
from ..message import Message, template
from .finding import Finding, named_at
from .lookup import Ids
from .text import list_text

if TYPE_CHECKING:
    from .trace import Trace

__all__ = ["never_cleared"]

_STALE_STEPS = 2
"""So many steps with an old gradient are no accident of how the program ends."""

_SUMMED = (
    template("{step} was made {count} times with the sum of all gradients of {names} so far: nothing ever cleared its .grad."),
    template("{step} was made {count} times with the sums of all gradients of {names} so far: nothing ever cleared their .grad."),
)
"""For one leaf, and for several."""


def never_cleared(trace: Trace) -> Iterator[Finding]:
    """Leaves of an optimizer whose ``.grad`` only grows, from the first step to the last."""
    log = trace.events
    steps, accumulated = log.columns(OptimizerStepped), log.columns(GradientAccumulated)
    if not len(steps["id"]) or not len(accumulated["id"]):
        return
    cleared = {*log.columns(GradReset)["tensors"].values.tolist()}
    step_of = np.repeat(steps["id"], steps["tensors"].lengths)
    found: dict[tuple[int, ...], list[int]] = {}
    for tensor in np.unique(steps["tensors"].values).tolist():
        if tensor not in cleared and tensor in trace.leaves:
            stale = _stale_steps(trace, tensor, step_of[steps["tensors"].values == tensor])
            if len(stale) >= _STALE_STEPS:
                found.setdefault(stale, []).append(tensor)
    for stale, tensors in found.items():
        event = log[stale[0]]
        assert isinstance(event, OptimizerStepped)
        detail = Message(
            _SUMMED[len(tensors) > 1],
            step=named_at(f"{event.optimizer}.step", event.source),
            count=len(stale),
            names=list_text([trace.leaves[tensor].name for tensor in tensors]),
        )
        yield Finding("never-cleared", "warning", Message("Gradients never cleared"), detail, event.id, source=event.source)


def _stale_steps(trace: Trace, tensor: int, steps: Ids) -> tuple[int, ...]:
    """The steps that used a gradient of before the step before; none when it was cleared in any way."""
    accumulated = trace.events.columns(GradientAccumulated)
    rows = np.flatnonzero(accumulated["tensor"] == tensor)
    if len(rows) <= _STALE_STEPS:
        return ()
    later = rows[1:]
    emptied = ~accumulated["before.present"][later] | (accumulated["before.norm"][later] == 0)  # the norm is NaN where not known
    if emptied.any():
        return ()
    passed = np.searchsorted(steps, accumulated["id"][rows])  # how many steps were made before each contribution
    used = np.unique(passed[passed < len(steps)])  # each of these steps uses a contribution of its own
    return tuple(steps[used[1:]].tolist())
