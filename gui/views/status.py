"""The status bar: where the cursor stands, what is being done, level and outcome of the recording."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QStatusBar, QWidget

from ...core.events import RunEnded
from ..session import Session
from ..theme import LIGHT, Theme
from ..translation import spoken
from .not_covered import NotCoveredButton


class ElidedLabel(QLabel):
    """A label that shows as much of its text as there is room for, and never asks for more."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 (the whole text is painted)
        """The text, with an ellipsis when it is too long."""
        painter = QPainter(self)
        area = self.contentsRect().adjusted(6, 0, -6, 0)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()


class StatusBar(QStatusBar):
    """Position on the left; progress, level and outcome on the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = LIGHT
        self.setSizeGripEnabled(False)
        self.position = ElidedLabel()  # a long message must not widen the window
        self.doing = QLabel()
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.setFixedWidth(90)
        self._progress.setTextVisible(False)
        self.not_covered = NotCoveredButton(session)
        self.level, self.outcome = QLabel(), QLabel()
        self.addWidget(self.position, 1)
        for widget in (self.doing, self._progress, self.not_covered, self.level, self.outcome):
            self.addPermanentWidget(widget)
        session.cursor_moved.connect(self._show_position)
        session.trace_changed.connect(self._show_trace)
        session.busy_changed.connect(self._show_doing)
        self._show_doing("")
        self._show_position()
        self._show_trace()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self._show_trace()

    def _show_doing(self, text: str) -> None:
        self.doing.setText(text)
        self.doing.setVisible(bool(text))
        self._progress.setVisible(bool(text))

    def _show_position(self) -> None:
        trace, position = self._session.trace, self._session.position
        if trace is None or not len(trace.events):
            self.position.setText(self.tr("No trace open") if trace is None else self.tr("This trace holds no events"))
            return
        where = self.tr("event {number} of {last}").format(number=position, last=len(trace.events) - 1)
        text = f"{where}  ·  {spoken(trace.describe(trace.events[position]))}"
        self.position.setText(text)
        self.position.setToolTip(text)

    def _show_trace(self) -> None:
        trace = self._session.trace
        for label in (self.level, self.outcome):
            label.setVisible(trace is not None)
        if trace is None:
            return
        self.level.setVisible(bool(trace.level))
        level = self.tr("level: {level}").format(level=trace.level)
        self.level.setText(level if trace.selection is None else f"{level}  ·  {spoken(trace.selection.text)}")
        text, colour = self._outcome_of_run()
        self.outcome.setText(text)
        self.outcome.setStyleSheet(f"color: {colour};")

    def _outcome_of_run(self) -> tuple[str, str]:
        trace, theme = self._session.trace, self._theme
        assert trace is not None
        ends = trace.events.ids(RunEnded)
        if not len(ends):
            if trace.selection is not None and trace.selection.asked_by:
                return self.tr("program was running"), theme.text_muted
            return self.tr("recording cut off"), theme.warning
        outcome = getattr(trace.events[int(ends[-1])], "outcome", "finished")
        texts = {
            "finished": (self.tr("program finished"), theme.success),
            "raised": (self.tr("program raised an exception"), theme.error),
            "exited": (self.tr("program exited"), theme.warning),
        }
        return texts.get(outcome, (outcome, theme.text_muted))
