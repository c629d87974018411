"""The inspector: a header and the sections below it, filled for the node the session talks about."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ...session import Session
from ...theme import LIGHT, Theme
from ..table import stacked
from ..welcome import Placeholder
from .gradient import GradientSection
from .header import Header
from .parts import HooksSection, SavedSection, SourceSection, TensorsSection
from .section import Section, TextSection
from .subject import Subject


class Inspector(QWidget):
    """Everything about the selected node, or about the current one while nothing is selected."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = LIGHT
        self.header = Header()
        self.gradient = GradientSection()
        self.source = SourceSection()
        self.tensors = TensorsSection()
        self.saved = SavedSection()
        self.hooks = HooksSection()
        self.sections: tuple[Section, ...] = (self.gradient, self.source, self.tensors, self.saved, self.hooks)
        self._empty = Placeholder()
        self._body = QWidget()
        self._body.setObjectName("inspectorBody")
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        for section in self.sections:
            column.addWidget(section)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._body)
        self.setLayout(stacked(self.header, self._scroll, self._empty))

        self.header.unpin_requested.connect(session.clear_selection)
        self.header.breakpoint_requested.connect(lambda: session.toggle_breakpoint())
        for section in self.sections:
            if isinstance(section, TextSection):
                section.label.linkActivated.connect(self._follow)
        for signal in (session.pass_changed, session.cursor_moved, session.selection_changed, session.breakpoints_changed):
            signal.connect(self.refresh)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.header.set_theme(theme)
        self._empty.set_theme(theme)
        self._empty.setStyleSheet(f"background: {theme.panel}; color: {theme.text_muted}; padding: 24px;")
        self._scroll.setStyleSheet(f"QScrollArea {{ background: {theme.panel}; }} #inspectorBody {{ background: {theme.panel}; }}")
        for section in self.sections:
            section.set_theme(theme)
        self.refresh()

    def refresh(self) -> None:
        """Show the node of the session as of its cursor."""
        subject = Subject.of(self._session)
        for widget in (self.header, self._scroll):
            widget.setVisible(subject is not None)
        self._empty.setVisible(subject is None)
        if subject is None:
            self._empty.setText(self._hint())
            return
        self.header.show_subject(subject, subject.node in self._session.breakpoints)
        for section in self.sections:
            section.show_subject(subject)

    def _hint(self) -> str:
        if self._session.trace is None:
            return self.tr("Open a trace and select a node to see its gradient, source, saved tensors and hooks.")
        if self._session.at_end:
            return self.tr("The pass is over. Select a node in the graph, or step back with Shift+F10.")
        return self.tr("Select a node in the graph, or press F10 to step to the next one.")

    def _follow(self, target: str) -> None:
        """Go where a link points: ``node:12`` or ``event:34``."""
        kind, _, number = target.partition(":")
        if kind == "node":
            self._session.select(int(number))
        elif kind == "event":
            self._session.go_to_event(int(number))
