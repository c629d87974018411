"""What went wrong: findings, exceptions of the recorded program, problems of the file, and notes of the recorder."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from ...core.events import ErrorRaised, SourcePosition
from ...tracer.model import Finding, Trace
from ...tracer.model.text import source_text
from ..lookups import explanation
from ..translation import spoken
from .table import Column, TableModel

KIND, MESSAGE, SOURCE, CAUSE = range(4)


@dataclass(frozen=True)
class Problem:
    """A row. ``more`` is what a tool tip adds: the exception's own words."""

    severity: str
    kind: str
    message: str
    source: str = ""
    event: int = -1
    node: int = 0
    cause: int = -1
    more: str = ""
    position: SourcePosition | None = None


class ProblemsModel(TableModel):
    """What it is, what happened, source line, and the event that caused it; worst first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), parent)
        self.columns = (
            Column(self.tr("Type")),
            Column(self.tr("What happened")),
            Column(self.tr("Source"), monospace=True),
            Column(self.tr("Cause")),
        )
        self._problems: list[Problem] = []

    def set_trace(self, trace: Trace | None) -> None:
        """Show the problems of this trace."""
        self.beginResetModel()
        self._problems = self._of_trace(trace) if trace is not None else []
        self._current = -1
        self.endResetModel()

    @property
    def serious(self) -> int:
        """Number of rows that are more than notes."""
        return sum(problem.severity != "info" for problem in self._problems)

    def _of_trace(self, trace: Trace) -> list[Problem]:
        findings = trace.findings()
        explained = [(found, error) for error in trace.errors if (found := explanation(trace, error)) is not None]
        words = {found.event: error.message for found, error in reversed(explained)}  # where it was raised first
        rows = [self._from_finding(finding, words.get(finding.event, "")) for finding in findings]
        rows += [self._from_error(trace, error) for error in trace.errors if explanation(trace, error) is None]
        rows.sort(key=lambda row: row.severity != "error")
        rows += [Problem("warning", self.tr("File"), spoken(text)) for text in trace.problems]
        for one in trace.not_covered:
            rows.append(Problem("info", self.tr("Not covered"), spoken(one.text), source_text(one.source), one.event))
        return rows + [Problem("info", self.tr("Note"), spoken(text)) for text in trace.notes]

    def _from_finding(self, finding: Finding, words: str) -> Problem:
        title, detail, where = spoken(finding.title), spoken(finding.detail), source_text(finding.source)
        return Problem(finding.severity, title, detail, where, finding.event, finding.node, finding.cause, words, finding.source)

    def _from_error(self, trace: Trace, error: ErrorRaised) -> Problem:
        node = f"{spoken(trace.node_name(error.node))}: " if error.node in trace.nodes else ""
        return Problem(
            "error",
            error.type,
            node + error.message,
            source_text(error.source),
            error.id,
            error.node,
            error.cause,
            "",
            error.source,
        )

    def problem(self, row: int) -> Problem:
        """The problem in a row."""
        return self._problems[row]

    def row_count(self) -> int:
        """Number of problems."""
        return len(self._problems)

    def id_of(self, row: int) -> int:
        """The event where the problem shows, -1 for a problem of the file."""
        return self._problems[row].event

    def text(self, row: int, column: int) -> str:
        """A cell's text."""
        problem = self._problems[row]
        if column == CAUSE:
            return self.tr("event {number}").format(number=problem.cause) if problem.cause >= 0 else ""
        return (problem.kind, problem.message, problem.source)[column]

    def tip(self, row: int, column: int) -> str:
        """The cell's text, and the exception's own words."""
        problem = self._problems[row]
        return f"{problem.message}\n\n{problem.more}" if column == MESSAGE and problem.more else self.text(row, column)

    def tone(self, row: int, column: int) -> str:
        """The kind in the tone of its severity."""
        if column == KIND:
            return self._problems[row].severity
        return "muted" if column == SOURCE else ""
