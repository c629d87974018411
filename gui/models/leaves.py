"""Leaves and parameters with their ``.grad`` as of the cursor."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ...tracer.model import Leaf, Trace
from ...tracer.model.text import shape_text
from ...tracer.replay import ReplayState
from ..formats import Toned, gradient_cell
from ..translation import spoken
from .table import Column, TableModel

NAME, SHAPE, GRADIENT, DTYPE = range(4)


class LeavesModel(TableModel):
    """Name, shape, gradient norm (None and zero told apart), dtype."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), parent)
        self.columns = (
            Column(self.tr("Name"), keep_end=True),
            Column(self.tr("Shape"), monospace=True),
            Column(self.tr("Gradient"), right=True, monospace=True),
            Column(self.tr("dtype")),
        )
        self._leaves: list[Leaf] = []
        self._state: ReplayState | None = None

    def set_trace(self, trace: Trace | None) -> None:
        """Show the leaves of this trace, in the order they were made."""
        self.beginResetModel()
        self._leaves = list(trace.leaves.values()) if trace is not None else []
        self._state, self._current = None, -1
        self.endResetModel()

    def set_state(self, state: ReplayState | None) -> None:
        """Show gradients as of this state."""
        self._state = state
        self.refresh()

    def row_of(self, tensor: int) -> int:
        """The row of a leaf, -1 when there is none."""
        return next((row for row, leaf in enumerate(self._leaves) if leaf.id == tensor), -1)

    def row_count(self) -> int:
        """Number of leaves."""
        return len(self._leaves)

    def id_of(self, row: int) -> int:
        """The tensor's id."""
        return self._leaves[row].id

    def text(self, row: int, column: int) -> str:
        """A cell's text."""
        leaf = self._leaves[row]
        if column == NAME:
            return leaf.name
        if column == SHAPE:
            return spoken(shape_text(leaf.shape))
        if column == DTYPE:
            return leaf.dtype
        return self._gradient(row).text

    def tone(self, row: int, column: int) -> str:
        """Gradients in their own tone; the rest quiet."""
        if column == GRADIENT:
            return self._gradient(row).tone
        return "" if column == NAME else "muted"

    def _gradient(self, row: int) -> Toned:
        if self._state is None:
            return Toned("", "muted")
        return gradient_cell(self._state.leaf_grads.get(self._leaves[row].id))
