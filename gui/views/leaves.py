"""Leaves and parameters with their gradients at the cursor."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ..models.leaves import LeavesModel
from ..session import Session
from .table_panel import TablePanel


class LeavesView(TablePanel):
    """A table of leaves; a click selects the node that accumulates the leaf's gradient."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model = LeavesModel(self)
        hint = self.tr("Tensors with requires_grad=True will be listed here, with their .grad.")
        self._make_table(self.model, hint, stretch=0).set_widths(104, 78, 82, 64)
        self.table.row_chosen.connect(lambda row: session.select_leaf(self.model.id_of(row)))
        session.trace_changed.connect(lambda: self.model.set_trace(session.trace))
        session.cursor_moved.connect(lambda: self.model.set_state(session.state))
        session.selection_changed.connect(self._show_selection)
        self.model.set_trace(session.trace)

    def _show_selection(self, node: int) -> None:
        trace = self._session.trace
        variable = trace.nodes[node].variable if trace is not None and node in trace.nodes else 0
        self.table.show_row(self.model.row_of(variable) if variable else -1)
