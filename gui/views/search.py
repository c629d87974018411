"""The search box: finds nodes by name, variable or scope; Return goes from one to the next."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from ..lookups import find_nodes
from ..session import Session
from ..theme import Theme


class SearchBox(QLineEdit):
    """Type to search, Return for the next match, Shift+Return for the previous one, Escape to leave."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._matches: list[int] = []
        self._place = -1
        self.setPlaceholderText(self.tr("Find node, variable, scope"))
        self.setFixedWidth(230)
        self._count = QLabel(self)
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.textEdited.connect(lambda _: self._search())
        self.returnPressed.connect(self.next_match)
        session.pass_changed.connect(self._forget)

    @property
    def matches(self) -> list[int]:
        """Ids of the nodes found, best first."""
        return self._matches

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._count.setStyleSheet(f"color: {theme.text_muted}; background: transparent; padding-right: 8px;")

    def start(self) -> None:
        """Put the keyboard here."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def next_match(self, step: int = 1) -> None:
        """Select the next match (or the previous one, with ``step`` -1), round and round."""
        if not self._matches:
            self._search()
            if self._place >= 0 or not self._matches:
                return
        self._place = (self._place + step) % len(self._matches)
        self._session.select(self._matches[self._place])
        self._say()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Shift+Return and Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self._forget()
            self.clearFocus()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.next_match(-1)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the count at the right."""
        super().resizeEvent(event)
        self._count.setGeometry(self.width() - 80, 0, 80, self.height())

    def _search(self) -> None:
        pass_ = self._session.pass_
        self._matches = find_nodes(pass_, self.text()) if pass_ is not None else []
        self._place = -1
        if self._matches:
            self._place = 0
            self._session.select(self._matches[0])
        self._say()

    def _forget(self) -> None:
        self._matches, self._place = [], -1
        self._say()

    def _say(self) -> None:
        if self._matches:
            self._count.setText(self.tr("{place} of {count}").format(place=self._place + 1, count=len(self._matches)))
        else:
            self._count.setText(self.tr("none") if self.text().strip() and self._session.trace is not None else "")
