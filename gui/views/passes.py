"""The passes of the run: choose the one to look at."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ..models.passes import NODES, SOURCE, STEP, PassesModel
from ..session import Session
from .table import TableView
from .table_panel import TablePanel

WIDTHS = (110, 60, 80, 60)
"""Of the columns from the left, in pixels; the last takes what is left."""
WIDEST_STEP = 96


class PassesView(TablePanel):
    """A table of passes; the one on show is marked, a click shows another."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model = PassesModel(self)
        hint = self.tr("The calls of backward() in the run will be listed here.")
        self._make_table(self.model, hint, stretch=SOURCE).set_widths(*WIDTHS)
        self.table.setSelectionMode(TableView.SelectionMode.NoSelection)
        self.table.row_chosen.connect(lambda row: session.set_pass(self.model.id_of(row)))
        session.trace_changed.connect(self._show_trace)
        session.pass_changed.connect(self._show_pass)
        self._show_trace()

    def _show_trace(self) -> None:
        self.model.set_trace(self._session.trace)
        with_steps = self.model.has_steps
        self.table.setColumnHidden(STEP, not with_steps)
        self.table.setColumnHidden(NODES, with_steps)  # the inspector has it, and there is no room for both
        self.table.setColumnWidth(STEP, min(max(self.table.sizeHintForColumn(STEP), WIDTHS[STEP]), WIDEST_STEP))

    def _show_pass(self) -> None:
        row = self.model.row_of(self._session.pass_index)
        self.model.set_current_row(row)
        self.table.scrollTo(self.model.index(row, 0))
