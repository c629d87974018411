"""The passes of a run: calls into the engine, in order."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ...tracer.model import Pass, Trace
from ...tracer.model.text import source_text
from ..scene import ALL_NODES
from ..translation import spoken
from .table import Column, TableModel

CALL, STEP, OUTCOME, NODES, SOURCE = range(5)
OUTCOME_TONES = {"finished": "good", "raised": "error", "unfinished": "warning"}


class PassesModel(TableModel):
    """Call and number, step, outcome, number of nodes, source line; without any pass one row stands for all nodes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), parent)
        self.columns = (
            Column(self.tr("Call")),
            Column(self.tr("Step")),
            Column(self.tr("Outcome")),
            Column(self.tr("Nodes"), right=True, monospace=True),
            Column(self.tr("Source"), monospace=True),
        )
        self._trace: Trace | None = None
        self._passes: list[Pass] = []
        self._outcomes = {
            "finished": self.tr("finished"),
            "raised": self.tr("raised"),
            "unfinished": self.tr("cut off"),
        }

    def set_trace(self, trace: Trace | None) -> None:
        """Show the passes of this trace."""
        self.beginResetModel()
        self._trace = trace
        self._passes = list(trace.passes) if trace is not None else []
        self._current = -1
        self.endResetModel()

    @property
    def has_steps(self) -> bool:
        """Whether any pass has a step to show."""
        return any(pass_.step for pass_ in self._passes)

    def row_of(self, index: int) -> int:
        """The row of a pass index."""
        return 0 if index == ALL_NODES and not self._passes else index

    def row_count(self) -> int:
        """Number of passes; one for all nodes when there is none."""
        return len(self._passes) or (1 if self._trace is not None else 0)

    def id_of(self, row: int) -> int:
        """The index of the pass."""
        return row if self._passes else ALL_NODES

    def text(self, row: int, column: int) -> str:
        """A cell's text."""
        if not self._passes:
            assert self._trace is not None
            empty = {CALL: self.tr("All nodes"), NODES: str(len(self._trace.nodes))}
            return empty.get(column, "")
        pass_ = self._passes[row]
        if column == CALL:
            flags = [name for name in ("retain_graph", "create_graph") if getattr(pass_, name)]
            return ", ".join([pass_.name, *flags])
        if column == STEP:
            return spoken(pass_.step)
        if column == OUTCOME:
            return self._outcomes.get(pass_.outcome, pass_.outcome)
        if column == NODES:
            return str(len(pass_.nodes))
        return source_text(pass_.source)

    def tone(self, row: int, column: int) -> str:
        """The outcome in its tone."""
        if column == OUTCOME and self._passes:
            return OUTCOME_TONES.get(self._passes[row].outcome, "")
        return "muted" if column == SOURCE else ""
