"""The pass as a strip of lanes, one per kind of event, under an overview of the whole run. A click or a drag moves the cursor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from ...core import events as ev
from ...tracer.model import Pass, Trace
from ..event_kinds import group_title
from ..fonts import interface_font
from ..scene import ALL_NODES
from ..session import Session
from ..theme import LIGHT, Theme, mix
from ..translation import spoken

LABEL_WIDTH, RIGHT_MARGIN = 128, 14
OVERVIEW_TOP, OVERVIEW_HEIGHT = 8, 18
LANES_TOP, LANE_HEIGHT, AXIS_HEIGHT = 40, 24, 20
SNAP_PIXELS = 7
MARK_WIDTH = 3.0

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Lane:
    """A row of marks: a group of event kinds, drawn in a colour of the theme."""

    group: str
    kinds: tuple[type[ev.Event], ...]
    colour: str


LANES = (
    Lane("node", (ev.NodeStarted,), "accent"),
    Lane("gradient", (ev.GradientFlowed, ev.GradientAccumulated), "success"),
    Lane("hook", (ev.HookFired,), "hook"),
    Lane("version", (ev.VersionBumped, ev.DataWritten), "version_bump"),
    Lane("saved", (ev.SavedFreed,), "text_muted"),
    Lane("error", (ev.ErrorRaised,), "error"),
)
FORWARD_LANES = (
    Lane("forward", (ev.NodeCreated,), "accent"),
    Lane("version", (ev.VersionBumped, ev.DataWritten), "version_bump"),
    Lane("hook", (ev.HookRegistered,), "hook"),
    Lane("saved", (ev.TensorSaved,), "text_muted"),
    Lane("error", (ev.ErrorRaised,), "error"),
)


def ids_between(trace: Trace, kinds: tuple[type[ev.Event], ...], first: int, last: int) -> Ids:
    """Ids of events of these kinds in a range, ascending."""
    parts = []
    for kind in kinds:
        ids = np.asarray(trace.events.ids(kind), np.int64)
        parts.append(ids[np.searchsorted(ids, first) : np.searchsorted(ids, last, side="right")])
    return np.sort(np.concatenate(parts))


class TimelineView(QWidget):
    """Lanes of the pass on show, the run above them, the cursor across both."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = LIGHT
        self._lanes: tuple[Lane, ...] = LANES
        self._marks: list[Ids] = []
        self._run_marks: dict[str, Ids] = {}
        self._hover = -1
        self.setMouseTracking(True)
        self.setMinimumHeight(LANES_TOP + 3 * LANE_HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        session.trace_changed.connect(self._collect_run)
        session.pass_changed.connect(self._collect_pass)
        for signal in (session.cursor_moved, session.selection_changed, session.breakpoints_changed, session.event_shown):
            signal.connect(self.update)
        self._collect_run()
        self._collect_pass()

    def sizeHint(self) -> QSize:
        """High enough for all lanes."""
        return QSize(600, LANES_TOP + len(LANES) * LANE_HEIGHT + AXIS_HEIGHT)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.update()

    def _collect_run(self) -> None:
        trace = self._session.trace
        last = len(trace.events) - 1 if trace is not None else -1
        self._run_marks = {}
        if trace is not None and last >= 0:
            kinds = {"version_bump": (ev.VersionBumped, ev.DataWritten), "error": (ev.ErrorRaised,), "text_muted": (ev.Marked,)}
            self._run_marks = {colour: ids_between(trace, events, 0, last) for colour, events in kinds.items()}

    def _collect_pass(self) -> None:
        trace, pass_ = self._session.trace, self._session.pass_
        self._marks = []
        if trace is not None and pass_ is not None:
            self._lanes = FORWARD_LANES if self._session.pass_index == ALL_NODES else LANES
            self._marks = [ids_between(trace, lane.kinds, pass_.first, pass_.last) for lane in self._lanes]
        self.update()

    # -------------------------------------------------------------------------------------------------- geometry
    def _span(self) -> tuple[int, int]:
        pass_ = self._session.pass_
        return (pass_.first, max(pass_.last, pass_.first + 1)) if pass_ is not None else (0, 1)

    def _width(self) -> float:
        return max(self.width() - LABEL_WIDTH - RIGHT_MARGIN, 10)

    def x_of(self, event: int) -> float:
        """Where an event of the pass is, in pixels."""
        first, last = self._span()
        return LABEL_WIDTH + (event - first) / (last - first) * self._width()

    def event_at(self, x: float) -> int:
        """The event of the pass nearest to a position."""
        first, last = self._span()
        share = (x - LABEL_WIDTH) / self._width()
        return min(max(round(first + share * (last - first)), first), last)

    def lane_y(self, number: int) -> float:
        """Top of a lane, in pixels."""
        return LANES_TOP + number * LANE_HEIGHT

    def _run_x(self, event: int) -> float:
        count = len(self._session.trace.events) if self._session.trace is not None else 1
        return LABEL_WIDTH + event / max(count - 1, 1) * self._width()

    def _snapped(self, position: QPointF) -> int:
        """The event a pointer means: a mark of the lane under it when one is near, else the nearest event."""
        event = self.event_at(position.x())
        lane = int((position.y() - LANES_TOP) // LANE_HEIGHT)
        marks = self._marks[lane] if 0 <= lane < len(self._marks) else np.empty(0, np.int64)
        if marks.size:
            near = int(marks[np.abs(marks - event).argmin()])
            if abs(self.x_of(near) - position.x()) <= SNAP_PIXELS:
                return near
        return event

    # --------------------------------------------------------------------------------------------------- painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Overview, lanes, axis, cursor."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._theme.panel))
        painter.setFont(interface_font(12))
        if self._session.trace is None or self._session.pass_ is None:
            painter.setPen(QColor(self._theme.text_muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("The events of a pass will be drawn here."))
            painter.end()
            return
        self._paint_overview(painter, self._session.trace)
        for number in range(len(self._lanes)):
            self._paint_lane(painter, number)
        self._paint_breakpoints(painter)
        self._paint_cursor(painter)
        painter.end()

    def _label(self, painter: QPainter, top: float, height: float, text: str, faint: bool = False) -> None:
        painter.setPen(QColor(self._theme.text_disabled if faint else self._theme.text_muted))
        box = QRectF(12, top, LABEL_WIDTH - 20, height)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_overview(self, painter: QPainter, trace: Trace) -> None:
        theme = self._theme
        self._label(painter, OVERVIEW_TOP, OVERVIEW_HEIGHT, self.tr("Whole run"))
        bar = QRectF(LABEL_WIDTH, OVERVIEW_TOP, self._width(), OVERVIEW_HEIGHT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.panel_alternate))
        painter.drawRoundedRect(bar, 4, 4)
        for index, pass_ in enumerate(trace.passes):
            self._paint_pass_block(painter, pass_, index == self._session.pass_index)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for colour, ids in self._run_marks.items():
            for x in np.unique(np.round([self._run_x(int(i)) for i in self._thinned(ids)])):
                height = OVERVIEW_HEIGHT - 2 if colour == "error" else 5
                bottom = OVERVIEW_TOP + OVERVIEW_HEIGHT - 1
                painter.fillRect(QRectF(x - 1, bottom - height, 2, height), QColor(getattr(theme, colour)))
        x = self._run_x(max(self._session.shown_event, 0))
        painter.fillRect(QRectF(x - 1, OVERVIEW_TOP - 2, 2, OVERVIEW_HEIGHT + 4), QColor(theme.hot))

    def _paint_pass_block(self, painter: QPainter, pass_: Pass, shown: bool) -> None:
        theme = self._theme
        colour = theme.error if pass_.outcome == "raised" else theme.accent
        x0, x1 = self._run_x(pass_.first), self._run_x(pass_.last)
        block = QRectF(x0, OVERVIEW_TOP + 1, max(x1 - x0, 3), OVERVIEW_HEIGHT - 2)
        painter.setPen(QPen(QColor(colour), 1.4) if shown else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(mix(theme.panel, colour, 0.45 if shown else 0.22)))
        painter.drawRoundedRect(block, 3, 3)
        text = f"{pass_.index + 1}"
        if block.width() > 22:
            painter.setPen(QColor(theme.text))
            painter.drawText(block, int(Qt.AlignmentFlag.AlignCenter), text)

    @staticmethod
    def _thinned(ids: Ids, most: int = 4000) -> Ids:
        return ids if len(ids) <= most else ids[:: len(ids) // most + 1]

    def _paint_lane(self, painter: QPainter, number: int) -> None:
        lane, marks, theme = self._lanes[number], self._marks[number], self._theme
        top = self.lane_y(number)
        self._label(painter, top, LANE_HEIGHT, group_title(lane.group), faint=not marks.size)
        painter.fillRect(QRectF(LABEL_WIDTH, top + LANE_HEIGHT - 1, self._width(), 1), QColor(theme.border))
        if not marks.size:
            return
        if lane.group == "node" and self._pixels_per_event() * 2 >= 4:
            self._paint_node_bars(painter, top)
            return
        first, last = self._span()
        xs = LABEL_WIDTH + (marks - first) / (last - first) * self._width()
        done = QColor(getattr(theme, lane.colour))
        ahead = QColor(mix(theme.panel, getattr(theme, lane.colour), 0.45))
        cursor_x = self.x_of(self._session.position)
        for x in np.unique(np.round(xs)).tolist():
            mark = QRectF(x - MARK_WIDTH / 2, top + 6, MARK_WIDTH, LANE_HEIGHT - 12)
            painter.fillRect(mark, done if x <= cursor_x + 0.5 else ahead)

    def _pixels_per_event(self) -> float:
        first, last = self._span()
        return self._width() / (last - first)

    def _paint_node_bars(self, painter: QPainter, top: float) -> None:
        """Every node that ran as a bar from its start to its end, with its name when there is room."""
        theme, pass_ = self._theme, self._session.pass_
        assert pass_ is not None
        arrays, state = pass_.arrays, self._session.state
        metrics = QFontMetricsF(painter.font())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in np.flatnonzero(arrays.started >= 0).tolist():
            start = int(arrays.started[index])
            end = int(arrays.finished[index]) if arrays.finished[index] >= 0 else pass_.last
            box = QRectF(self.x_of(start), top + 3, max(self.x_of(end) - self.x_of(start), 3), LANE_HEIGHT - 7)
            failed = arrays.finished[index] < 0 and pass_.outcome == "raised"
            colour = theme.error if failed else theme.accent
            if state is not None and state.current == index:
                colour = theme.hot
            done = start <= self._session.position
            selected = int(arrays.node[index]) == self._session.selected
            painter.setPen(QPen(QColor(theme.selection), 1.6) if selected else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mix(theme.panel, colour, 0.55 if done else 0.2)))
            painter.drawRoundedRect(box, 3, 3)
            name = arrays.variable_name[index] or arrays.op[index]
            if box.width() > min(metrics.horizontalAdvance(name) + 6, 52):
                painter.setPen(QColor(theme.text if done else theme.text_muted))
                name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, box.width() - 4)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), name)
        painter.restore()

    def _paint_breakpoints(self, painter: QPainter) -> None:
        pass_ = self._session.pass_
        if pass_ is None or not self._session.breakpoints:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.breakpoint))
        for start in pass_.arrays.started[np.isin(pass_.arrays.node, list(self._session.breakpoints))].tolist():
            if start >= 0:
                painter.drawEllipse(QPointF(self.x_of(start), LANES_TOP - 1), 4, 4)
        painter.restore()

    def _paint_cursor(self, painter: QPainter) -> None:
        theme, bottom = self._theme, LANES_TOP + len(self._lanes) * LANE_HEIGHT
        x = self.x_of(self._session.position)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.hot), 1.6))
        painter.drawLine(QPointF(x, LANES_TOP - 6), QPointF(x, bottom))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.hot))
        top = LANES_TOP - 10
        painter.drawPolygon(QPolygonF([QPointF(x - 5, top), QPointF(x + 5, top), QPointF(x, top + 7)]))
        first, last = self._span()
        painter.setPen(QColor(theme.text_muted))
        axis = QRectF(LABEL_WIDTH, bottom + 2, self._width(), AXIS_HEIGHT - 4)
        painter.drawText(axis, int(Qt.AlignmentFlag.AlignLeft), self.tr("event {number}").format(number=first))
        painter.drawText(axis, int(Qt.AlignmentFlag.AlignRight), self.tr("event {number}").format(number=last))

    # ------------------------------------------------------------------------------------------------------ mouse
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the cursor, or go to another pass in the overview."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(event.position(), pressed=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the cursor."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position(), pressed=False)

    def _go(self, position: QPointF, pressed: bool) -> None:
        trace = self._session.trace
        if trace is None:
            return
        if position.y() < OVERVIEW_TOP + OVERVIEW_HEIGHT + 4:
            if pressed:
                share = (position.x() - LABEL_WIDTH) / self._width()
                self._session.go_to_event(min(max(round(share * (len(trace.events) - 1)), 0), len(trace.events) - 1))
        else:
            self._session.seek(self._snapped(position) if pressed else self.event_at(position.x()))

    def event(self, event: QEvent) -> bool:
        """Say what is under the pointer."""
        trace = self._session.trace
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and trace is not None:
            if event.pos().x() >= LABEL_WIDTH and event.pos().y() >= LANES_TOP:
                number = self._snapped(QPointF(event.pos()))
                QToolTip.showText(event.globalPos(), f"{number}: {spoken(trace.describe(trace.events[number]))}", self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)
