"""The selector of the toolbar for the traces that share the window."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from ..session import Session
from ..traces import OpenTraces
from ..translation import spoken


class TraceSelector(QComboBox):
    """The ranks of a run, or whatever traces were opened together; says which of them failed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaxVisibleItems(24)
        self.activated.connect(session.set_trace)
        session.traces_changed.connect(self._show_traces)
        self._show_traces()

    def _show_traces(self) -> None:
        traces = self._session.traces
        self.clear()
        for number, name in enumerate(traces.names):
            self.addItem(name + self._remark(traces, number))
        self.setCurrentIndex(traces.current)
        tip = self.tr("The trace on show  (Ctrl+Shift+PgUp, Ctrl+Shift+PgDown)")
        facts = (self.tr("same {about}: {text}") if fact.alike else self.tr("different {about}: {text}") for fact in traces.facts)
        lines = [
            text.format(about=spoken(fact.about), text=spoken(fact.text)) for text, fact in zip(facts, traces.facts, strict=True)
        ]
        self.setToolTip("\n".join([tip, *lines]))

    def _remark(self, traces: OpenTraces, number: int) -> str:
        trace = traces.loaded.get(number)
        if trace is None or trace.ended is None:
            return "" if trace is None else self.tr("  (cut off)")
        return self.tr("  (raised)") if trace.ended.outcome == "raised" else ""
