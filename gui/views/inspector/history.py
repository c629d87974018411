"""The gradient of a leaf in every pass of the run, as a curve; a click goes to the pass."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ....tracer.model import Trace
from ....tracer.model.history import LeafHistory, leaf_history
from ....tracer.model.text import number_text
from ...theme import Theme
from ..rich import RichLabel
from .plots import dress_plot, make_plot, whole_ticks
from .section import Section
from .subject import Subject

HEIGHT = 110
MOST_MARKS = 200
"""More passes are a line without a mark for each."""
LOGARITHMIC = 50.0
"""From this ratio of the largest to the smallest on, the axis has powers of ten."""


class HistorySection(Section):
    """Norms over the passes of the run; the pass on show is marked. Hidden for what is no leaf, and without two passes."""

    event_chosen = Signal(int, int)  # an event and its node

    def __init__(self, parent: QWidget | None = None) -> None:
        content = QWidget()
        self.facts = RichLabel()
        self.plot = make_plot()
        self.plot.setFixedHeight(HEIGHT)
        self.plot.setCursor(Qt.CursorShape.PointingHandCursor)
        self.plot.scene().sigMouseClicked.connect(self._clicked)
        self._here = pg.InfiniteLine(angle=90)
        self._shown: tuple[Trace, int] | None = None
        self._history: LeafHistory | None = None
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.facts)
        column.addWidget(self.plot)
        super().__init__("", content, parent)
        self.title.setText(self.tr("Over the run"))
        self.plot.setToolTip(self.tr("The norm of what each pass brought; a click goes there."))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        super().set_theme(theme)
        dress_plot(self.plot, theme)
        self._here.setPen(pg.mkPen(theme.hot, width=2))
        self._draw()

    def show_subject(self, subject: Subject) -> None:
        """Show the history of this leaf; it is gathered once for each."""
        variable = subject.record.variable if subject.record is not None else 0
        if self._shown is None or self._shown[0] is not subject.trace or self._shown[1] != variable:
            self._shown = subject.trace, variable
            history = leaf_history(subject.trace, variable) if variable else None
            self._history = history if history is not None and len(history) > 1 and not np.isnan(history.norms).all() else None
            self._draw()
        self.setVisible(self._history is not None)
        self._here.setPos(subject.pass_.index + 1)
        self._here.setVisible(not subject.pass_.is_forward)

    def _draw(self) -> None:
        history = self._history
        self.plot.clear()
        if history is None:
            return
        finite = history.finite
        positive = finite[finite > 0]
        is_log = bool(len(positive)) and float(positive.max()) > LOGARITHMIC * float(positive.min())
        self.plot.setLogMode(x=False, y=is_log)
        norms = np.where(
            np.isfinite(history.norms) & ~history.nonfinite & ((history.norms > 0) | (not is_log)), history.norms, np.nan
        )
        accent = self.theme.accent
        marks: dict[str, Any] = {"symbol": "o", "symbolSize": 5, "symbolBrush": accent, "symbolPen": None}
        pen = pg.mkPen(accent, width=1.5)
        self.plot.plot(history.passes, norms, pen=pen, connect="finite", **(marks if len(history) <= MOST_MARKS else {}))
        floor = float(positive.min()) if is_log else 0.0
        for which, colour in (
            (history.nonfinite, self.theme.error),
            (~history.nonfinite & (history.norms == 0), self.theme.warning),
        ):
            if which.any():
                cross = {"symbol": "x", "symbolPen": pg.mkPen(colour), "symbolBrush": None, "symbolSize": 9}
                self.plot.plot(history.passes[which], np.full(int(which.sum()), floor), pen=None, **cross)
        self.plot.addItem(self._here)
        last = int(history.passes.max())
        whole_ticks(self.plot, "bottom", last)
        self.plot.setXRange(0.5, last + 0.5, padding=0.0)
        self.plot.enableAutoRange(axis="y")
        self.facts.setText(self.markup.facts(self._facts(history)))

    def _facts(self, history: LeafHistory) -> list[tuple[str, str]]:
        markup, finite = self.markup, history.finite
        rows = [(self.tr("passes"), markup.text(self.tr("{count} brought a gradient").format(count=len(history))))]
        if len(finite):
            low, high = float(finite.min()), float(finite.max())
            norms = number_text(low) if low == high else f"{number_text(low)} … {number_text(high)}"
            rows.append((self.tr("norm"), markup.text(norms, "warning" if high == 0 else "", bold=True)))
        if history.nonfinite.any():
            count = self.tr("{count} times").format(count=int(history.nonfinite.sum()))
            rows.append((self.tr("not finite"), markup.text(count, "error", bold=True)))
        return rows

    def _clicked(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.choose(float(self.plot.getPlotItem().vb.mapSceneToView(event.scenePos()).x()))

    def choose(self, pass_number: float) -> None:
        """Ask for the contribution of the pass nearest to a place on the axis."""
        if self._history is not None:
            nearest = int(np.argmin(np.abs(self._history.passes - pass_number)))
            self.event_chosen.emit(int(self._history.events[nearest]), int(self._history.nodes[nearest]))
