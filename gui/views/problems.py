"""What went wrong: findings, exceptions of the program, problems of the file, notes of the recorder."""

from __future__ import annotations

from PySide6.QtWidgets import QHeaderView, QWidget

from ..models.problems import CAUSE, ProblemsModel
from ..session import Session
from ..theme import Theme
from .table import EmptyHint, TableView, stacked


class ProblemsView(QWidget):
    """A table of problems; a click shows where it happened, a click on the cause shows what made it inevitable."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = ProblemsModel(self)
        self.table = TableView(self.model, stretch=1)
        self.table.set_widths(190, 420, 170, 90)
        self.table.setWordWrap(True)  # few rows, and sentences that want to be read to their end
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._hint = EmptyHint(
            self.table, self.tr("Nothing found: no exception, no NaN, no missing gradient, and the file is sound.")
        )
        self.setLayout(stacked(self.table))
        self.table.clicked.connect(lambda index: self._follow(index.row(), index.column()))
        session.trace_changed.connect(self._show_trace)
        self._show_trace()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.table.set_theme(theme)
        self._hint.set_theme(theme)

    def _show_trace(self) -> None:
        self.model.set_trace(self._session.trace)
        self._hint.setVisible(self.model.row_count() == 0 and self._session.trace is not None)

    def _follow(self, row: int, column: int) -> None:
        problem = self.model.problem(row)
        if column == CAUSE and problem.cause >= 0:
            self._session.go_to_event(problem.cause)
        elif problem.event >= 0:
            self._session.go_to_event(problem.event, problem.node)
        elif problem.node:
            self._session.select(problem.node)
