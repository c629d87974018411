"""A two-dimensional slice of an array as a table of numbers; cells are written when they are looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt

from .table import NO_PARENT, AnyIndex, Column, TableModel

MOST_ROWS, MOST_COLUMNS = 2_000, 500


class ArrayModel(TableModel):
    """The numbers of a matrix, row and column indices as headers; very large ones are cut off."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), parent)
        self._matrix: NDArray[Any] = np.empty((0, 0))

    def set_matrix(self, matrix: NDArray[Any]) -> None:
        """Show this matrix, or the first :data:`MOST_ROWS` × :data:`MOST_COLUMNS` of it."""
        self.beginResetModel()
        self._matrix = matrix[:MOST_ROWS, :MOST_COLUMNS]
        self.columns = tuple(Column(str(number), right=True, monospace=True) for number in range(self._matrix.shape[1]))
        self.endResetModel()

    def row_count(self) -> int:
        """Number of rows shown."""
        return int(self._matrix.shape[0])

    def id_of(self, row: int) -> int:
        """The row's index."""
        return row

    def text(self, row: int, column: int) -> str:
        """A number with three significant digits; the tool tip has all of them."""
        return f"{self._matrix[row, column]:.3g}"

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell in one of its roles."""
        if role == Qt.ItemDataRole.ToolTipRole and index.isValid():
            return str(self._matrix[index.row(), index.column()])
        return super().data(index, role)

    def tone(self, row: int, column: int) -> str:
        """NaN and infinities in red, zeros in the background."""
        value = self._matrix[row, column]
        if not np.isfinite(value):
            return "error"
        return "muted" if value == 0 else ""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Indices along both sides."""
        if orientation == Qt.Orientation.Vertical:
            return str(section) if role == Qt.ItemDataRole.DisplayRole else None
        return super().headerData(section, orientation, role)

    def columnCount(self, parent: AnyIndex = NO_PARENT) -> int:
        """Number of columns shown."""
        return 0 if parent.isValid() else int(self._matrix.shape[1])
