"""Painting a scene at the right level of detail, into whatever painter is given: the window, an image, the minimap."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from .accents import GLOW, AccentPainter
from .edges import EdgePainter
from .geometry import Geometry
from .groups import GroupPainter
from .inputs import Bools, Floats, Ints
from .paints import far_colour
from .primitives import Primitives
from .scene import Scene, Window
from .sprites import PAD, Sprites


class ScenePainter:
    """Paints one scene; keeps what is worth keeping between frames."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._primitives = Primitives()
        self._edges = EdgePainter(self._primitives)
        self._groups = GroupPainter(self._primitives)
        self._accents = AccentPainter()
        self._sprites = Sprites(scene.geometry, scene.appearance)

    def paint(self, painter: QPainter, window: Window, *, titles: bool = True) -> None:
        """Paint the exposed part of the window. ``titles``: write names of groups."""
        scene = self.scene
        if not len(scene.geometry):
            return
        if window.near(scene.geometry):
            self._groups.paint_frames(painter, scene, window, None)
            self._edges.paint_near(painter, scene, window)
            if titles:
                self._groups.paint_titles(painter, scene, window)
            self._accents.paint_glows(painter, scene, window)
            self._stamp_boxes(painter, window)
            self._accents.paint_marks(painter, scene, window)
        else:
            open_groups = self._groups.open_groups(scene, window)
            self._groups.paint_frames(painter, scene, window, open_groups)
            self._edges.paint_far(painter, scene, window, open_groups)
            self._paint_far_boxes(painter, window, open_groups)
            if titles:
                self._groups.paint_titles(painter, scene, window)
        self._accents.paint_rings(painter, scene, window)
        self._accents.paint_chips(painter, scene, window)

    # ------------------------------------------------------------------------------------------------------------ near by
    def _stamp_boxes(self, painter: QPainter, window: Window) -> None:
        geometry, transform, ratio = self.scene.geometry, window.transform, window.ratio
        boxes = np.flatnonzero(geometry.boxes.touching(window.exposed.grown(max(PAD, GLOW))))
        styles = self.scene.appearance.styles(boxes)
        self._sprites.prepare(window.scale, ratio, self.scene.theme)
        # Sprites are stamped at whole device pixels: sharp, and the same wherever they are.
        pad = PAD * window.scale
        x = np.round((geometry.boxes.left[boxes] * transform.m11() + transform.dx() - pad) * ratio) / ratio
        y = np.round((geometry.boxes.top[boxes] * transform.m22() + transform.dy() - pad) * ratio) / ratio
        painter.save()
        painter.resetTransform()
        for box, style, px, py in zip(boxes.tolist(), styles.tolist(), x.tolist(), y.tolist(), strict=True):
            painter.drawPixmap(QPointF(px, py), self._sprites.get(box, style))
        painter.restore()

    # ------------------------------------------------------------------------------------------------------------ far away
    def _paint_far_boxes(self, painter: QPainter, window: Window, open_groups: Bools | None) -> None:
        geometry, look = self.scene.geometry, self.scene.appearance
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        visible = geometry.boxes.touching(window.exposed.grown(2 / window.scale))
        if open_groups is not None:
            visible &= open_groups[geometry.groups.home]
            self._paint_blocks(painter, window, open_groups)
        boxes = np.flatnonzero(visible)
        smallest = 1.6 / window.scale
        width, height = np.maximum(geometry.width[boxes], smallest), np.maximum(geometry.height[boxes], smallest)
        left, top = geometry.x[boxes] - width / 2, geometry.y[boxes] - height / 2
        self._by_colour(painter, look.far_classes()[boxes], left, top, width, height)

    def _paint_blocks(self, painter: QPainter, window: Window, open_groups: Bools) -> None:
        """Closed groups inside open ones: one block each, in the colour of the strongest thing inside."""
        groups = self.scene.geometry.groups
        closed = ~open_groups[:-1] & open_groups[groups.parent] & groups.spans.touching(window.exposed)
        chosen = np.flatnonzero(closed)
        smallest = 1.5 / window.scale
        width, height = np.maximum(groups.width[chosen] * 0.8, smallest), np.maximum(groups.height[chosen] * 0.86, smallest)
        x = (groups.spans.left[chosen] + groups.spans.right[chosen]) / 2
        y = (groups.spans.top[chosen] + groups.spans.bottom[chosen]) / 2
        classes = self.scene.appearance.block_classes()[chosen]
        self._by_colour(painter, classes, x - width / 2, y - height / 2, width, height)

    def _by_colour(self, painter: QPainter, classes: Ints, x: Floats, y: Floats, width: Floats, height: Floats) -> None:
        """Rectangles of one colour at a time; strong colours come last."""
        for far_class in np.unique(classes).tolist():
            some = classes == far_class
            painter.setBrush(far_colour(self.scene.theme, far_class))
            self._primitives.rectangles(painter, x[some], y[some], width[some], height[some])


def dirty_margin(geometry: Geometry, scale: float) -> float:
    """How far beyond its box or edge anything is painted, in the drawing's units: glows, arrow heads, rings, marks."""
    return max(PAD, GLOW, geometry.row_height * 0.5) + 16 / max(scale, 1e-9)
