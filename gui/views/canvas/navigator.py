"""Where to look on the canvas: what the user's gestures and the replay ask for, as positions of the camera."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF

from .camera import FIT_MARGIN, LARGEST_SCALE, Camera, Look, fitting
from .geometry import Geometry
from .scene import from_qt
from .viewport import Viewport

READABLE_SCALE = 0.8
"""The zoom at which a single node is brought into view when it would be too small to read."""
FIRST_SCALE = 0.65
"""The zoom at which a new graph is shown when all of it would be too small to read."""
FIRST_PART = 2.5
"""As long as all of it is no higher than so many times the view at that zoom; else an overview says more."""
NOTCH = 1.2
"""How much closer one notch of the wheel goes."""
_WHEEL_MS, _JOURNEY_MS = 110, 260

Anchor = tuple[int, float, float]
"""A node id, and where its box is drawn."""


class Navigator:
    """Moves the camera over the drawing in ``geometry``; without one it stays where it is."""

    def __init__(self, camera: Camera, viewport: Viewport, may_glide: Callable[[], bool]) -> None:
        self.geometry: Geometry | None = None
        self.fitted = True
        """The view is the one chosen here, also when the widget is resized, until the user moves."""
        self._whole = False
        self._camera = camera
        self._viewport = viewport
        self._may_glide = may_glide

    def fit_first(self) -> None:
        """Show a new graph, or an old one in a new size: whole, or, where that is too small to read, its end.

        There the backward begins, and the rest is not far. Once the user has asked for the whole graph, it is that.
        """
        self.fitted = True
        if self.geometry is None or not len(self.geometry):
            return
        bounds, size = self.geometry.bounds, self._viewport.size()
        look = fitting(bounds, size)
        is_long = FIRST_SCALE / FIRST_PART < look.scale < FIRST_SCALE and bounds.width * FIRST_SCALE < size.width()
        if is_long and not self._whole:
            look = Look(look.x, bounds.bottom - (size.height() / 2 - FIT_MARGIN) / FIRST_SCALE, FIRST_SCALE)
        self._go(look, False)

    def fit(self, *, animated: bool = False) -> None:
        """Bring the whole graph into view; small graphs are not blown up."""
        self.fitted = self._whole = True
        if self.geometry is not None and len(self.geometry):
            self._go(fitting(self.geometry.bounds, self._viewport.size()), animated)

    def zoom(self, factor: float, anchor: QPointF | None = None) -> None:
        """Zoom around a position of the widget, which keeps showing the same point; None for the middle."""
        if self.geometry is None or not len(self.geometry):
            return
        start, now = self._camera.target, self._camera.look
        smallest = min(0.4, fitting(self.geometry.bounds, self._viewport.size()).scale * 0.5)
        scale = min(max(start.scale * factor, smallest), LARGEST_SCALE)
        middle = QPointF(self._viewport.width() / 2, self._viewport.height() / 2)
        offset = (anchor if anchor is not None else middle) - middle
        # The point under the mouse now is the one that stays there.
        x, y = now.x + offset.x() / now.scale, now.y + offset.y() / now.scale
        self.fitted = False
        self._go(Look(x - offset.x() / scale, y - offset.y() / scale, scale), True, _WHEEL_MS)

    def center_on(self, node_id: int, *, animated: bool = False) -> None:
        """Bring a node to the middle; a leaf that is drawn several times by its box nearest to what is in view now."""
        geometry, box = self.geometry, self.nearest_box(node_id)
        if geometry is None or box < 0:
            return
        scale = self._camera.look.scale
        if scale < 0.5 * READABLE_SCALE:
            scale = READABLE_SCALE
        self.fitted = False
        self._go(Look(float(geometry.x[box]), float(geometry.y[box]), scale), animated)

    def ensure_visible(self, node_id: int, *, animated: bool = False) -> None:
        """Move only when a node is outside the view or near its edge, and then no further than to bring it in; for stepping."""
        geometry, box = self.geometry, self.nearest_box(node_id)
        if geometry is None or box < 0:
            return
        view = from_qt(self._viewport.visible_rect())
        inner = view.grown(-0.12 * min(view.width, view.height))
        spot = geometry.boxes.rect(box)
        x = min(0.0, spot.left - inner.left) + max(0.0, spot.right - inner.right)
        y = min(0.0, spot.top - inner.top) + max(0.0, spot.bottom - inner.bottom)
        if (x or y) and not view.contains(geometry.bounds):
            self.fitted = False
            look = self._camera.target
            self._go(Look(look.x + x, look.y + y, look.scale), animated)

    def look_at(self, x: float, y: float) -> None:
        """Bring a point of the drawing to the middle, at once."""
        self.fitted = False
        self._camera.jump(Look(x, y, self._camera.look.scale))

    def drag(self, moved: QPointF) -> None:
        """Let the drawing follow the mouse, which moved by so many pixels."""
        look = self._camera.look
        self.look_at(look.x - moved.x() / look.scale, look.y - moved.y() / look.scale)

    def nearest_box(self, node_id: int) -> int:
        """Of the boxes of a node the one nearest to the middle of the view; -1 when there is none."""
        look = self._camera.look
        return self._box_nearest_to(node_id, look.x, look.y)

    def anchor(self, hovered: int) -> Anchor | None:
        """The node that stays in place when the drawing changes: that of the box ``hovered``, or the one nearest to the middle."""
        geometry, look = self.geometry, self._camera.look
        if geometry is None or not len(geometry):
            return None
        box = hovered if hovered >= 0 else int(np.argmin(np.hypot(geometry.x - look.x, geometry.y - look.y)))
        return geometry.node_id(box), float(geometry.x[box]), float(geometry.y[box])

    def hold(self, anchor: Anchor) -> None:
        """Look such that a node of an earlier drawing is where it was on the screen."""
        node_id, x, y = anchor
        look, box = self._camera.look, self._box_nearest_to(node_id, x, y)
        if self.geometry is not None and box >= 0:
            look = Look(look.x + float(self.geometry.x[box]) - x, look.y + float(self.geometry.y[box]) - y, look.scale)
        self._camera.jump(look)

    def _box_nearest_to(self, node_id: int, x: float, y: float) -> int:
        geometry = self.geometry
        boxes = np.array(geometry.boxes_of(node_id) if geometry is not None else (), np.int64)
        if geometry is None or not len(boxes):
            return -1
        return int(boxes[np.argmin(np.hypot(geometry.x[boxes] - x, geometry.y[boxes] - y))])

    def _go(self, look: Look, animated: bool, milliseconds: int = _JOURNEY_MS) -> None:
        if animated and self._may_glide():
            self._camera.glide(look, milliseconds)
        else:
            self._camera.jump(look)
