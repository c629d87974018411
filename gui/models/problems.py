"""What went wrong: exceptions of the recorded program, and problems of the file itself."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from ...core.events import ErrorRaised
from ...tracer.model import Trace
from ...tracer.model.text import source_text
from .table import Column, TableModel

KIND, MESSAGE, WHERE, SOURCE, CAUSE = range(5)


@dataclass(frozen=True)
class Problem:
    """A row: an exception (``event`` is set), or a sentence about the file."""

    kind: str
    message: str
    where: str = ""
    source: str = ""
    cause: int = -1
    event: int = -1


class ProblemsModel(TableModel):
    """Type, message, node, source line, and the event that caused it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), parent)
        self.columns = (
            Column(self.tr("Type")),
            Column(self.tr("Message")),
            Column(self.tr("Where")),
            Column(self.tr("Source"), monospace=True),
            Column(self.tr("Cause")),
        )
        self._problems: list[Problem] = []

    def set_trace(self, trace: Trace | None) -> None:
        """Show the problems of this trace."""
        self.beginResetModel()
        self._problems = []
        if trace is not None:
            self._problems += [self._from_error(trace, error) for error in trace.errors]
            self._problems += [Problem(self.tr("File"), text) for text in trace.problems]
        self._current = -1
        self.endResetModel()

    def _from_error(self, trace: Trace, error: ErrorRaised) -> Problem:
        node = trace.nodes[error.node].name if error.node in trace.nodes else self.tr("program")
        return Problem(error.type, error.message, node, source_text(error.source), error.cause, error.id)

    def problem(self, row: int) -> Problem:
        """The problem in a row."""
        return self._problems[row]

    def row_count(self) -> int:
        """Number of problems."""
        return len(self._problems)

    def id_of(self, row: int) -> int:
        """The event of the exception, -1 for a problem of the file."""
        return self._problems[row].event

    def text(self, row: int, column: int) -> str:
        """A cell's text."""
        problem = self._problems[row]
        if column == CAUSE:
            return self.tr("event {number}").format(number=problem.cause) if problem.cause >= 0 else ""
        return (problem.kind, problem.message, problem.where, problem.source)[column]

    def tone(self, row: int, column: int) -> str:
        """Exceptions in red, file problems as warnings."""
        if column == KIND:
            return "error" if self._problems[row].event >= 0 else "warning"
        return "muted" if column == SOURCE else ""
