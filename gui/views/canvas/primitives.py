"""Arrays of rectangles and lines handed to a ``QPainter`` straight from NumPy, without a Python object for each."""

from __future__ import annotations

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter

from .inputs import Floats


class _Buffer:
    """A growing array of (x, 4) doubles that Qt reads as an array of rectangles or lines.

    ``QRectF`` (x, y, width, height) and ``QLineF`` (x1, y1, x2, y2) are both four doubles, so a C-ordered float64 array has their
    layout. The array must outlive the call, which is why it is kept.
    """

    def __init__(self, kind: type[QRectF] | type[QLineF]) -> None:
        self._kind = kind
        self._data = np.empty((0, 4))
        self._first: object = None

    def fill(self, values: Floats) -> object:
        """Copy ``values`` (k, 4) in and return a reference to the first element, as Qt's array overloads want it."""
        if len(values) > len(self._data):
            self._data = np.empty((max(len(values), 2 * len(self._data), 256), 4))
            self._first = shiboken6.wrapInstance(self._data.ctypes.data, self._kind)
        self._data[: len(values)] = values
        return self._first


class Primitives:
    """Draws many rectangles or lines with one call, in the painter's pen and brush."""

    def __init__(self) -> None:
        self._rectangles = _Buffer(QRectF)
        self._lines = _Buffer(QLineF)

    def rectangles(self, painter: QPainter, x: Floats, y: Floats, width: Floats, height: Floats) -> None:
        """Draw rectangles from their top left corners and sizes."""
        if len(x):
            painter.drawRects(self._rectangles.fill(np.stack([x, y, width, height], axis=1)), len(x))  # type: ignore[call-overload]

    def lines(self, painter: QPainter, segments: Floats) -> None:
        """Draw segments (k, 4): ``x1 y1 x2 y2``."""
        if len(segments):
            painter.drawLines(self._lines.fill(segments), len(segments))  # type: ignore[call-overload]
