"""Painting groups: filled frames, one step per level, with a title in the header or, from afar, as a label on a map."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from ...colours import Theme
from ...fonts import interface_font
from .geometry import GroupTree
from .inputs import Bools, Ints
from .primitives import Primitives
from .scene import BLOCK_ROW, Scene, Window, screen_pen

HEADER_MIDDLE = 12.5
HEADER_INSET = 9.0
FRAME_RADIUS = 9.0
TITLE_PIXELS = 11
_HEADER_SCALE = 0.46  # from this zoom on titles fit into headers, below they are labels on a map
_HEADER_SMALLEST = 9  # pixels
_FEW_BOXES = 1500  # graphs with fewer boxes than this show all of them from any distance
_MANY_FRAMES = 600  # more than this many are drawn without rounded corners
_SMALLEST_BLOCK = (7.0, 44.0)  # a group under this width or height in pixels closes when zoomed far out


class GroupPainter:
    """Paints the frames and titles of a scene's groups."""

    def __init__(self, primitives: Primitives) -> None:
        self._primitives = primitives
        self._labels: dict[tuple[object, ...], QPixmap] = {}
        self._widths: dict[str, float] = {}
        self._placed: tuple[tuple[object, ...], list[tuple[int, float, float]]] = ((), [])

    def open_groups(self, scene: Scene, window: Window) -> Bools | None:
        """Which groups show what is inside; None when all do. See :meth:`GroupTree.open_at`."""
        groups = scene.geometry.groups
        if not len(groups) or len(scene.geometry) < _FEW_BOXES or window.row(scene.geometry) >= BLOCK_ROW:
            return None
        width, height = _SMALLEST_BLOCK
        result = groups.open_at((groups.width * window.scale >= width) & (groups.height * window.scale >= height))
        return None if result.all() else result

    # -------------------------------------------------------------------------------------------------------------- frames
    def paint_frames(self, painter: QPainter, scene: Scene, window: Window, open_groups: Bools | None) -> None:
        """Fill the frames, outermost first."""
        groups, theme, scale = scene.geometry.groups, scene.theme, window.scale
        shown = groups.spans.touching(window.exposed) & (groups.width * scale > 14)
        if open_groups is not None:
            shown &= open_groups[:-1]
        if not shown.any():
            return
        # Filling costs by area, so frames are cut a little outside of what is painted.
        area = window.exposed.grown(2.5 * FRAME_RADIUS / min(scale, 1.0))
        spans = groups.spans
        left, top = np.maximum(spans.left, area.left), np.maximum(spans.top, area.top)
        right, bottom = np.minimum(spans.right, area.right), np.minimum(spans.bottom, area.bottom)
        # What is drawn plainly depends on the view, not on the part of it that is painted.
        in_view = int(np.count_nonzero(spans.touching(window.view) & (groups.width * scale > 14)))
        plain = (groups.width * scale < 60) | (in_view > _MANY_FRAMES)
        painter.setPen(screen_pen(theme.group_border, 1, window))
        for level in np.unique(groups.level[shown]).tolist():
            here = shown & (groups.level == level)
            painter.setBrush(QColor(_fill(theme, level)))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            some = here & plain
            self._primitives.rectangles(painter, left[some], top[some], (right - left)[some], (bottom - top)[some])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for group in np.flatnonzero(here & ~plain).tolist():
                frame = QRectF(left[group], top[group], right[group] - left[group], bottom[group] - top[group])
                painter.drawRoundedRect(frame, FRAME_RADIUS, FRAME_RADIUS)

    # -------------------------------------------------------------------------------------------------------------- titles
    def paint_titles(self, painter: QPainter, scene: Scene, window: Window) -> None:
        """Write titles into the headers, or as map labels when headers are too low."""
        groups = scene.geometry.groups
        if not len(groups):
            return
        painter.save()
        painter.resetTransform()
        if window.scale >= _HEADER_SCALE:
            self._paint_headers(painter, scene, window)
        else:
            self._paint_map_labels(painter, scene, window)
        painter.restore()

    def _paint_headers(self, painter: QPainter, scene: Scene, window: Window) -> None:
        groups, transform, scale = scene.geometry.groups, window.transform, window.scale
        size = max(_HEADER_SMALLEST, min(16, round(TITLE_PIXELS * scale)))
        font = interface_font(size, QFont.Weight.DemiBold)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(QColor(scene.theme.group_text))
        for group in np.flatnonzero(groups.spans.touching(window.exposed)).tolist():
            room = groups.width[group] * scale - 1.6 * HEADER_INSET * scale
            if room < 16:
                continue
            corner = transform.map(QPointF(groups.spans.left[group], groups.spans.top[group]))
            text = metrics.elidedText(groups.name[group], Qt.TextElideMode.ElideRight, room)
            x, y = corner.x() + HEADER_INSET * scale, corner.y() + HEADER_MIDDLE * scale
            if size > TITLE_PIXELS * scale + 0.5:
                # A title kept readable reaches further than the layout kept clear: hide the edges behind it.
                behind = QRectF(x - 1, y - size * 0.55, metrics.horizontalAdvance(text) + 3, size * 1.1)
                painter.fillRect(behind, QColor(_fill(scene.theme, int(groups.level[group]))))
            painter.drawText(QPointF(x, y + metrics.capHeight() / 2), text)

    def _paint_map_labels(self, painter: QPainter, scene: Scene, window: Window) -> None:
        """Labels of the outermost groups that are small enough to be named from here, where they do not overlap."""
        for group, x, y in self._placement(scene, window):
            pixmap = self._label(scene.geometry.groups.name[group], scene.theme, window.ratio)
            painter.drawPixmap(QPointF(x, y), pixmap)

    def _placement(self, scene: Scene, window: Window) -> list[tuple[int, float, float]]:
        groups, transform, scale = scene.geometry.groups, window.transform, window.scale
        key = (id(scene.geometry), window.view, scale, transform.dx(), transform.dy())
        if self._placed[0] == key:
            return self._placed[1]
        spans = groups.spans
        # Not the group that fills the view: it has nothing to tell apart.
        fills = (groups.width > 0.5 * window.view.width) & (groups.height > 0.5 * window.view.height)
        named = (groups.height * scale >= 26) & ~fills
        chosen = np.flatnonzero(self._outermost(groups, named) & spans.touching(window.view) & (groups.width * scale > 14))
        centre = (spans.left[chosen] + spans.right[chosen]) / 2 * transform.m11() + transform.dx()
        top = spans.top[chosen] * transform.m22() + transform.dy()
        row = np.round(top / 9)
        result: list[tuple[int, float, float]] = []
        last_row, last_right = None, -1e9
        for place in np.lexsort((centre, row)).tolist():
            group, x, y = int(chosen[place]), float(centre[place]), float(top[place])
            half = self._width(groups.name[group]) / 2 + 7
            if row[place] == last_row and x - half < last_right + 4:
                continue
            last_row, last_right = row[place], x + half
            result.append((group, float(round(x - half)), float(round(y - 13))))
        self._placed = (key, result)
        return result

    @staticmethod
    def _outermost(groups: GroupTree, named: Bools) -> Bools:
        """Those of ``named`` that have none of ``named`` around them."""
        result, covered = named.copy(), np.append(np.zeros(len(named), bool), False)
        for level in range(1, int(groups.level.max()) + 1):
            here: Ints = np.flatnonzero(groups.level == level)
            inside = covered[groups.parent[here]]
            result[here] &= ~inside
            covered[here] = inside | named[here]
        return result

    def _width(self, text: str) -> float:
        known = self._widths.get(text)
        if known is None:
            known = self._widths[text] = QFontMetricsF(_label_font()).horizontalAdvance(text)
        return known

    def _label(self, text: str, theme: Theme, ratio: float) -> QPixmap:
        key = (text, theme.name, ratio)
        pixmap = self._labels.get(key)
        if pixmap is None:
            if len(self._labels) > 4000:
                self._labels.clear()
            width = self._width(text) + 14
            pixmap = QPixmap(math.ceil(width * ratio), math.ceil(19 * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            frame = QRectF(0.5, 0.5, width - 1, 17.5)
            painter.setPen(QPen(QColor(theme.group_border), 1))
            painter.setBrush(QColor(theme.canvas))
            painter.drawRoundedRect(frame, 8, 8)
            painter.setFont(_label_font())
            painter.setPen(QColor(theme.group_text))
            painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, text)
            painter.end()
            self._labels[key] = pixmap
        return pixmap


def _fill(theme: Theme, level: int) -> str:
    """What groups of a level are filled with."""
    return theme.group_fills[min(level, len(theme.group_fills) - 1)]


def _label_font() -> QFont:
    return interface_font(TITLE_PIXELS, QFont.Weight.DemiBold)
