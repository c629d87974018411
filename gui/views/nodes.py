"""The nodes of the pass as a table to sort: the way to the largest, the smallest, the missing gradient."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ..models.nodes import ORDER, NodesModel
from ..session import Session
from .table_panel import TablePanel


class NodesView(TablePanel):
    """A sortable table of nodes; a click selects, a double click runs the replay to the node."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model = NodesModel(self)
        hint = self.tr("The nodes of the pass will be listed here, in the order they ran.")
        self._make_table(self.model, hint, stretch=3).set_widths(76, 210, 160, 200, 130)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(ORDER, Qt.SortOrder.AscendingOrder)
        self.table.row_chosen.connect(lambda row: session.select(self.model.id_of(row)))
        self.table.doubleClicked.connect(lambda index: session.run_to_node(self.model.id_of(index.row())))
        self.model.modelReset.connect(self._show_current)
        session.pass_changed.connect(lambda: self.model.set_pass(session.pass_))
        session.cursor_moved.connect(self._show_current)
        session.selection_changed.connect(self._show_selection)
        session.breakpoints_changed.connect(lambda: self.model.set_breakpoints(session.breakpoints))
        self.model.set_pass(session.pass_)

    def _show_current(self) -> None:
        current = self._session.current
        self.model.set_current_row(self.model.row_of(current) if current else -1)
        if self._session.selected == 0 and self.model.current_row >= 0:
            self.table.scrollTo(self.model.index(self.model.current_row, 0))

    def _show_selection(self, node: int) -> None:
        self.table.show_row(self.model.row_of(node) if node else -1)
