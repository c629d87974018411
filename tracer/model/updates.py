"""Parameters that get gradients which nobody uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...core.events import DataWritten, GradientAccumulated, LeafNamed, OptimizerStepped, SourcePosition, VersionBumped
from ..message import Message, sentences, template
from .finding import Finding, Severity
from .text import list_text, source_text

if TYPE_CHECKING:
    from .records import Leaf
    from .trace import Trace

__all__ = ["found_in_variables", "never_updated"]

_UNKNOWN = (
    template("{names} gets gradients, and no optimizer step ever changed it: no optimizer that stepped knows it."),
    template("{names} get gradients, and no optimizer step ever changed them: no optimizer that stepped knows them."),
)
"""For one leaf, and for several."""


def never_updated(trace: Trace) -> Iterator[Finding]:
    """Parameters that got gradients in several passes and were never written, though optimizers stepped: they know others."""
    log = trace.events
    steps = log.columns(OptimizerStepped)["tensors"]
    if not len(steps.values):
        return
    if trace.is_spread:  # optimizers know other leaves than passes
        return
    last_step = int(log.ids(OptimizerStepped)[-1])
    accumulated = log.columns(GradientAccumulated)
    if not len(accumulated["id"]):
        return
    written = {*steps.values.tolist()}
    for kind in (VersionBumped, DataWritten):
        writes = log.columns(kind)
        written.update(writes["tensor"][writes["id"] > accumulated["id"][0]].tolist())  # those before are initialisation
    before = accumulated["id"] < last_step
    pairs = np.unique(np.stack([accumulated["tensor"][before], accumulated["pass_"][before]]), axis=1)
    tensors, passes = np.unique(pairs[0], return_counts=True)
    again = {*tensors[passes > 1].tolist()}
    again -= written | found_in_variables(trace)
    left_out = [leaf for leaf in trace.leaves.values() if leaf.id in again and _is_parameter(leaf)]
    if left_out:
        names = list_text([leaf.name for leaf in left_out])
        first = left_out[0]
        if first.source is not None:
            names = Message("{names} (first used at {place})", names=names, place=source_text(first.source))
        detail = sentences(Message(_UNKNOWN[len(left_out) > 1], names=names), _unregistered(trace, left_out))
        others = any(tensor in trace.leaves and _is_parameter(trace.leaves[tensor]) for tensor in written)
        severity: Severity = "warning" if others else "info"  # a picture is optimised, say, and the network left as it is
        yield Finding("never-updated", severity, Message("Never updated"), detail, first.created, first.node, first.source)


def _unregistered(trace: Trace, leaves: list[Leaf]) -> str:
    """What to say when these were met only inside a module: the parameters of the module are known when it is called."""
    scopes = {trace.events[leaf.created].scope.split("/")[0] for leaf in leaves}
    if len(scopes) != 1 or "" in scopes:
        return ""
    return Message(
        "They are used inside {module} and are not among its parameters(): layers belong into attributes of it, and lists of "
        "layers into an nn.ModuleList.",
        module=scopes.pop(),
    )


def _is_parameter(leaf: Leaf) -> bool:
    """Whether a leaf was met inside a module: a tensor that the program made itself has the name of a variable."""
    return leaf.source is None or not leaf.name or leaf.name != leaf.source.target


def found_in_variables(trace: Trace) -> set[int]:
    """Leaves that only a variable of the program has a name for: inputs, for example, and no parameters.

    They had no name until the variable turned out to hold them, or have it from ``x.requires_grad_()``.
    """
    named_later = {*trace.events.columns(LeafNamed)["tensor"].tolist()}
    return {
        leaf.id
        for leaf in trace.leaves.values()
        if leaf.name.isidentifier() and (leaf.id in named_later or f"{leaf.name}.requires_grad" in _line(trace, leaf.source))
    }


def _line(trace: Trace, source: SourcePosition | None) -> str:
    text = trace.source_text(source.file) if source is not None else None
    lines = text.splitlines() if text else []
    return lines[source.line - 1] if source is not None and 0 < source.line <= len(lines) else ""
