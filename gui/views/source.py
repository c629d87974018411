"""The user's source file, at the line the session talks about."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from ...core.events import SourcePosition
from ..session import Session
from ..theme import Theme
from .code import CodeView
from .table import EmptyHint, stacked


def lines_with_nodes(session: Session, file: str) -> frozenset[int]:
    """Lines of a file that made nodes of the pass on show."""
    trace, pass_ = session.trace, session.pass_
    if trace is None or pass_ is None:
        return frozenset()
    records = (trace.nodes[node] for node in pass_.arrays.node.tolist() if node in trace.nodes)
    return frozenset(r.source.line for r in records if r.source is not None and r.source.file == file)


class SourceView(QWidget):
    """The file of the node or event under discussion; lines that made nodes of this pass have a dot."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._file = ""
        self._marked: frozenset[int] = frozenset()
        self._title = QLabel()
        self._title.setContentsMargins(10, 6, 10, 6)
        self.code = CodeView()
        self._hint = EmptyHint(self.code, self.tr("The source line of the selected node will be shown here."))
        self.setLayout(stacked(self._title, self.code))
        session.pass_changed.connect(self._forget)
        session.selection_changed.connect(lambda _: self._show_node())
        session.event_shown.connect(self._show_event)
        session.line_wanted.connect(self._show)
        self._show(None)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.code.set_theme(theme)
        self._hint.set_theme(theme)
        self._title.setStyleSheet(f"color: {theme.text_muted}; background: {theme.header};")

    def showEvent(self, event: QShowEvent) -> None:
        """A view that was hidden has not scrolled yet."""
        super().showEvent(event)
        self.code.centre_line()

    def _forget(self) -> None:
        self._file = ""

    def _show_event(self, event_id: int) -> None:
        """An event outside the pass shows its own line; the cursor shows the line that made the current node."""
        trace, session = self._session.trace, self._session
        if trace is None or not 0 <= event_id < len(trace.events):
            self._show(None)
        elif event_id == session.position and session.node in trace.nodes:
            self._show(trace.nodes[session.node].source)
        else:
            self._show(trace.events[event_id].source)

    def _show_node(self) -> None:
        self._show_event(self._session.position)

    def _show(self, source: SourcePosition | None) -> None:
        trace = self._session.trace
        text = trace.source_text(source.file) if trace is not None and source is not None else None
        if source is None or text is None:
            self._file = ""
            self.code.show_code("", 0)
            self._title.setVisible(source is not None)
            self._title.setText(str(source or ""))
            unknown = self.tr("The source line of the selected node will be shown here.")
            self._hint.setText(unknown if source is None else self.tr("The recording holds no copy of this file."))
            self._hint.show()
            return
        if source.file != self._file:
            self._file, self._marked = source.file, lines_with_nodes(self._session, source.file)
        self._hint.hide()
        self._title.show()
        self._title.setText(self.tr("{file}   in {function}").format(file=Path(source.file), function=source.function))
        self.code.show_code(text, source.line, marked=self._marked)
        self.code.centre_line()
