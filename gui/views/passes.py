"""The passes of the run: choose the one to look at."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ..models.passes import PassesModel
from ..session import Session
from ..theme import Theme
from .table import EmptyHint, TableView, stacked


class PassesView(QWidget):
    """A table of passes; the one on show is marked, a click shows another."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = PassesModel(self)
        self.table = TableView(self.model, stretch=3)
        self.table.set_widths(110, 80, 60)
        self._hint = EmptyHint(self.table, self.tr("The calls of backward() in the run will be listed here."))
        self.setLayout(stacked(self.table))
        self.table.setSelectionMode(TableView.SelectionMode.NoSelection)
        self.table.row_chosen.connect(lambda row: session.set_pass(self.model.id_of(row)))
        session.trace_changed.connect(self._show_trace)
        session.pass_changed.connect(self._show_pass)
        self._show_trace()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.table.set_theme(theme)
        self._hint.set_theme(theme)

    def _show_trace(self) -> None:
        self.model.set_trace(self._session.trace)
        self._hint.setVisible(self.model.row_count() == 0)

    def _show_pass(self) -> None:
        row = self.model.row_of(self._session.pass_index)
        self.model.set_current_row(row)
        self.table.scrollTo(self.model.index(row, 0))
