"""The common part of the table models: columns, roles, tones. A model holds no data of a trace, only what it needs to ask for."""

from __future__ import annotations

from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

AnyIndex = QModelIndex | QPersistentModelIndex

ROLE_TONE = Qt.ItemDataRole.UserRole + 1
"""Tone of a cell: ``""``, ``"muted"``, ``"good"``, ``"warning"``, ``"error"`` or ``"info"``; the delegate makes it a colour."""
ROLE_CURRENT = Qt.ItemDataRole.UserRole + 2
"""True in the row the cursor stands on."""
ROLE_ID = Qt.ItemDataRole.UserRole + 3
"""What a row stands for: event id, node id, tensor id or pass index."""
ROLE_MONOSPACE = Qt.ItemDataRole.UserRole + 4
"""True in columns that read best with digits under digits."""
ROLE_MARKED = Qt.ItemDataRole.UserRole + 5
"""True in the cell that carries a breakpoint dot."""

ROLE_KEEP_END = Qt.ItemDataRole.UserRole + 6
"""True in columns whose texts say most at their end: the names of parameters."""

NO_PARENT = QModelIndex()


class Column(NamedTuple):
    """A column: its translated title and how its cells are set."""

    title: str
    right: bool = False
    monospace: bool = False
    keep_end: bool = False


class TableModel(QAbstractTableModel):
    """A read-only table; subclasses say how many rows there are and what a cell says."""

    def __init__(self, columns: tuple[Column, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = columns
        self._current = -1

    # ------------------------------------------------------------------------------------------ for subclasses
    def row_count(self) -> int:
        """Number of rows."""
        raise NotImplementedError

    def text(self, row: int, column: int) -> str:
        """What a cell says."""
        raise NotImplementedError

    def tip(self, row: int, column: int) -> str:
        """What a tool tip over a cell says."""
        return self.text(row, column)

    def tone(self, row: int, column: int) -> str:  # noqa: ARG002 (for subclasses)
        """The tone of a cell."""
        return ""

    def id_of(self, row: int) -> int:
        """What a row stands for."""
        raise NotImplementedError

    def marked(self, row: int) -> bool:  # noqa: ARG002 (for subclasses)
        """Whether the first cell of a row carries a dot."""
        return False

    def set_current_row(self, row: int) -> None:
        """Make ``row`` the one the cursor stands on; -1 for none."""
        before, self._current = self._current, row
        for changed in {before, row}:
            if 0 <= changed < self.row_count():
                self.dataChanged.emit(self.index(changed, 0), self.index(changed, len(self.columns) - 1))

    @property
    def current_row(self) -> int:
        """The row the cursor stands on, -1 for none."""
        return self._current

    def refresh(self) -> None:
        """Tell views that every cell may have changed, rows staying the same."""
        if self.row_count():
            self.dataChanged.emit(self.index(0, 0), self.index(self.row_count() - 1, len(self.columns) - 1))

    # ------------------------------------------------------------------------------------------------- Qt's side
    def rowCount(self, parent: AnyIndex = NO_PARENT) -> int:
        """Number of rows, as Qt asks for it."""
        return 0 if parent.isValid() else self.row_count()

    def columnCount(self, parent: AnyIndex = NO_PARENT) -> int:
        """Number of columns, as Qt asks for it."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Title and alignment of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(self._alignment(section))
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell in one of its roles."""
        row, column = index.row(), index.column()
        if not 0 <= row < self.row_count():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tip(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(self._alignment(column))
        if role == ROLE_TONE:
            return self.tone(row, column)
        if role == ROLE_CURRENT:
            return row == self._current
        if role == ROLE_MONOSPACE:
            return self.columns[column].monospace
        if role == ROLE_KEEP_END:
            return self.columns[column].keep_end
        if role == ROLE_ID:
            return self.id_of(row)
        if role == ROLE_MARKED:
            return column == 0 and self.marked(row)
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self.columns[column].right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
