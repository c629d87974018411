"""Leaves and parameters with their gradients at the cursor."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ..models.leaves import LeavesModel
from ..session import Session
from ..theme import Theme
from .table import EmptyHint, TableView, stacked


class LeavesView(QWidget):
    """A table of leaves; a click selects the node that accumulates the leaf's gradient."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = LeavesModel(self)
        self.table = TableView(self.model)
        self.table.set_widths(108, 72, 92, 64)
        self._hint = EmptyHint(self.table, self.tr("Tensors with requires_grad=True will be listed here, with their .grad."))
        self.setLayout(stacked(self.table))
        self.table.row_chosen.connect(lambda row: session.select_leaf(self.model.id_of(row)))
        session.trace_changed.connect(self._show_trace)
        session.cursor_moved.connect(lambda: self.model.set_state(session.state))
        session.selection_changed.connect(self._show_selection)
        self._show_trace()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.table.set_theme(theme)
        self._hint.set_theme(theme)

    def _show_trace(self) -> None:
        self.model.set_trace(self._session.trace)
        self._hint.setVisible(self.model.row_count() == 0)

    def _show_selection(self, node: int) -> None:
        trace = self._session.trace
        variable = trace.nodes[node].variable if trace is not None and node in trace.nodes else 0
        self.table.show_row(self.model.row_of(variable) if variable else -1)
