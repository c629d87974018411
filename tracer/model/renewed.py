"""Training that changes nothing: parameters that are made anew in every step, and an optimizer that never makes one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...core.events import DataWritten, GradientAccumulated, GradReset, OptimizerStepped, VersionBumped
from ..message import Message, template
from .finding import Finding
from .text import list_text, source_text
from .updates import found_in_variables

if TYPE_CHECKING:
    from .records import Leaf
    from .trace import Trace

__all__ = ["made_anew", "never_stepped"]

_TIMES = 3

_ANEW = (
    template(
        "{name} is another parameter in each of {count} passes (the last was made at {place}): the optimizer keeps the one it "
        "was given and never changed any of these. Make parameters once, and change them in place under no_grad()."
    ),
    template(
        "{name} are other parameters in each of {count} passes (the last were made at {place}): the optimizer keeps those it "
        "was given and never changed any of these. Make parameters once, and change them in place under no_grad()."
    ),
)
"""For one parameter, and for several that are made at the same place, as by a layer that ``forward()`` makes."""


def made_anew(trace: Trace) -> Iterator[Finding]:
    """A parameter of a module is replaced by a new one in each step, so that the optimizer has an old one."""
    log = trace.events
    steps, accumulated = log.columns(OptimizerStepped), log.columns(GradientAccumulated)
    if not len(steps["id"]) or trace.is_spread:
        return
    known = {*steps["tensors"].values.tolist()}
    tensors, passes = np.unique(accumulated["tensor"], return_counts=True)
    once = {*tensors[passes == 1].tolist()} - known - found_in_variables(trace)
    found: dict[str, list[Leaf]] = defaultdict(list)
    for leaf in trace.leaves.values():
        if leaf.id in once and leaf.source is not None and leaf.name not in ("", leaf.source.target):
            found[leaf.name].append(leaf)
    places: dict[tuple[str, int], list[str]] = defaultdict(list)
    for name, leaves in found.items():
        steps_between = np.unique(np.searchsorted(steps["id"], [leaf.created for leaf in leaves]))
        if len(leaves) < _TIMES or len(steps_between) < _TIMES or name.startswith("tensor "):
            continue
        assert leaves[-1].source is not None  # see above
        places[str(leaves[-1].source), len(leaves)].append(name)
    for (_, count), names in places.items():
        last = found[names[0]][-1]
        detail = Message(
            _ANEW[len(names) > 1], name=list_text(names), count=count, place=source_text(last.source) if last.source else ""
        )
        yield Finding("made-anew", "warning", Message("Parameter made anew"), detail, last.created, last.node, last.source)


_ZERO_GRAD = re.compile(r"(?i)\b\w*opt\w*\.zero_grad\(")


def never_stepped(trace: Trace) -> Iterator[Finding]:
    """An optimizer clears gradients again and again, and nothing ever changes a parameter."""
    log = trace.events
    resets, accumulated = log.columns(GradReset), log.columns(GradientAccumulated)
    if len(log.ids(OptimizerStepped)) or not len(accumulated["id"]) or trace.selection is not None:
        return
    rows = np.flatnonzero(resets["id"] > accumulated["id"][0])
    if len(rows) < _TIMES or trace.ended is None or trace.ended.outcome != "finished":
        return
    event = log[int(resets["id"][rows[0]])]
    assert isinstance(event, GradReset)
    written: set[int] = set()
    for kind in (VersionBumped, DataWritten):
        writes = log.columns(kind)
        written.update(writes["tensor"][writes["id"] > accumulated["id"][0]].tolist())
    text = trace.source_text(event.source.file) if event.source is not None else None
    lines = text.splitlines() if text else []
    if event.source is None or not 0 < event.source.line <= len(lines) or not _ZERO_GRAD.search(lines[event.source.line - 1]):
        return  # whose zero_grad() it is, is not known: of a module, when gradients are what is wanted
    idle = [trace.leaves[tensor].name for tensor in event.tensors if tensor in trace.leaves and tensor not in written]
    if len(idle) == len(event.tensors) and idle:
        detail = Message(
            "Gradients were computed and cleared {count} times, and nothing ever changed {names}: the optimizer whose zero_grad() "
            "is at {place} made no step. Call its step() after backward().",
            count=len(rows),
            names=list_text(idle),
            place=source_text(event.source),
        )
        yield Finding("never-stepped", "warning", Message("No step was made"), detail, event.id, source=event.source)
