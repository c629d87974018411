"""What every painter of the canvas is handed: where things are, how they look, and the part of the drawing that is shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPen, QTransform

from ...colours import Theme
from .appearance import Appearance
from .geometry import Geometry, Rect
from .inputs import Ints

NEAR_ROW = 9.0
"""Boxes at least this many pixels high are drawn with labels and curved edges ..."""
NEAR_LIMIT = 4000
"""... unless more than this many are visible."""
SPARSE_ROW, SPARSE_LIMIT = 4.5, 600
"""The same for views with few boxes, which can afford it down to a smaller size."""
BLOCK_ROW = 2.4
"""Below this height of a box in pixels, small groups close to single blocks."""


@dataclass
class Scene:
    """A graph on the canvas. ``selected`` and ``hovered`` are boxes; ``edge_labels`` are texts by drawn edge."""

    geometry: Geometry
    appearance: Appearance
    theme: Theme
    selected: Ints
    hovered: int
    edge_labels: dict[int, str]


@dataclass(frozen=True)
class Window:
    """The part of the drawing on screen, and the part of that which must be painted now.

    What is chosen by looking around (level of detail, places of labels) depends on ``view`` alone, so that painting a part gives
    the same pixels as painting everything.
    """

    view: Rect
    exposed: Rect
    transform: QTransform
    """From the drawing to logical pixels."""
    ratio: float
    """Device pixels per logical pixel."""

    @property
    def scale(self) -> float:
        """Logical pixels per unit of the drawing."""
        return abs(self.transform.m11())

    def row(self, geometry: Geometry) -> float:
        """Height of an ordinary box in pixels."""
        return geometry.row_height * self.scale

    def near(self, geometry: Geometry) -> bool:
        """True when boxes are large enough, and few enough, to be drawn in detail."""
        row = self.row(geometry)
        if row < SPARSE_ROW:
            return False
        limit = NEAR_LIMIT if row >= NEAR_ROW else SPARSE_LIMIT
        return len(geometry) < limit or int(np.count_nonzero(geometry.boxes.touching(self.view))) < limit


def screen_pen(colour: str, width: float, window: Window) -> QPen:
    """A pen that is ``width`` logical pixels wide at any zoom. (A cosmetic pen counts device pixels.)"""
    pen = QPen(QColor(colour), width * window.ratio)
    pen.setCosmetic(True)
    return pen


def to_qt(rect: Rect) -> QRectF:
    """As a Qt rectangle."""
    return QRectF(rect.left, rect.top, rect.width, rect.height)


def from_qt(rect: QRectF) -> Rect:
    """From a Qt rectangle."""
    return Rect(rect.left(), rect.top(), rect.right(), rect.bottom())
