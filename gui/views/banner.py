"""A bar across the top of the window: what happened, and one thing to do about it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from ..icons import icon, icon_pixmap
from ..theme import LIGHT, Theme, mix

FIELDS = {"error": "error", "warning": "warning", "info": "info"}
INFO_SECONDS = 6


class Banner(QFrame):
    """A message in one of three levels, with an optional button; infos go away by themselves."""

    pressed = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._theme, self._level = LIGHT, "info"
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton()
        self.button.clicked.connect(self.pressed)
        self._close = QToolButton()
        self._close.setIconSize(QSize(14, 14))
        self._close.setToolTip(self.tr("Dismiss"))
        self._close.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 7, 8, 7)
        row.setSpacing(10)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    @property
    def text(self) -> str:
        """What the banner says; empty while it is hidden."""
        return "" if self.isHidden() else self._text.text()

    @property
    def level(self) -> str:
        """``"error"``, ``"warning"`` or ``"info"``."""
        return self._level

    def say(self, level: str, text: str, button: str = "") -> None:
        """Show a message; ``button`` is the caption of the button, none when empty."""
        self._level = level if level in FIELDS else "info"
        self._text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self._dress()
        self.show()
        if self._level == "info":
            self._timer.start(INFO_SECONDS * 1000)
        else:
            self._timer.stop()

    def dismiss(self) -> None:
        """Hide the banner."""
        self._timer.stop()
        self.hide()
        self.closed.emit()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self._dress()

    def _dress(self) -> None:
        theme, colour = self._theme, getattr(self._theme, FIELDS[self._level])
        self._icon.setPixmap(icon_pixmap(self._level, theme, 20, self.devicePixelRatioF()))
        self._close.setIcon(icon("close", theme))
        self.setStyleSheet(
            f"#banner {{ background: {mix(theme.panel, colour, 0.14)}; border: none; border-left: 4px solid {colour}; "
            f"border-bottom: 1px solid {theme.border}; }} #banner QLabel {{ color: {theme.text}; padding-top: 2px; }}"
            f"#banner QPushButton {{ border-color: {colour}; padding: 2px 12px; }}"
        )
