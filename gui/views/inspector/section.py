"""A part of the inspector: a title to fold it by, and what is under it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from ...fonts import interface_font
from ...icons import icon
from ...theme import LIGHT, Theme
from ..rich import Markup, RichLabel
from .subject import Subject


class Section(QWidget):
    """A foldable part; subclasses fill it in :meth:`show_subject` and hide themselves when they have nothing to say."""

    def __init__(self, title: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = LIGHT
        self.markup = Markup()
        self._content = content
        self.title = QToolButton()
        self.title.setObjectName("sectionTitle")
        self.title.setText(title)
        self.title.setFont(interface_font(12, interface_font().weight().DemiBold))
        self.title.setIconSize(QSize(12, 12))
        self.title.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.title.setCheckable(True)
        self.title.setChecked(True)
        self.title.setAutoRaise(True)
        self.title.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.title.toggled.connect(self._fold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 6)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(content)

    def show_subject(self, subject: Subject) -> None:
        """Fill the section for this node."""
        raise NotImplementedError

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.theme = theme
        self.markup = Markup(theme)
        self.title.setStyleSheet(
            f"#sectionTitle {{ color: {theme.text_muted}; border: none; padding: 2px 0; background: transparent; }}"
            f"#sectionTitle:hover {{ color: {theme.text}; }}"
        )
        self._fold(self.title.isChecked())

    def _fold(self, opened: bool) -> None:
        self._content.setVisible(opened)
        self.title.setIcon(icon("chevron_down" if opened else "chevron_right", self.theme))


class TextSection(Section):
    """A section that is one piece of rich text; its links go to ``link_activated`` of the label."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        self.label = RichLabel()
        super().__init__(title, self.label, parent)

    def rich_text(self, subject: Subject) -> str:
        """The section's text for this node, ``""`` to hide the section."""
        raise NotImplementedError

    def show_subject(self, subject: Subject) -> None:
        """Fill the section for this node."""
        text = self.rich_text(subject)
        self.label.setText(text)
        self.setVisible(bool(text))
