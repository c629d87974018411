"""A pass made ready to be shown: the slow part of opening a trace or changing the pass, done in the background."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from ..tracer.layout import Drawing, draw
from ..tracer.model import Pass, Trace
from ..tracer.store.errors import TraceError
from .grouping import closed_at_first, prefixes
from .translation import noop, spoken
from .worker import Token

ALL_NODES = -1
"""The pass index that stands for the pseudo pass over all nodes of the run."""

_LAYOUT_FAILED = noop("scene", "the graph could not be laid out: {error}")


@dataclass(frozen=True)
class Scene:
    """A pass made ready to be shown: what the background work hands to the GUI thread."""

    trace: Trace
    index: int
    pass_: Pass
    drawing: Drawing | None
    failure: str = ""
    collapsed: frozenset[str] = frozenset()


def first_pass_to_show(trace: Trace) -> int:
    """Index of the pass a user wants to see first: the last one that raised, the first with a NaN, the last one, or all nodes."""
    raised = [index for index, pass_ in enumerate(trace.passes) if pass_.outcome == "raised"]
    if raised:
        return raised[-1]
    broken = next((finding.event for finding in trace.findings() if finding.rule == "first-nonfinite"), -1)
    owner = trace.pass_of(broken) if broken >= 0 else None
    if owner is not None:
        return owner.index
    return len(trace.passes) - 1 if len(trace.passes) else ALL_NODES


def pass_at(trace: Trace, index: int) -> Pass:
    """The pass with this index; :data:`ALL_NODES` gives the pseudo pass over all nodes."""
    return trace.forward if index == ALL_NODES else trace.passes[index]


def prepare(trace: Trace, index: int | None = None, collapsed: Collection[str] | None = None, token: Token | None = None) -> Scene:
    """Build graph and drawing of one pass (the slow part of showing it). A failing layout is told in the scene, not raised.

    ``collapsed`` are the groups to draw closed; None leaves the choice to :func:`~gradtrace.gui.grouping.closed_at_first`.
    """
    if index is None:
        index = first_pass_to_show(trace)
    pass_ = pass_at(trace, index)
    arrays = pass_.arrays
    trace.findings()  # gathered once, here rather than on the GUI thread
    if token is not None:
        token.check()
    if collapsed is None:
        failed = arrays.index(pass_.error.node) if pass_.error is not None else -1
        collapsed = closed_at_first(arrays, prefixes(arrays.scope[failed]) if failed >= 0 else ())
    closed = frozenset(collapsed)
    try:
        drawing = draw(arrays, collapsed=closed)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:  # tables and inspector still work without a picture
        return Scene(trace, index, pass_, None, QCoreApplication.translate("scene", _LAYOUT_FAILED).format(error=error), closed)
    return Scene(trace, index, pass_, drawing, collapsed=closed)


def describe_failure(error: Exception) -> str:
    """The reason of a failure as a sentence for the user: no class names, no errno."""
    if isinstance(error, TraceError):
        return spoken(error.message)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
