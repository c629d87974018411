"""Painting edges: smooth with arrow heads near by, straight pieces from afar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap, QPolygonF

from ...colours import Theme, mix
from .geometry import Geometry, Rect
from .inputs import Bools, Flow, Ints
from .primitives import Primitives
from .scene import NEAR_ROW, Scene, Window, screen_pen

# An arrow head by direction (0 down, 1 up, 2 right, 3 left), as multiples of its size; the tip is at 0, 0.
_HEADS = (
    ((0, 0), (-0.5, -0.95), (0.5, -0.95)),
    ((0, 0), (-0.5, 0.95), (0.5, 0.95)),
    ((0, 0), (-0.95, -0.5), (-0.95, 0.5)),
    ((0, 0), (0.95, -0.5), (0.95, 0.5)),
)
_FEW = 1500  # graphs with fewer edges than this are smooth even from afar
_SHORTEST_PIXELS = 2.5
_MOST_PIECES = 12_000


@dataclass(frozen=True)
class _Look:
    colour: str
    width: float
    backward: bool
    """The arrow shows the way of the gradient, against the direction of drawing."""


class EdgePainter:
    """Paints the edges of a scene."""

    def __init__(self, primitives: Primitives) -> None:
        self._primitives = primitives
        self._shortest_for: tuple[tuple[Rect, float] | None, float] = (None, 0.0)
        self._heads: dict[tuple[object, ...], tuple[QPixmap, float]] = {}

    # ------------------------------------------------------------------------------------------------------------ near by
    def paint_near(self, painter: QPainter, scene: Scene, window: Window) -> None:
        """Smooth edges with arrow heads; where gradients flow now comes last, on top."""
        geometry, scale = scene.geometry, window.scale
        margin = 12 / scale
        exposed = window.exposed.grown(margin)
        visible = geometry.piece_spans.touching(exposed)
        pieces = np.flatnonzero(visible)
        segments, owner = geometry.pieces.segments(pieces)
        edge = geometry.pieces.edge[owner]
        edges = np.flatnonzero(geometry.edges.touching(exposed))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for look, chosen in self._looks(scene):
            lines = segments[chosen[edge]]
            if len(lines):
                pen = screen_pen(look.colour, look.width * min(max(scale, 0.75), 1.5), window)
                if look.width > 2:
                    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                painter.setPen(pen)
                self._primitives.lines(painter, lines)
            if scale > 0.4:
                self._paint_heads(painter, scene, window, edges[chosen[edges]], look)

    def _shortest(self, geometry: Geometry, window: Window) -> float:
        """Length of the shortest piece to draw from afar: a few pixels, more where that would still be too many pieces.

        It depends on the view alone: what is repainted in part must look as before.
        """
        key = (window.view, window.scale)
        if self._shortest_for[0] != key:
            shortest = _SHORTEST_PIXELS / window.scale
            lengths = geometry.piece_length[geometry.piece_spans.touching(window.view) & (geometry.piece_length >= shortest)]
            if len(lengths) > _MOST_PIECES:
                shortest = float(np.partition(lengths, -_MOST_PIECES)[-_MOST_PIECES])
            self._shortest_for = (key, shortest)
        return self._shortest_for[1]

    def _looks(self, scene: Scene) -> list[tuple[_Look, Bools]]:
        theme, geometry, look = scene.theme, scene.geometry, scene.appearance
        pending = look.flow == Flow.NOT_YET
        faint = _faint if look.replaying else _plain
        looks = [
            (_Look(faint(theme, theme.edge), 1.1, backward=False), pending & ~geometry.from_leaf),
            (_Look(faint(theme, theme.edge_leaf), 1.1, backward=False), pending & geometry.from_leaf),
            (_Look(theme.visited, 1.5, backward=True), look.flow == Flow.FLOWED),
        ]
        if scene.hovered >= 0:
            touched = np.zeros(len(pending), bool)
            touched[geometry.edges_of(scene.hovered)] = True
            looks.append((_Look(theme.hover, 2.0, backward=False), touched & pending))
            looks.append((_Look(mix(theme.visited, theme.hot, 0.6), 2.2, backward=True), touched & (look.flow == Flow.FLOWED)))
        looks.append((_Look(theme.hot, 2.4, backward=True), look.flow == Flow.NOW))
        return looks

    def _paint_heads(self, painter: QPainter, scene: Scene, window: Window, edges: Ints, look: _Look) -> None:
        """One arrow head for each edge, stamped at whole pixels like the boxes they touch."""
        if not len(edges):
            return
        geometry, transform = scene.geometry, window.transform
        first, last = geometry.first_piece[edges], geometry.first_piece[edges + 1] - 1
        tips = geometry.pieces.start[first] if look.backward else geometry.pieces.end[last]
        directions = geometry.leave[edges] if look.backward else geometry.arrive[edges]
        size = min(max((9.5 if look.width > 2 else 7.0) * window.scale, 4.0), 14.0)
        x, y = tips[:, 0] * transform.m11() + transform.dx(), tips[:, 1] * transform.m22() + transform.dy()
        # The tip rests on the border of the box.
        shift = np.array([[0, 0], [0, 1], [0, 0], [1, 0]])[directions]
        painter.save()
        painter.resetTransform()
        for direction, px, py in zip(directions.tolist(), (x + shift[:, 0]).tolist(), (y + shift[:, 1]).tolist(), strict=True):
            pixmap, centre = self._head(look.colour, direction, size, window.ratio)
            painter.drawPixmap(QPointF(round(px) - centre, round(py) - centre), pixmap)
        painter.restore()

    def _head(self, colour: str, direction: int, size: float, ratio: float) -> tuple[QPixmap, float]:
        key = (colour, direction, round(size, 1), ratio)
        found = self._heads.get(key)
        if found is None:
            if len(self._heads) > 500:
                self._heads.clear()
            centre = float(np.ceil(size)) + 1
            pixmap = QPixmap(round(2 * centre * ratio), round(2 * centre * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            head = QPainter(pixmap)
            head.setRenderHint(QPainter.RenderHint.Antialiasing)
            head.setPen(Qt.PenStyle.NoPen)
            head.setBrush(QColor(colour))
            head.drawPolygon(QPolygonF([QPointF(centre + dx * size, centre + dy * size) for dx, dy in _HEADS[direction]]))
            head.end()
            found = self._heads[key] = (pixmap, centre)
        return found

    # ------------------------------------------------------------------------------------------------------------ far away
    def paint_far(self, painter: QPainter, scene: Scene, window: Window, open_groups: Bools | None) -> None:
        """Straight one-pixel pieces; what is shorter than a few pixels or hidden in a closed group is left out."""
        geometry, look = scene.geometry, scene.appearance
        chosen = geometry.piece_spans.touching(window.exposed) & (geometry.piece_length >= self._shortest(geometry, window))
        if open_groups is not None:
            chosen &= open_groups[geometry.piece_group]
        pieces = np.flatnonzero(chosen)
        segments = np.concatenate([geometry.pieces.start[pieces], geometry.pieces.end[pieces]], axis=1)
        flow = look.flow[geometry.pieces.edge[pieces]]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(geometry.src) < _FEW)
        strength = 0.5 + 0.5 * min(1.0, window.row(geometry) / NEAR_ROW)
        ground = scene.theme.group_fills[2]
        plain = mix(ground, scene.theme.edge, strength * (0.55 if look.replaying else 1.0))
        for state, colour, width in (
            (Flow.NOT_YET, plain, 0),
            (Flow.FLOWED, scene.theme.visited, 0),
            (Flow.NOW, scene.theme.hot, 2),
        ):
            painter.setPen(screen_pen(colour, width, window))
            self._primitives.lines(painter, segments[flow == state])


def _plain(_theme: Theme, colour: str) -> str:
    return colour


def _faint(theme: Theme, colour: str) -> str:
    return mix(colour, theme.group_fills[1], 0.5)
