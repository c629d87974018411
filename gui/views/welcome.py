"""What the middle of the window shows when there is no graph: a welcome, or why there is nothing to see."""

from __future__ import annotations

from html import escape
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..fonts import interface_font
from ..settings import Settings
from ..theme import Theme

SAMPLE_COMMANDS = """python -m gradtrace demo
python -m gradtrace run train.py"""


class Welcome(QWidget):
    """A drop area, a button, the recent files and how to get a first trace."""

    open_requested = Signal()
    file_chosen = Signal(str)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("welcome")
        self._title = QLabel(self.tr("gradtrace"))
        self._title.setFont(interface_font(34, interface_font().weight().DemiBold))
        self._subtitle = QLabel(self.tr("Step through backward(), forwards and in reverse."))
        self._subtitle.setFont(interface_font(15))

        self._drop = QFrame()
        self._drop.setObjectName("drop")
        self._drop_text = QLabel(self.tr("Drop a .gtrace file here"))
        self._drop_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._open = QPushButton(self.tr("Open a trace …"))
        self._open.setDefault(True)
        self._open.clicked.connect(self.open_requested)
        drop = QVBoxLayout(self._drop)
        drop.setContentsMargins(24, 26, 24, 26)
        drop.setSpacing(14)
        drop.addWidget(self._drop_text)
        drop.addWidget(self._open, 0, Qt.AlignmentFlag.AlignCenter)

        self._recent_title = QLabel(self.tr("Recent"))
        self._recent = QLabel()
        self._recent.setTextFormat(Qt.TextFormat.RichText)
        self._recent.linkActivated.connect(self.file_chosen)
        self._samples_title = QLabel(self.tr("Nothing recorded yet?"))
        self._samples = QLabel(SAMPLE_COMMANDS)
        self._samples.setObjectName("commands")
        self._samples.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

        column = QVBoxLayout()
        column.setSpacing(10)
        column.addStretch(2)
        for widget in (self._title, self._subtitle):
            column.addWidget(widget)
        column.addSpacing(14)
        column.addWidget(self._drop)
        column.addSpacing(14)
        for widget in (self._recent_title, self._recent):
            column.addWidget(widget)
        column.addSpacing(10)
        for widget in (self._samples_title, self._samples):
            column.addWidget(widget)
        column.addStretch(3)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addLayout(column, 4)
        row.addStretch(1)
        wide: tuple[QWidget, ...] = (self._title, self._subtitle, self._drop, self._recent, self._samples)
        for part in wide:
            part.setMaximumWidth(620)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.setStyleSheet(
            f"#welcome {{ background: {theme.canvas}; }}"
            f"#drop {{ background: {theme.panel}; border: 2px dashed {theme.border_strong}; border-radius: 12px; }}"
            f"#commands {{ background: {theme.panel}; color: {theme.text}; border: 1px solid {theme.border}; border-radius: 8px;"
            f" padding: 10px 14px; font-family: 'DejaVu Sans Mono', monospace; font-size: 12px; }}"
        )
        for label in (self._subtitle, self._drop_text, self._recent_title, self._samples_title):
            label.setStyleSheet(f"color: {theme.text_muted};")
        self.refresh()

    def refresh(self) -> None:
        """Read the recent files again."""
        recent = self._settings.recent_files[:6]
        self._recent_title.setVisible(bool(recent))
        self._recent.setVisible(bool(recent))
        self._recent.setText("<br>".join(self._entry(path) for path in recent))

    def _entry(self, path: Path) -> str:
        link = f'<a href="{escape(str(path))}" style="text-decoration: none;">{escape(path.name)}</a>'
        return f'<p style="margin: 3px 0;">{link} &nbsp; <span>{escape(str(path.parent))}</span></p>'


class Placeholder(QLabel):
    """A friendly sentence in place of a graph."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.setStyleSheet(f"background: {theme.canvas}; color: {theme.text_muted}; font-size: 15px; padding: 40px;")
