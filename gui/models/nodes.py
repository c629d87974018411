"""The nodes of the graph on show as a table that can be sorted: by order of execution, by gradient norm, by scope."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt

from ...tracer.model import Pass
from ...tracer.model.text import number_text
from ..formats import DASH
from ..translation import spoken_name
from .table import Column, TableModel

ORDER, NAME, VARIABLE, SCOPE, NORM = range(5)


class NodesModel(TableModel):
    """Order of execution, name, variable, scope, norm of the gradient that entered."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), parent)
        self.columns = (
            Column(self.tr("Order"), right=True, monospace=True),
            Column(self.tr("Node")),
            Column(self.tr("Variable")),
            Column(self.tr("Scope")),
            Column(self.tr("Gradient norm"), right=True, monospace=True),
        )
        self._pass: Pass | None = None
        self._rows: NDArray[np.int64] = np.empty(0, np.int64)
        self._breakpoints: frozenset[int] = frozenset()
        self._sorting = (ORDER, Qt.SortOrder.AscendingOrder)

    def set_pass(self, pass_: Pass | None) -> None:
        """Show the nodes of this pass."""
        self.beginResetModel()
        self._pass, self._current = pass_, -1
        self._rows = self._sorted_rows()
        self.endResetModel()

    def set_breakpoints(self, nodes: Collection[int]) -> None:
        """Mark these nodes."""
        self._breakpoints = frozenset(nodes)
        self.refresh()

    def row_of(self, node: int) -> int:
        """The row of a node, -1 when it is not in the graph."""
        if self._pass is None:
            return -1
        hits = np.flatnonzero(self._pass.arrays.node[self._rows] == node)
        return int(hits[0]) if hits.size else -1

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; nodes that did not run or have no gradient come last."""
        self.beginResetModel()
        self._sorting, self._current = (column, order), -1
        self._rows = self._sorted_rows()
        self.endResetModel()

    def _sorted_rows(self) -> NDArray[np.int64]:
        if self._pass is None:
            return np.empty(0, np.int64)
        column, order = self._sorting
        arrays = self._pass.arrays
        descending = order == Qt.SortOrder.DescendingOrder
        if column in (ORDER, NORM):
            values = np.asarray(arrays.order if column == ORDER else arrays.norm, float)
            missing = np.isnan(values) | ((values < 0) if column == ORDER else False)
            keys = np.where(missing, np.inf, -values if descending else values)
            if column == NORM:  # what is not finite is what one looks for: it counts as the largest
                bad = np.asarray(arrays.nonfinite, bool)
                keys[bad] = -np.inf if descending else np.finfo(float).max
            return np.argsort(keys, kind="stable")
        rows = sorted(range(len(arrays)), key=lambda i: self._name(i, column), reverse=descending)
        return np.array(rows, np.int64)

    # -------------------------------------------------------------------------------------------------- TableModel
    def row_count(self) -> int:
        """Number of nodes in the graph."""
        return len(self._rows)

    def id_of(self, row: int) -> int:
        """The node's id."""
        assert self._pass is not None
        return int(self._pass.arrays.node[self._rows[row]])

    def marked(self, row: int) -> bool:
        """Whether the node has a breakpoint."""
        return self.id_of(row) in self._breakpoints

    def text(self, row: int, column: int) -> str:
        """A cell's text."""
        assert self._pass is not None
        arrays, index = self._pass.arrays, int(self._rows[row])
        if column == ORDER:
            if self._pass.is_forward:
                return str(index + 1)
            return str(arrays.order[index] + 1) if arrays.order[index] >= 0 else DASH
        if column == NORM:
            if arrays.nonfinite[index]:
                return "NaN/Inf"
            return DASH if np.isnan(arrays.norm[index]) else number_text(float(arrays.norm[index]))
        return self._name(index, column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles at the left: the sorting arrow is at the right."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return super().headerData(section, orientation, role)

    def _name(self, index: int, column: int) -> str:
        assert self._pass is not None
        arrays = self._pass.arrays
        if column == VARIABLE:
            return arrays.variable_name[index] or arrays.target[index]
        return spoken_name(arrays.name[index]) if column == NAME else arrays.scope[index]

    def tone(self, row: int, column: int) -> str:
        """Bad gradients in red, zeros as a warning, nodes that did not run in the background."""
        assert self._pass is not None
        arrays, index = self._pass.arrays, int(self._rows[row])
        if column == NORM:
            if arrays.nonfinite[index]:
                return "error"
            return "warning" if arrays.norm[index] == 0 else ""
        return "muted" if arrays.order[index] < 0 or column in (ORDER, SCOPE) else ""
