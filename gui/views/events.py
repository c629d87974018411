"""Every event of the run, with a filter line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QToolButton, QWidget

from ..event_filter import FilterError, matching_ids, parse
from ..event_kinds import GROUPS, group_title
from ..icons import icon
from ..models.events import EventsModel
from ..session import Session
from ..theme import LIGHT, Theme
from ..worker import Token
from .table import EmptyHint, TableView, stacked

FILTER = "filter events"
FILTER_DELAY_MS = 150


class EventsView(QWidget):
    """A filter line over a table of events; a click on a row moves the cursor there, or selects the node the event speaks of."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = LIGHT
        self._found_some = False  # rows of the filter under way are in the table
        self.model = EventsModel(self)
        self.table = TableView(self.model, stretch=3)
        self.table.set_widths(70, 100, 130, 420, 150)
        self._hint = EmptyHint(self.table, "")
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Filter: hook, error, -gradient, train.py, /Mul|Add/ …"))
        self.line.setToolTip(
            self.tr(
                "Words that must all fit. A kind (hook, error, NodeFinished …) keeps that kind; -word leaves it out; "
                "/…/ is a regular expression; any other word is looked for in the text, source and scope."
            )
        )
        self.line.setClearButtonEnabled(True)
        self._kinds = QToolButton()
        self._kinds.setText(self.tr("Kinds"))
        self._kinds.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._kinds.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._kinds.setMenu(self._kinds_menu())
        self._count = QLabel()
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 6, 10, 6)
        bar.setSpacing(8)
        bar.addWidget(self.line, 1)
        bar.addWidget(self._kinds)
        bar.addWidget(self._count)
        layout = stacked()
        layout.addLayout(bar)
        layout.addWidget(self.table)
        self.setLayout(layout)

        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(FILTER_DELAY_MS)
        self._delay.timeout.connect(self.apply_filter)
        self.line.textChanged.connect(self._filter_soon)
        self.table.row_chosen.connect(lambda row: session.go_to_event(self.model.id_of(row)))
        session.trace_changed.connect(self._show_trace)
        session.cursor_moved.connect(self._show_cursor)
        session.event_shown.connect(self._show_event)
        self._show_trace()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.table.set_theme(theme)
        self._hint.set_theme(theme)
        self._kinds.setIcon(icon("chevron_down", theme))
        self._say_count()

    # ------------------------------------------------------------------------------------------------------ filter
    def _kinds_menu(self) -> QMenu:
        menu = QMenu(self)
        self._group_actions: dict[str, QAction] = {}
        for group in GROUPS:
            action = menu.addAction(group_title(group))
            action.setCheckable(True)
            action.toggled.connect(self._filter_soon)
            self._group_actions[group] = action
        menu.addSeparator()
        menu.addAction(self.tr("All kinds"), self._clear_groups)
        return menu

    def _clear_groups(self) -> None:
        for action in self._group_actions.values():
            action.setChecked(False)

    def _filter_soon(self) -> None:
        """The filter has changed: what is still being looked for is not wanted any more."""
        self._session.worker.cancel(FILTER)
        self._delay.start()

    def apply_filter(self) -> None:
        """Filter by the line and the menu, in the background; the newest filter wins."""
        self._delay.stop()
        trace = self._session.trace
        self._session.worker.cancel(FILTER)
        if trace is None:
            return
        groups = [group for group, action in self._group_actions.items() if action.isChecked()]
        self._kinds.setText(self.tr("Kinds ({count})").format(count=len(groups)) if groups else self.tr("Kinds"))
        try:
            rule = parse(self.line.text(), groups)
        except FilterError as error:
            self._say_count(str(error), failed=True)
            return
        if rule.keeps_everything:
            self._show_ids(None)
            return

        def work(token: Token) -> NDArray[np.int64]:
            return matching_ids(trace, rule, token.check, token.report)

        self._found_some = False
        self._session.worker.submit(FILTER, work, self._show_ids, self._failed, self._show_more)

    def _failed(self, error: Exception) -> None:
        raise error

    def _show_more(self, ids: NDArray[np.int64]) -> None:
        """Rows of a filter that is still looking."""
        if self._found_some:
            self.model.add_ids(ids)
        else:
            self._found_some = True
            self.model.set_ids(ids)
        self._hint.hide()
        self._say_count(self.tr("{count} so far …").format(count=f"{self.model.row_count():,}"))

    def _show_ids(self, ids: NDArray[np.int64] | None) -> None:
        if self._found_some and ids is not None:
            self.model.add_ids(ids[self.model.row_count() :])
        else:
            self.model.set_ids(ids)
        self._found_some = False
        self._say_count()
        self._hint.setText(self.tr("No event fits this filter."))
        self._hint.setVisible(self.model.row_count() == 0)
        self._show_cursor()
        self._show_event(self._session.shown_event)

    def _say_count(self, text: str = "", failed: bool = False) -> None:
        shown, total = self.model.row_count(), self.model.total
        if not text:
            text = f"{shown:,}" if shown == total else self.tr("{shown} of {total}").format(shown=f"{shown:,}", total=f"{total:,}")
        self._count.setText(text)
        self._count.setStyleSheet(f"color: {self._theme.error if failed else self._theme.text_muted};")

    # ------------------------------------------------------------------------------------------------------ follow
    def _show_trace(self) -> None:
        self.model.set_trace(self._session.trace)
        self._say_count()
        self._hint.setText(self.tr("The events of the run will be listed here."))
        self._hint.setVisible(self.model.row_count() == 0)
        if self.line.text() or any(action.isChecked() for action in self._group_actions.values()):
            self.apply_filter()

    def _show_cursor(self) -> None:
        self.model.set_current_row(self.model.row_of(self._session.position))

    def _show_event(self, event: int) -> None:
        row = self.model.row_of(event)
        if row >= 0 and (self.table.currentIndex().row() != row or not self.table.selectionModel().hasSelection()):
            self.table.show_row(row)
