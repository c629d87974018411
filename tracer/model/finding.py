"""What a finding is, and how nodes, passes and places are called in its sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ...core.events import NONE, SourcePosition
from ..message import Message
from .text import source_text

if TYPE_CHECKING:
    from .trace import Trace

Severity = Literal["error", "warning", "info"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""From the worst to the mildest: the order in which findings are listed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about a run.

    ``title`` says it in a few words, ``detail`` in one or two sentences with the lines of the program; both are
    :class:`~gradtrace.tracer.message.Message`, which the window says in its own language. ``event`` is where it shows
    (-1: nowhere in particular), ``cause`` the earlier event that made it inevitable (-1: not known), ``node`` and ``source`` what
    it is about.
    """

    rule: str
    severity: Severity
    title: str
    detail: str
    event: int = -1
    node: int = NONE
    source: SourcePosition | None = None
    cause: int = -1


def named_at(name: str, source: SourcePosition | None) -> str:
    """``mul_ at train.py:4``."""
    return Message("{name} at {place}", name=name, place=source_text(source)) if source is not None else name


def source_of(trace: Trace, node: int) -> SourcePosition | None:
    """The line that made a node."""
    record = trace.nodes.get(node)
    return record.source if record is not None else None


def node_at(trace: Trace, node: int) -> str:
    """``MulBackward0 (train.py:3)``."""
    return _with_place(trace.node_name(node), source_of(trace, node))


def pass_at(trace: Trace, pass_: int) -> str:
    """``backward #1 (train.py:9)``, by pass id."""
    return _with_place(trace.pass_name(pass_), next((one.source for one in trace.passes if one.id == pass_), None))


def _with_place(name: str, source: SourcePosition | None) -> str:
    where = source_text(source)
    return Message("{name} ({place})", name=name, place=where) if where else name


def best_name(trace: Trace, *tensors: int) -> str:
    """The first of these tensors that has a name of its own."""
    names = [trace.tensor_name(tensor) for tensor in tensors if tensor != NONE]
    return next((name for name in names if not name.startswith("tensor ")), names[0] if names else Message("a tensor"))
