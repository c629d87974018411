"""A scene as an image, painted without any window."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from ...colours import Theme
from .camera import fitting
from .geometry import Rect
from .legend import SIZE as LEGEND_SIZE
from .legend import draw_legend
from .painter import ScenePainter
from .scene import Scene, Window

_LEGEND_MARGIN = 12


def scene_image(scene: Scene | None, theme: Theme, size: QSize) -> QImage:
    """All of a scene, with the legend when it is coloured by gradient; just the background for None or an empty one."""
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.canvas))
    if scene is None or not len(scene.geometry):
        return image
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    look = fitting(scene.geometry.bounds, size)
    half_width, half_height = size.width() / 2, size.height() / 2
    painter.save()
    painter.translate(half_width - look.x * look.scale, half_height - look.y * look.scale)
    painter.scale(look.scale, look.scale)
    across, down = half_width / look.scale, half_height / look.scale
    everything = Rect(look.x - across, look.y - down, look.x + across, look.y + down)
    ScenePainter(scene).paint(painter, Window(everything, everything, painter.worldTransform(), 1.0))
    painter.restore()
    if scene.appearance.coloured:
        corner = QPointF(_LEGEND_MARGIN, size.height() - _LEGEND_MARGIN - LEGEND_SIZE.height())
        draw_legend(painter, QRectF(corner, LEGEND_SIZE.toSizeF()), scene.appearance.scale, theme)
    painter.end()
    return image
