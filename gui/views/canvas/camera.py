"""Where the canvas looks: the point in the middle of the view and the zoom, changed at once or in a short glide."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QObject, QSize, QVariantAnimation, Signal

from .geometry import Rect

FIT_MARGIN = 28.0
"""Free pixels around a graph that fits the view."""
FIT_LARGEST = 1.6
"""Fitting never enlarges a graph beyond this."""
LARGEST_SCALE = 4.0


@dataclass(frozen=True)
class Look:
    """A position of the camera: the centre in the drawing's coordinates, and pixels per unit."""

    x: float
    y: float
    scale: float

    def towards(self, other: Look, share: float) -> Look:
        """A position on the way. The zoom is interpolated geometrically, and a point that stays put at both ends never moves."""
        scale = self.scale * (other.scale / self.scale) ** share
        # A zoom around a fixed point moves the centre linearly in 1 / scale.
        way = 1 / other.scale - 1 / self.scale
        part = (1 / scale - 1 / self.scale) / way if abs(way) > 1e-9 / self.scale else share
        return Look(self.x + (other.x - self.x) * part, self.y + (other.y - self.y) * part, scale)


def fitting(bounds: Rect, size: QSize) -> Look:
    """Where to look to see all of ``bounds`` in a widget of ``size``."""
    width, height = (max(side - 2 * FIT_MARGIN, 20.0) for side in size.toTuple())
    scale = min(width / max(bounds.width, 1.0), height / max(bounds.height, 1.0), FIT_LARGEST)
    return Look((bounds.left + bounds.right) / 2, (bounds.top + bounds.bottom) / 2, scale)


class Camera(QObject):
    """Holds the current :class:`Look`; ``moved`` says that it changed."""

    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.look = Look(0.0, 0.0, 1.0)
        self.target = self.look
        """Where a glide ends; equal to ``look`` when there is none."""
        self._origin = self.look
        self._glide = QVariantAnimation(self)
        self._glide.setStartValue(0.0)
        self._glide.setEndValue(1.0)
        self._glide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._glide.valueChanged.connect(self._advance)

    def jump(self, look: Look) -> None:
        """Look there at once."""
        self._glide.stop()
        self.look = self.target = look
        self.moved.emit()

    def glide(self, look: Look, milliseconds: int) -> None:
        """Look there in a moment; a newer call takes over from where the older one has come to."""
        self._glide.stop()
        self._origin, self.target = self.look, look
        self._glide.setDuration(milliseconds)
        self._glide.start()

    @property
    def gliding(self) -> bool:
        """True while on the way."""
        return self._glide.state() == QAbstractAnimation.State.Running

    def _advance(self, share: float) -> None:
        self.look = self.target if share >= 1.0 else self._origin.towards(self.target, share)
        self.moved.emit()
