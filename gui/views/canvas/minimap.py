"""The whole drawing in a corner of the canvas, with a frame around the part that is shown; hidden when all of it is."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from .geometry import Rect
from .painter import ScenePainter
from .scene import Scene, Window, to_qt

LARGEST = QSize(190, 150)
_SMALLEST = 64
_INSET = 7.0
_REFRESH_MS = 90


class Minimap(QWidget):
    """An overlay; ``moved_to`` asks to look at a point of the drawing."""

    moved_to = Signal(float, float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._scene: Scene | None = None
        self._view = Rect(0.0, 0.0, 0.0, 0.0)
        self._image: QImage | None = None
        # During a replay the picture changes at every step; it need not follow faster than the eye.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self._forget)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def set_scene(self, scene: Scene | None) -> None:
        """Show a scene, or nothing."""
        self._scene = scene
        self._image = None
        if scene is not None:
            bounds = scene.geometry.bounds
            scale = min(LARGEST.width() / max(bounds.width, 1.0), LARGEST.height() / max(bounds.height, 1.0))
            width, height = (max(_SMALLEST, round(side * scale)) for side in (bounds.width, bounds.height))
            self.setFixedSize(width + round(2 * _INSET), height + round(2 * _INSET))
        self.update()

    def follow(self, view: Rect) -> None:
        """Say what part of the drawing is shown; appears when that is not all of it."""
        self._view = view
        geometry = self._scene.geometry if self._scene is not None else None
        self.setVisible(geometry is not None and len(geometry) > 0 and not view.contains(geometry.bounds))
        self.update()

    def refresh_soon(self) -> None:
        """The look of the drawing changed."""
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()
        elif not self.isVisible():
            self._image = None

    def refresh(self) -> None:
        """The look of the drawing changed: paint it anew with the next frame."""
        self._forget()

    def _forget(self) -> None:
        self._image = None
        self.update()

    # ------------------------------------------------------------------------------------------------------------ painting
    def _fit(self, scene: Scene) -> tuple[float, float, float]:
        """Scale and offset from the drawing to this widget."""
        bounds = scene.geometry.bounds
        width, height = self.width() - 2 * _INSET, self.height() - 2 * _INSET
        scale = min(width / max(bounds.width, 1.0), height / max(bounds.height, 1.0))
        x = (self.width() - bounds.width * scale) / 2 - bounds.left * scale
        y = (self.height() - bounds.height * scale) / 2 - bounds.top * scale
        return scale, x, y

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint picture and frame."""
        scene = self._scene
        if scene is None:
            return
        theme = scene.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = QColor(theme.panel)
        ground.setAlpha(238)
        painter.setBrush(ground)
        painter.drawRoundedRect(frame, 8, 8)
        if self._image is None:
            self._image = self._draw(scene)
        painter.drawImage(QPointF(0, 0), self._image)
        self._paint_view(painter, scene)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.border_strong), 1))
        painter.drawRoundedRect(frame, 8, 8)
        painter.end()

    def _paint_view(self, painter: QPainter, scene: Scene) -> None:
        """Shade what is not shown."""
        scale, x, y = self._fit(scene)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        seen = to_qt(self._view)
        seen = QRectF(seen.x() * scale + x, seen.y() * scale + y, seen.width() * scale, seen.height() * scale).intersected(area)
        hidden, hole = QPainterPath(), QPainterPath()
        hidden.addRoundedRect(area, 8, 8)
        hole.addRect(seen)
        shade = QColor(scene.theme.canvas)
        shade.setAlpha(130)
        painter.fillPath(hidden.subtracted(hole), shade)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(scene.theme.selection), 1.4))
        painter.drawRoundedRect(seen, 2, 2)

    def _draw(self, scene: Scene) -> QImage:
        ratio = self.devicePixelRatioF()
        image = QImage(self.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        scale, x, y = self._fit(scene)
        painter.translate(x, y)
        painter.scale(scale, scale)
        everything = scene.geometry.bounds
        still = replace(scene, hovered=-1, edge_labels={})
        ScenePainter(still).paint(painter, Window(everything, everything, painter.worldTransform(), ratio), titles=False)
        painter.end()
        return image

    # --------------------------------------------------------------------------------------------------------------- mouse
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look at the point pressed."""
        self._look_at(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look_at(event)

    def _look_at(self, event: QMouseEvent) -> None:
        if self._scene is not None:
            scale, x, y = self._fit(self._scene)
            self.moved_to.emit((event.position().x() - x) / scale, (event.position().y() - y) / scale)
            event.accept()
