"""What the recording does not cover, of what the program did: a quiet button in the status bar, with a menu that goes there."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from ...tracer.model.text import source_text
from ..session import Session
from ..translation import spoken


class NotCoveredButton(QToolButton):
    """Says how many things; hidden when there are none."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAutoRaise(True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        session.trace_changed.connect(self._show_trace)
        self._show_trace()

    def _go_to(self, event: int) -> None:
        self._session.go_to_event(event)

    def _show_trace(self) -> None:
        trace = self._session.trace
        found = trace.not_covered if trace is not None else ()
        self._menu.clear()
        for one in found:
            action = self._menu.addAction(_sentence(one.text).replace("&", "&&"))
            action.setToolTip(source_text(one.source))
            action.triggered.connect(partial(self._go_to, one.event))
        self._menu.setToolTipsVisible(True)
        self.setVisible(bool(found))
        self.setText(self.tr("not covered: {count}").format(count=len(found)))
        sentences = "\n".join(f"• {_sentence(one.text)}" for one in found)
        self.setToolTip(self.tr("The program did what this recording does not cover:") + "\n" + sentences)
        self.setAccessibleName(self.toolTip())


def _sentence(text: str) -> str:
    """The text in the language of the window; with a capital in English, whose sentences do not begin with names."""
    said = spoken(text)
    return said[:1].upper() + said[1:] if said == text else said
