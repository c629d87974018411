"""The widget that shows the graphics object and turns the mouse into gestures: click, double click, hover, drag, wheel."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QFrame

from .camera import Look

_DRAG_BUTTONS = Qt.MouseButton.LeftButton | Qt.MouseButton.MiddleButton


class Viewport(pg.GraphicsView):  # type: ignore[misc]
    """A ``pg.GraphicsView`` with one ``pg.ViewBox``. Positions in signals are in this widget's pixels.

    It handles the mouse itself instead of passing it through the scene: hovering then costs microseconds however large the graph.
    """

    clicked = Signal(QPointF)
    double_clicked = Signal(QPointF)
    menu_requested = Signal(QPointF, QPoint)
    hovered = Signal(QPointF)
    left = Signal()
    dragged = Signal(QPointF)
    """How far the mouse was dragged since the last signal."""
    wheeled = Signal(QPointF, float)
    """Where, and by how many notches (fractions from touchpads); positive is away from the user."""
    tooltip_wanted = Signal(QPointF, QPoint)

    def __init__(self) -> None:
        super().__init__(background=None)
        self.box: Any = pg.ViewBox(lockAspect=True, enableMenu=False, enableMouse=False, invertY=True)
        self.box.setDefaultPadding(0.0)
        self.box.disableAutoRange()
        self.setCentralItem(self.box)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._dragging = False

    def show_look(self, look: Look) -> None:
        """Look somewhere."""
        width, height = self.width() / look.scale, self.height() / look.scale
        self.box.setRange(QRectF(look.x - width / 2, look.y - height / 2, width, height), padding=0, disableAutoRange=True)

    def visible_rect(self) -> QRectF:
        """The part of the drawing in view."""
        return QRectF(self.box.viewRect())

    def to_drawing(self, position: QPointF) -> QPointF:
        """A position of this widget in the drawing's coordinates."""
        return QPointF(self.box.mapSceneToView(self.mapToScene(position.toPoint())))

    def to_widget(self, x: float, y: float) -> QPointF:
        """A point of the drawing in this widget's pixels."""
        return QPointF(self.mapFromScene(self.box.mapViewToScene(QPointF(x, y))))

    # --------------------------------------------------------------------------------------------------------------- mouse
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click or a drag begins."""
        if event.button() & _DRAG_BUTTONS:
            self._pressed = self._last = event.position()
            self._dragging = event.button() == Qt.MouseButton.MiddleButton
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or hover."""
        position = event.position()
        if self._pressed is None:
            self.hovered.emit(position)
        else:
            far = (position - self._pressed).manhattanLength() >= QApplication.startDragDistance()
            if far and not self._dragging:
                self._dragging = True
            if self._dragging:
                self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
                self.dragged.emit(position - self._last)
                self._last = position
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a drag, or a click."""
        if self._pressed is not None and event.button() & _DRAG_BUTTONS:
            was_click = not self._dragging
            self._pressed, self._dragging = None, False
            self.viewport().unsetCursor()
            if was_click:
                self.clicked.emit(event.position())
        elif event.button() == Qt.MouseButton.RightButton:
            self.menu_requested.emit(event.position(), event.globalPosition().toPoint())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second press of a double click; its release is no click of its own."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit(event.position())
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel turned."""
        notches = event.angleDelta().y() / 120
        if notches:
            self.wheeled.emit(event.position(), notches)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys are the window's."""
        event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse left."""
        self.left.emit()
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tool tips depend on what lies under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self.tooltip_wanted.emit(QPointF(event.pos()), event.globalPos())
            return True
        return bool(super().viewportEvent(event))
