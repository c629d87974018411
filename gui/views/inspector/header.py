"""Name, variable, status and scope of the node: the top of the inspector, always in sight."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ....tracer.model.text import duration_text
from ...fonts import interface_font
from ...icons import icon_pixmap
from ...theme import LIGHT, Theme, mix
from ..rich import Markup, RichLabel
from ..table import tone_colour
from .subject import Subject

STATUS_TONES = {"running": "hot", "done": "good", "made": "good", "failed": "error"}
"""Tone of each status; the others are said quietly."""


class Header(QFrame):
    """The title of the inspector."""

    unpin_requested = Signal()
    breakpoint_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspectorHeader")
        self._theme, self._markup = LIGHT, Markup()
        self._status_texts = {
            "pending": self.tr("not run yet"),
            "running": self.tr("running"),
            "done": self.tr("done"),
            "failed": self.tr("failed"),
            "made": self.tr("made"),
            "not made": self.tr("not made yet"),
            "": self.tr("not in this pass"),
        }
        self.name = QLabel()
        self.name.setFont(interface_font(17, interface_font().weight().DemiBold))
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.name.setMinimumWidth(40)
        self.status = QLabel()
        self.breakpoint = QToolButton()
        self.breakpoint.setIconSize(QSize(14, 14))
        self.breakpoint.setCheckable(True)
        self.breakpoint.setToolTip(self.tr("Breakpoint (F9)"))
        self.breakpoint.clicked.connect(self.breakpoint_requested)
        self._details = RichLabel()
        self._pin = RichLabel()
        self._pin.linkActivated.connect(lambda _: self.unpin_requested.emit())
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.name, 1)
        top.addWidget(self.status, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(self.breakpoint, 0, Qt.AlignmentFlag.AlignVCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 10, 10)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._details)
        layout.addWidget(self._pin)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme, self._markup = theme, Markup(theme)
        dot = QIcon()
        for state, colour in ((QIcon.State.Off, theme.border_strong), (QIcon.State.On, theme.breakpoint)):
            dot.addPixmap(icon_pixmap("breakpoint", theme, 14, self.devicePixelRatioF(), colour), QIcon.Mode.Normal, state)
        self.breakpoint.setIcon(dot)
        self.setStyleSheet(
            f"#inspectorHeader {{ background: {theme.panel}; border: none; border-bottom: 1px solid {theme.border}; }}"
        )

    def show_subject(self, subject: Subject, has_breakpoint: bool) -> None:
        """Show this node."""
        record, markup = subject.record, self._markup
        self.name.setText(subject.name)
        self.name.setToolTip(subject.name)
        self.breakpoint.setChecked(has_breakpoint)
        self._show_status(subject)
        parts = []
        if record is not None:
            variable = subject.trace.tensor_name(record.variable) if record.variable else record.target
            if variable:
                parts.append(markup.text(variable, bold=True))
            if record.scope:
                parts.append(markup.text(record.scope, "muted"))
        duration = self._duration(subject)
        if duration:
            parts.append(markup.text(self.tr("ran in {time}").format(time=duration), "muted"))
        self._details.setText(markup.text(" · ", "muted").join(parts))
        self._details.setVisible(bool(parts))
        follow = markup.link("unpin", self.tr("follow the cursor"))
        self._pin.setText(markup.text(self.tr("Selected: "), "muted") + follow + markup.text(" (Esc)", "muted"))
        self._pin.setVisible(subject.pinned)

    def _show_status(self, subject: Subject) -> None:
        tone = STATUS_TONES.get(subject.status, "muted")
        colour = self._theme.hot if tone == "hot" else tone_colour(self._theme, tone)
        self.status.setText(self._status_texts[subject.status])
        background = mix(self._theme.panel, colour, 0.16)
        self.status.setStyleSheet(
            f"color: {colour}; background: {background}; border-radius: 8px; padding: 2px 9px; font-size: 12px;"
        )

    def _duration(self, subject: Subject) -> str:
        if subject.status != "done":
            return ""
        duration = int(subject.pass_.arrays.duration[subject.index])
        return duration_text(duration) if duration > 0 else ""
