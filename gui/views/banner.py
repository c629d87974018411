"""A bar across the top of the window: what happened, and one thing to do about it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ..icons import icon, icon_pixmap
from ..theme import LIGHT, Theme, mix

FIELDS = {"error": "error", "warning": "warning", "info": "info"}
INFO_SECONDS = 6


class Banner(QFrame):
    """A message in one of three levels, with an optional button and more to read; infos go away by themselves."""

    pressed = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._theme, self._level = LIGHT, "info"
        self._icon = QLabel()
        self._text, self._details = wrapped_label(), wrapped_label()
        self._details.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._text)
        words.addWidget(self._details)
        self.more = QToolButton()
        self.more.setCheckable(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.toggled.connect(self._unfold)
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
        row.addLayout(words, 1)
        row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
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
    def details(self) -> str:
        """The rest of the message, behind the button for more; empty when there is none."""
        return self._details.text()

    @property
    def level(self) -> str:
        """``"error"``, ``"warning"`` or ``"info"``."""
        return self._level

    def say(self, level: str, text: str, button: str = "", details: str = "") -> None:
        """Show a message; ``button`` is the caption of the button, none when empty; ``details`` are unfolded on demand."""
        self._level = level if level in FIELDS else "info"
        self._text.setText(text)
        self._text.setToolTip(details)
        self._details.setText(details)
        self.more.setChecked(False)
        self.more.setVisible(bool(details))
        self._unfold(False)
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

    def _unfold(self, opened: bool) -> None:
        self._details.setVisible(opened)
        self.more.setText(self.tr("Less") if opened else self.tr("More"))
        self.more.setIcon(icon("chevron_down" if opened else "chevron_right", self._theme))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self._dress()

    def _dress(self) -> None:
        theme, colour = self._theme, getattr(self._theme, FIELDS[self._level])
        self._icon.setPixmap(icon_pixmap(self._level, theme, 20, self.devicePixelRatioF()))
        self._close.setIcon(icon("close", theme))
        self._unfold(self.more.isChecked())
        self._details.setStyleSheet(f"color: {theme.text_muted};")
        self.setStyleSheet(
            f"#banner {{ background: {mix(theme.panel, colour, 0.14)}; border: none; border-left: 4px solid {colour}; "
            f"border-bottom: 1px solid {theme.border}; }} #banner QLabel {{ color: {theme.text}; padding-top: 2px; }}"
            f"#banner QPushButton {{ border-color: {colour}; padding: 2px 12px; }}"
        )


def wrapped_label() -> QLabel:
    """A label of plain text that can be selected and wraps."""
    label = QLabel()
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return label
