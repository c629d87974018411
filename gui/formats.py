"""How a gradient reads in a table cell: one place, so that every view says the same thing in the same tone."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from ..core.events import Gradient
from ..tracer.model import Pass
from ..tracer.model.text import nonfinite_text, number_text, source_text
from .translation import spoken

DASH = "–"


class Toned(NamedTuple):
    """A text and the tone it is said in: ``""``, ``"muted"``, ``"good"``, ``"warning"``, ``"error"`` or ``"info"``."""

    text: str
    tone: str = ""


def gradient_cell(value: Gradient | None) -> Toned:
    """A gradient in a few characters: its norm, but NaN and Inf first, and None told apart from zero."""
    if value is None:
        return Toned("None", "muted")
    statistics = value.statistics
    if statistics is None:
        return Toned(_tr("not measured"), "muted")
    if not statistics.finite:
        return Toned(spoken(nonfinite_text(statistics)), "error")
    if statistics.count and statistics.zeros == statistics.count:
        return Toned(_tr("zero"), "warning")
    return Toned(number_text(statistics.norm))


def pass_title(pass_: Pass) -> str:
    """``backward #1``; with its step, ``backward #1 · step 40``, where a part of the run was recorded."""
    return f"{pass_.name} · {spoken(pass_.step)}" if pass_.step else pass_.name


def pass_label(pass_: Pass) -> str:
    """Title and line: ``backward #1 · train.py:12``."""
    where = source_text(pass_.source)
    return f"{pass_title(pass_)} · {where}" if where else pass_title(pass_)


def _tr(text: str) -> str:
    return QCoreApplication.translate("formats", text)
