"""What the middle of the window shows when there is no graph: a welcome, or why there is nothing to see."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ...samples import Sample
from ..fonts import code_font, interface_font
from ..sampling import title_of
from ..settings import Settings
from ..theme import LIGHT, Theme

OWN_COMMAND = "python -m gradtrace run train.py"
WIDTH = 640
MOST_RECENT = 4


class Welcome(QScrollArea):
    """A drop area, a button, the recent files, samples to try, and how to record one's own program."""

    open_requested = Signal()
    file_chosen = Signal(str)
    sample_chosen = Signal(str)

    def __init__(self, settings: Settings, samples: Sequence[Sample] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._samples = settings, samples
        self._theme = LIGHT
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._title = QLabel(self.tr("gradtrace"))
        self._title.setFont(interface_font(34, interface_font().weight().DemiBold))
        self._subtitle = QLabel(self.tr("Step through backward(), forwards and in reverse."))
        self._subtitle.setFont(interface_font(15))
        self._drop = self._drop_area()
        self._recent_title, self.recent = QLabel(self.tr("Recent")), links()
        self._samples_title, self.samples = QLabel(self.tr("Try a sample: a click records it and opens the trace")), links()
        self._own_title, self._own = QLabel(self.tr("Record your own program")), QLabel(OWN_COMMAND)
        self._own.setObjectName("commands")
        self._own.setFont(code_font())
        self._own.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.recent.linkActivated.connect(self.file_chosen)
        self.samples.linkActivated.connect(self.sample_chosen)
        self._page = QWidget()
        self._page.setObjectName("welcome")
        self._page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._lay_out()
        self.setWidget(self._page)

    def _drop_area(self) -> QFrame:
        area = QFrame()
        area.setObjectName("drop")
        self._drop_text = QLabel(self.tr("Drop a .gtrace file here"))
        self._open = QPushButton(self.tr("Open a trace …"))
        self._open.setDefault(True)
        self._open.clicked.connect(self.open_requested)
        row = QHBoxLayout(area)
        row.setContentsMargins(24, 20, 24, 20)
        row.addStretch(1)
        row.addWidget(self._drop_text)
        row.addSpacing(14)
        row.addWidget(self._open)
        row.addStretch(1)
        return area

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(8)
        blocks: tuple[tuple[QWidget, ...], ...] = (
            (self._title, self._subtitle),
            (self._drop,),
            (self._recent_title, self.recent),
            (self._own_title, self._own),
            (self._samples_title, self.samples),
        )
        column.addStretch(1)
        for block in blocks:
            for widget in block:
                widget.setMaximumWidth(WIDTH)
                column.addWidget(widget)
            column.addSpacing(12)
        column.addStretch(2)
        row = QHBoxLayout(self._page)
        row.setContentsMargins(24, 16, 24, 16)
        row.addStretch(1)
        row.addLayout(column, 8)
        row.addStretch(1)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self._page.setStyleSheet(
            f"#welcome {{ background: {theme.canvas}; }}"
            f"#drop {{ background: {theme.panel}; border: 2px dashed {theme.border_strong}; border-radius: 12px; }}"
            f"#commands {{ background: {theme.panel}; color: {theme.text}; border: 1px solid {theme.border}; border-radius: 8px;"
            f" padding: 8px 14px; }}"
        )
        for label in (self._subtitle, self._drop_text):
            label.setStyleSheet(f"color: {theme.text_muted};")
        for label in (self._recent_title, self._samples_title, self._own_title):
            label.setStyleSheet(f"color: {theme.text_muted}; font-weight: 600;")
        self.refresh()

    def refresh(self) -> None:
        """Read the recent files again, and write everything in the colours of the theme."""
        recent = self._settings.recent_files[:MOST_RECENT]
        self._recent_title.setVisible(bool(recent))
        self.recent.setVisible(bool(recent))
        self.recent.setText(self._table([(str(path), path.name, shortened(path.parent)) for path in recent]))
        self._samples_title.setVisible(bool(self._samples))
        self.samples.setVisible(bool(self._samples))
        self.samples.setText(self._table([(sample.name, sample.name, title_of(sample)) for sample in self._samples]))

    def _table(self, rows: Sequence[tuple[str, str, str]]) -> str:
        """Links in one column, quiet texts beside them."""
        cells = (
            f'<tr><td style="padding: 2px 16px 2px 0;"><a href="{escape(target)}" '
            f'style="color: {self._theme.info}; text-decoration: none;">{escape(name)}</a></td>'
            f'<td style="padding: 2px 0; color: {self._theme.text_muted};">{escape(text)}</td></tr>'
            for target, name, text in rows
        )
        return f'<table cellspacing="0" cellpadding="0">{"".join(cells)}</table>'


def links() -> QLabel:
    """A label for rich text whose links can be clicked, and reached with the Tab key."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard)
    return label


def shortened(folder: Path) -> str:
    """A folder as people write it: ``~`` for their own, the middle left out when it is long."""
    home = Path.home()
    text = f"~/{folder.relative_to(home).as_posix()}" if folder.is_relative_to(home) else str(folder)
    return text if len(text) <= 60 else f"{text[:24]} … {text[-32:]}"


class Placeholder(QLabel):
    """A friendly sentence in place of a graph."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.setStyleSheet(f"background: {theme.canvas}; color: {theme.text_muted}; font-size: 15px; padding: 40px;")
