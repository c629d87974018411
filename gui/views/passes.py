"""The passes of the run: choose the one to look at."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ..models.passes import SOURCE, STEP, PassesModel
from ..session import Session
from .table import TableView
from .table_panel import TablePanel

WIDTHS, WIDTHS_WITH_STEPS = (110, 0, 80, 60), (98, 66, 62, 46)
"""Of the columns from the left, in pixels: as many as there are must leave room for the source line."""


class PassesView(TablePanel):
    """A table of passes; the one on show is marked, a click shows another."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model = PassesModel(self)
        hint = self.tr("The calls of backward() in the run will be listed here.")
        self._make_table(self.model, hint, stretch=SOURCE)
        self.table.setSelectionMode(TableView.SelectionMode.NoSelection)
        self.table.row_chosen.connect(lambda row: session.set_pass(self.model.id_of(row)))
        session.trace_changed.connect(self._show_trace)
        session.pass_changed.connect(self._show_pass)
        self._show_trace()

    def _show_trace(self) -> None:
        self.model.set_trace(self._session.trace)
        with_steps = self.model.has_steps
        self.table.setColumnHidden(STEP, not with_steps)
        self.table.set_widths(*(WIDTHS_WITH_STEPS if with_steps else WIDTHS))

    def _show_pass(self) -> None:
        row = self.model.row_of(self._session.pass_index)
        self.model.set_current_row(row)
        self.table.scrollTo(self.model.index(row, 0))
