"""What went wrong: findings, exceptions of the program, problems of the file, notes of the recorder."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHeaderView, QWidget

from ..models.problems import CAUSE, SOURCE, ProblemsModel
from ..models.table import TableModel
from ..session import Session
from .table_panel import TablePanel


class ProblemsView(TablePanel):
    """A table of problems; a click shows where it happened, on the line its source, on the cause what made it inevitable."""

    source_wanted = Signal()  # the source shows the line

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model = ProblemsModel(self)
        hint = self.tr("Nothing found: no exception, no NaN, no missing gradient, and the file is sound.")
        self._make_table(self.model, hint, stretch=1).set_widths(190, 420, 170, 90)
        self.table.setWordWrap(True)  # few rows, and sentences that want to be read to their end
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.clicked.connect(lambda index: self._follow(index.row(), index.column()))
        session.trace_changed.connect(lambda: self.model.set_trace(session.trace))
        self.model.set_trace(session.trace)

    def _is_empty(self, model: TableModel) -> bool:
        return super()._is_empty(model) and self._session.trace is not None

    def _follow(self, row: int, column: int) -> None:
        problem = self.model.problem(row)
        if column == CAUSE and problem.cause >= 0:
            self._session.go_to_event(problem.cause)
            return
        self._session.show_place(problem.event, problem.node, problem.position)
        if column == SOURCE and problem.position is not None:
            self.source_wanted.emit()
