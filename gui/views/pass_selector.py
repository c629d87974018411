"""The pass selector of the toolbar."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from ..formats import pass_label
from ..scene import ALL_NODES
from ..session import Session

MOST_LETTERS = 40
"""The selector grows with its labels to so many letters."""


class PassSelector(QComboBox):
    """All passes of the run by label, and the pseudo pass over all nodes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setMinimumWidth(250)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setToolTip(self.tr("The pass on show  (Ctrl+PgUp, Ctrl+PgDown)"))
        self.setMaxVisibleItems(24)
        self.activated.connect(lambda index: session.set_pass(int(self.itemData(index))))
        session.trace_changed.connect(self._show_trace)
        session.pass_changed.connect(self._show_pass)
        self._show_trace()

    def _show_trace(self) -> None:
        trace = self._session.trace
        self.clear()
        self.setEnabled(trace is not None)
        if trace is None:
            self.addItem(self.tr("No trace open"), ALL_NODES)
            return
        for index, pass_ in enumerate(trace.passes):
            self.addItem(pass_label(pass_) + (self.tr("  (raised)") if pass_.outcome == "raised" else ""), index)
        self.addItem(self.tr("All nodes (forward)"), ALL_NODES)
        longest = max((len(self.itemText(index)) for index in range(self.count())), default=0)
        self.setMinimumContentsLength(min(longest, MOST_LETTERS))

    def _show_pass(self) -> None:
        self.setCurrentIndex(self.findData(self._session.pass_index))
