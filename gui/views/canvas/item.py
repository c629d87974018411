"""The one graphics object of the canvas. There is never an item for a node or an edge: that takes a hundred times as long."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from .accents import CHIP_HEIGHT, CHIP_REACH
from .geometry import Rect
from .inputs import Ints
from .painter import ScenePainter, dirty_margin
from .scene import Scene, Window, from_qt, to_qt

_MARGIN = 80.0  # around everything, for glows and loops of edges


class GraphItem(pg.GraphicsObject):  # type: ignore[misc]
    """Paints a scene inside a ``pg.ViewBox``."""

    def __init__(self) -> None:
        super().__init__()
        # Without this flag the exposed rectangle is always the whole item, and every small change repaints all of it.
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._painter: ScenePainter | None = None
        self._bounds = QRectF()
        self.frames = 0
        """How often it has painted."""

    def set_scene(self, scene: Scene | None) -> None:
        """Show a scene, or nothing."""
        self.prepareGeometryChange()
        self._painter = ScenePainter(scene) if scene is not None else None
        self._bounds = to_qt(scene.geometry.bounds.grown(_MARGIN)) if scene is not None else QRectF()
        self.update()

    def boundingRect(self) -> QRectF:
        """Where it may paint."""
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint what is exposed."""
        if self._painter is None:
            return
        self.frames += 1
        transform = painter.worldTransform()
        view: Any = self.getViewBox()
        visible = from_qt(QRectF(view.viewRect())) if view is not None else from_qt(self._bounds)
        exposed = from_qt(QRectF(option.exposedRect))
        scale = abs(transform.m11()) or 1.0
        ratio = painter.device().devicePixelRatioF()
        window = Window(visible, exposed.clipped(visible.grown(30 / scale)), transform, ratio)
        self._painter.paint(painter, window)

    def refresh(self, boxes: Ints, edges: Ints, scale: float) -> None:
        """Repaint some boxes and edges, with everything that belongs to them."""
        if self._painter is None:
            return
        geometry = self._painter.scene.geometry
        for around in (geometry.boxes.around(boxes), geometry.edges.around(edges)):
            if around is not None:
                self.update(to_qt(around.grown(dirty_margin(geometry, scale))))

    def refresh_labels(self, edges: Ints, scale: float) -> None:
        """Repaint the labels of some edges."""
        if self._painter is None:
            return
        around = self._painter.scene.geometry.edges.around(edges)
        if around is not None:
            x, y = CHIP_REACH / scale, CHIP_HEIGHT / scale
            self.update(to_qt(Rect(around.left - x, around.top - y, around.right + x, around.bottom + y)))
