"""Boxes with their labels, drawn once for each distinct look at the current zoom and then stamped wherever they occur.

Stamping a sprite takes under two microseconds, drawing a rounded box with text nearly thirty; a view holds few distinct ones.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from ...colours import Theme
from ...fonts import interface_font
from ...translation import spoken_name
from .appearance import Appearance
from .geometry import Geometry
from .inputs import Kind
from .paints import BoxPaint, box_paint

LABEL_PIXELS = 12
READABLE = 5.0
"""Text smaller than this many pixels is left out."""
RADIUS = 6.0
GROUP_RADIUS = 9.0
PAD = 8.0
"""Room around a box in its sprite, for shadow and border, in the drawing's units."""
_LIMIT = 4000
_SHADOW_SCALE = 0.5  # shadows would be thinner than a pixel below


def corner_radius(kind: int, height: float) -> float:
    """Radius of a box's corners: leaves are pills."""
    if kind == Kind.LEAF:
        return height / 2
    return GROUP_RADIUS if kind == Kind.GROUP else RADIUS


class Sprites:
    """A cache of pixmaps for one geometry, valid for one zoom, screen and theme at a time."""

    def __init__(self, geometry: Geometry, appearance: Appearance) -> None:
        self._geometry, self._appearance = geometry, appearance
        self._made: dict[int, QPixmap] = {}
        self._valid_for: tuple[object, ...] = ()
        self._scale, self._ratio = 1.0, 1.0
        self._theme: Theme | None = None

    def prepare(self, scale: float, ratio: float, theme: Theme) -> None:
        """Say how the next sprites are wanted; forgets those made for another zoom."""
        wanted = (round(scale, 5), ratio, theme.name)
        if wanted != self._valid_for or len(self._made) > _LIMIT:
            self._made.clear()
            self._valid_for = wanted
        self._scale, self._ratio, self._theme = scale, ratio, theme

    def get(self, box: int, style: int) -> QPixmap:
        """The sprite of a box; its box begins ``PAD * scale`` from its top left corner."""
        pixmap = self._made.get(style)
        if pixmap is None:
            pixmap = self._made[style] = self._draw(box)
        return pixmap

    def _draw(self, box: int) -> QPixmap:
        assert self._theme is not None
        geometry, look = self._geometry, self._appearance
        width, height, kind = float(geometry.width[box]), float(geometry.height[box]), int(geometry.kind[box])
        zoom = self._scale * self._ratio
        pixmap = QPixmap(math.ceil((width + 2 * PAD) * zoom), math.ceil((height + 2 * PAD) * zoom))
        pixmap.setDevicePixelRatio(self._ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.scale(self._scale, self._scale)
        paint = box_paint(
            self._theme,
            kind,
            geometry.picture.family[box],
            int(look.emphasis[box]),
            look.bin_of(box),
            bool(look.nonfinite[box]),
        )
        draw_box(
            painter,
            QRectF(PAD, PAD, width, height),
            spoken_name(geometry.picture.label[box]),
            kind,
            paint,
            self._theme,
            scale=self._scale,
            idle=bool(look.idle[box]),
            nonfinite=bool(look.nonfinite[box]),
        )
        painter.end()
        return pixmap


def draw_box(
    painter: QPainter,
    rect: QRectF,
    label: str,
    kind: int,
    paint: BoxPaint,
    theme: Theme,
    *,
    scale: float,
    idle: bool = False,
    nonfinite: bool = False,
) -> None:
    """Draw one box and its label in the drawing's units, on a painter already scaled by ``scale``."""
    radius = corner_radius(kind, rect.height())
    if scale > _SHADOW_SCALE:
        _draw_shadow(painter, rect, radius, theme)
    if kind == Kind.GROUP:
        _draw_stack(painter, rect, paint)
    # Borders keep about one pixel when zoomed out.
    pen = QPen(QColor(paint.border), max(paint.border_width, paint.border_width * 0.75 / scale))
    if idle or kind == Kind.PLACEHOLDER:
        pen.setDashPattern([3.0, 2.2])
    painter.setPen(pen)
    painter.setBrush(QColor(paint.fill))
    painter.drawRoundedRect(rect, radius, radius)
    if nonfinite:
        _draw_hatch(painter, rect, radius, theme)
    has_bar = kind == Kind.OP and scale > 0.35
    if has_bar:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(paint.bar))
        painter.drawRoundedRect(QRectF(rect.left() + 5, rect.top() + 6.5, 3, rect.height() - 13), 1.5, 1.5)
    if scale * LABEL_PIXELS >= READABLE:
        _draw_label(painter, rect.adjusted(9 if has_bar else 4, 0, -3 if has_bar else -4, 0), label, kind, paint)


def _draw_shadow(painter: QPainter, rect: QRectF, radius: float, theme: Theme) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for grow, alpha in ((1.6, 10), (0.7, 16)):
        painter.setBrush(QColor(0, 0, 0, alpha * 3 if theme.dark else alpha))
        painter.drawRoundedRect(rect.adjusted(-grow, 1.2 - grow, grow, 1.4 + grow), radius + grow, radius + grow)


def _draw_stack(painter: QPainter, rect: QRectF, paint: BoxPaint) -> None:
    """Two lines under the box say: collapsed, there is more inside."""
    painter.setPen(QPen(QColor(paint.border), 1.0))
    for inset, below in ((8.0, 2.6), (14.0, 5.2)):
        y = rect.bottom() + below
        painter.drawLine(QPointF(rect.left() + inset, y), QPointF(rect.right() - inset, y))


def _draw_hatch(painter: QPainter, rect: QRectF, radius: float, theme: Theme) -> None:
    """Diagonal stripes: a NaN or an infinity passed here."""
    colour = QColor(theme.error)
    colour.setAlpha(62 if theme.dark else 52)
    painter.save()
    inner = rect.adjusted(1, 1, -1, -1)
    shape = QPainterPath()
    shape.addRoundedRect(inner, radius - 1, radius - 1)
    painter.setClipPath(shape)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(colour))
    x = inner.left() - inner.height()
    slant = inner.height()
    while x < inner.right():
        corners = ((x, inner.bottom()), (x + 3, inner.bottom()), (x + 3 + slant, inner.top()), (x + slant, inner.top()))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
        x += 8
    painter.restore()
    # A clip has hard edges: the border is drawn again over them.
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.error), 1.6))
    painter.drawRoundedRect(rect, radius, radius)


def _draw_label(painter: QPainter, room: QRectF, label: str, kind: int, paint: BoxPaint) -> None:
    """The label, centred; what follows an arrow or a dot is quieter."""
    strong = interface_font(LABEL_PIXELS, QFont.Weight.DemiBold if kind == Kind.GROUP else QFont.Weight.Medium)
    quiet = interface_font(LABEL_PIXELS)
    first, separator, second = _parts(label)
    metrics, quiet_metrics = QFontMetricsF(strong), QFontMetricsF(quiet)
    widths = metrics.horizontalAdvance(first), quiet_metrics.horizontalAdvance(separator + second)
    shrink = min(1.0, room.width() / max(1.0, sum(widths)))
    painter.save()
    # A label a little wider than its box is set a little smaller rather than cut.
    painter.translate(room.center().x() - sum(widths) * shrink / 2, room.center().y() + metrics.capHeight() * shrink / 2)
    painter.scale(shrink, shrink)
    painter.setFont(strong)
    painter.setPen(QColor(paint.text))
    painter.drawText(QPointF(0, 0), first)
    painter.setFont(quiet)
    painter.setPen(QColor(paint.second))
    painter.drawText(QPointF(widths[0], 0), separator + second)
    painter.restore()


def _parts(label: str) -> tuple[str, str, str]:
    for separator in (" → ", " · ", "  ·  "):
        if separator in label:
            return label.partition(separator)
    return label, "", ""
