"""What lies on top of boxes and edges, a few things at a time: glows, rings, marks at the corners, chips with values on edges."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from ...colours import Theme
from ...fonts import interface_font
from ...icons import draw_icon
from .appearance import Emphasis
from .geometry import Geometry, Rect
from .inputs import Floats, Ints
from .scene import Scene, Window, screen_pen, to_qt
from .sprites import corner_radius

GLOW = 9.0
"""How far a glow reaches beyond its box, in the drawing's units."""
CHIP_HEIGHT = 17.0
CHIP_REACH = 160.0
"""No chip extends further than this from its edge, in pixels."""
_GLOW_STEPS = np.linspace(GLOW, 1.0, 9).tolist()
_GLOW_ALPHA = 15
_CHIP_PIXELS = 11
_CHIP_LARGEST = 1.3  # chips grow with the zoom up to this
_CHIP_MIN_SCALE = 0.45
_MARK_SIZE = 14.0
_MARK_MIN_SCALE = 0.4


class AccentPainter:
    """Paints accents of a scene in the drawing's coordinates."""

    def paint_glows(self, painter: QPainter, scene: Scene, window: Window) -> None:
        """A soft halo around the boxes that run now, and around a failed one; goes beneath the boxes."""
        look, geometry, theme = scene.appearance, scene.geometry, scene.theme
        lit = np.flatnonzero((look.emphasis == Emphasis.HOT) | (look.emphasis == Emphasis.FAILED))
        painter.setPen(Qt.PenStyle.NoPen)
        for box in lit[geometry.boxes.touching(window.exposed.grown(GLOW))[lit]].tolist():
            colour = QColor(theme.hot if look.emphasis[box] == Emphasis.HOT else theme.error)
            rect, radius = to_qt(geometry.boxes.rect(box)), corner_radius(int(geometry.kind[box]), float(geometry.height[box]))
            colour.setAlpha(_GLOW_ALPHA)
            painter.setBrush(colour)
            for reach in _GLOW_STEPS:
                painter.drawRoundedRect(rect.adjusted(-reach, -reach, reach, reach), radius + reach, radius + reach)

    def paint_rings(self, painter: QPainter, scene: Scene, window: Window) -> None:
        """Rings around the hovered and the selected boxes; from afar they keep a visible size."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if scene.hovered >= 0 and scene.hovered not in scene.selected:
            self._ring(painter, scene.geometry, window, scene.hovered, scene.theme.hover, 1.6)
        for box in scene.selected.tolist():
            self._ring(painter, scene.geometry, window, box, scene.theme.selection, 2.2)

    @staticmethod
    def _ring(painter: QPainter, geometry: Geometry, window: Window, box: int, colour: str, width: float) -> None:
        scale = window.scale
        gap = max(2.6, 3.0 / scale)
        rect = to_qt(geometry.boxes.rect(box).grown(gap))
        radius = corner_radius(int(geometry.kind[box]), float(geometry.height[box])) + gap
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(screen_pen(colour, width, window))
        painter.drawRoundedRect(rect, radius, radius)

    # --------------------------------------------------------------------------------------------------------------- marks
    def paint_marks(self, painter: QPainter, scene: Scene, window: Window) -> None:
        """Breakpoints at the left, hooks at the top right, version bumps at the bottom right corner of their boxes."""
        if window.scale < _MARK_MIN_SCALE:
            return
        look, boxes = scene.appearance, scene.geometry.boxes
        self._mark(painter, scene, window, look.hooks, "hook", boxes.right - 2, boxes.top)
        self._mark(painter, scene, window, look.bumps, "version_bump", boxes.right - 2, boxes.bottom)
        visible = boxes.touching(window.exposed.grown(_MARK_SIZE))[look.breakpoints]
        ring = QColor(scene.theme.canvas)
        for box in look.breakpoints[visible].tolist():
            painter.setPen(QPen(ring, 1.6))
            painter.setBrush(QColor(scene.theme.breakpoint))
            painter.drawEllipse(QPointF(boxes.left[box] - 2.5, scene.geometry.y[box]), 5.0, 5.0)

    @staticmethod
    def _mark(
        painter: QPainter,
        scene: Scene,
        window: Window,
        where: Ints,
        icon: str,
        x: Floats,
        y: Floats,
    ) -> None:
        visible = scene.geometry.boxes.touching(window.exposed.grown(_MARK_SIZE))[where]
        theme, half = scene.theme, _MARK_SIZE / 2
        for box in where[visible].tolist():
            disc = QRectF(x[box] - half, y[box] - half, _MARK_SIZE, _MARK_SIZE)
            painter.setPen(QPen(QColor(getattr(theme, icon)), 1.0))
            painter.setBrush(QColor(theme.canvas))
            painter.drawEllipse(disc)
            draw_icon(painter, icon, theme, disc.adjusted(2.4, 2.4, -2.4, -2.4))

    # --------------------------------------------------------------------------------------------------------------- chips
    def paint_chips(self, painter: QPainter, scene: Scene, window: Window) -> None:
        """The labels of edges, beside the middle of each edge where they cover neither boxes nor each other."""
        if not scene.edge_labels or window.scale < _CHIP_MIN_SCALE:
            return
        painter.save()
        painter.resetTransform()
        size = min(max(window.scale, 1.0), _CHIP_LARGEST)
        painter.setFont(interface_font(round(_CHIP_PIXELS * size)))
        height = round(CHIP_HEIGHT * size)
        metrics = QFontMetricsF(painter.font())
        lines = {edge: _on_screen(scene.geometry.edge_line(edge), window) for edge in sorted(scene.edge_labels)}
        spots = [spot for line in lines.values() for spot in _spots(line, np.linspace(0, 1, 25))]
        placed: list[QRectF] = []
        for edge, line in lines.items():
            text = scene.edge_labels[edge]
            width = min(metrics.horizontalAdvance(text) + 14, CHIP_REACH)
            chip = _place(line, width, height, [*_boxes_near(scene.geometry, window, line), *placed], spots)
            placed.append(chip)
            _draw_chip(painter, chip, metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - 10), scene.theme)
        painter.restore()


def _boxes_near(geometry: Geometry, window: Window, points: Floats) -> list[QRectF]:
    """The boxes around an edge, in pixels."""
    inverse = window.transform.inverted()[0]
    low, high = points.min(axis=0), points.max(axis=0)
    around = inverse.mapRect(QRectF(QPointF(*low), QPointF(*high)).adjusted(-CHIP_REACH, -30, CHIP_REACH, 30))
    near = np.flatnonzero(geometry.boxes.touching(Rect(around.left(), around.top(), around.right(), around.bottom())))
    return [window.transform.mapRect(to_qt(geometry.boxes.rect(box))) for box in near[:200].tolist()]


def _on_screen(line: Floats, window: Window) -> Floats:
    """A polyline of the drawing in pixels."""
    transform = window.transform
    return line * (transform.m11(), transform.m22()) + (transform.dx(), transform.dy())


def _spots(line: Floats, shares: Floats) -> list[QPointF]:
    """The points of a polyline at some shares of its length."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    x, y = (np.interp(shares * along[-1], along, line[:, axis]) for axis in (0, 1))
    return [QPointF(*spot) for spot in zip(x.tolist(), y.tolist(), strict=True)]


def _place(line: Floats, width: float, height: float, obstacles: Iterable[QRectF], points: list[QPointF]) -> QRectF:
    """A place for a chip beside its edge where it covers no obstacle and no point; on the edge when there is none.

    Tried are the right and the left of the middle, then of other parts of the edge.
    """
    blocked = [rect.adjusted(-1, -1, 1, 1) for rect in obstacles]
    tries = ((0.5, 8), (0.38, 8), (0.62, 8), (0.5, 16), (0.25, 8), (0.75, 8), (0.5, 26))
    for spot, (_, gap) in zip(_spots(line, np.array([share for share, _ in tries])), tries, strict=True):
        for left in (spot.x() + gap, spot.x() - gap - width):
            chip = QRectF(round(left), round(spot.y() - height / 2), round(width), height)
            clear = chip.adjusted(-3, -1, 3, 1)
            if not any(chip.intersects(rect) for rect in blocked) and not any(clear.contains(point) for point in points):
                return chip
    (middle,) = _spots(line, np.array([0.5]))
    return QRectF(round(middle.x() - width / 2), round(middle.y() - height / 2), round(width), height)


def _draw_chip(painter: QPainter, chip: QRectF, text: str, theme: Theme) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.hot))
    painter.drawRoundedRect(chip, chip.height() / 2, chip.height() / 2)
    painter.setPen(QColor(theme.hot_text))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
