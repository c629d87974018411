"""The inspector: a header and the sections below it, filled for the node the session talks about."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QVBoxLayout, QWidget

from ...session import Session
from ...theme import LIGHT, Theme
from ..table import stacked
from ..welcome import Placeholder
from .gradient import GradientSection
from .header import Header
from .history import HistorySection
from .overview import Overview
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
        self.history = HistorySection()
        self.source = SourceSection()
        self.tensors = TensorsSection()
        self.saved = SavedSection()
        self.hooks = HooksSection()
        self.sections: tuple[Section, ...] = (self.gradient, self.history, self.source, self.tensors, self.saved, self.hooks)
        self._empty = Placeholder()
        self.overview = Overview(session)
        self._overview_scroll = scrolling(self.overview)
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        for section in self.sections:
            column.addWidget(section)
        column.addStretch(1)
        self._scroll = scrolling(self._body)
        self.setLayout(stacked(self.header, self._scroll, self._overview_scroll, self._empty))

        self.header.unpin_requested.connect(session.clear_selection)
        self.header.breakpoint_requested.connect(lambda: session.toggle_breakpoint())
        self.overview.link_activated.connect(self._follow)
        self.history.event_chosen.connect(session.go_to_event)
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
        for scroll in (self._scroll, self._overview_scroll):
            scroll.setStyleSheet(f"QScrollArea {{ background: {theme.panel}; }} #inspectorBody {{ background: {theme.panel}; }}")
        self.overview.set_theme(theme)
        for section in self.sections:
            section.set_theme(theme)
        self.refresh()

    def refresh(self) -> None:
        """Show the node of the session as of its cursor."""
        subject = Subject.of(self._session)
        trace, pass_ = self._session.trace, self._session.pass_
        is_pass = subject is None and trace is not None and pass_ is not None
        is_pass = is_pass and (len(pass_.arrays) > 0 or not pass_.is_forward or bool(trace.errors))  # type: ignore[union-attr]
        for widget in (self.header, self._scroll):
            widget.setVisible(subject is not None)
        self._overview_scroll.setVisible(is_pass)
        self._empty.setVisible(subject is None and not is_pass)
        if subject is not None:
            self.header.show_subject(subject, subject.node in self._session.breakpoints)
            for section in self.sections:
                section.show_subject(subject)
            settle(self._body)
        elif is_pass and trace is not None and pass_ is not None:
            self.overview.refresh(trace, pass_)
            settle(self.overview)
        else:
            self._empty.setText(self._hint())

    def _hint(self) -> str:
        if self._session.trace is None:
            return self.tr("Open a trace and select a node to see its gradient, source, saved tensors and hooks.")
        return self.tr("There is no graph in this trace. The events tell what happened.")

    def _follow(self, target: str) -> None:
        """Go where a link points: ``node:12`` or ``event:34``."""
        kind, _, number = target.partition(":")
        if kind == "node":
            self._session.select(int(number))
        elif kind == "event":
            self._session.go_to_event(int(number))


def scrolling(body: QWidget) -> QScrollArea:
    """A frameless area that scrolls ``body`` up and down."""
    body.setObjectName("inspectorBody")
    body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(body)
    return area


def settle(body: QWidget) -> None:
    """Lay the sections out anew, from the inside out: what changed its size while it was hidden has told nobody."""
    for layout in reversed(body.findChildren(QLayout)):
        layout.invalidate()
    for layout in reversed(body.findChildren(QLayout)):
        layout.activate()
