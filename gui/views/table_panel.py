"""A view that is a table and nothing else: what leaves, passes, nodes and problems have in common."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ..models.table import TableModel
from ..session import Session
from ..theme import Theme
from .table import EmptyHint, TableView, stacked


class TablePanel(QWidget):
    """A table that fills the panel, and a sentence over it while it is empty; a subclass makes the model and fills it."""

    table: TableView
    _hint: EmptyHint

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def _make_table(self, model: TableModel, hint: str, stretch: int = -1) -> TableView:
        """Fill the panel with a table of ``model``; column ``stretch`` takes the room that is left."""
        self.table = TableView(model, stretch=stretch)
        self._hint = EmptyHint(self.table, hint)
        self.setLayout(stacked(self.table))
        model.modelReset.connect(lambda: self._hint.setVisible(self._is_empty(model)))
        return self.table

    def _is_empty(self, model: TableModel) -> bool:
        """Whether to show the hint."""
        return model.row_count() == 0

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.table.set_theme(theme)
        self._hint.set_theme(theme)
