"""The window's icons, drawn from paths: no image files, sharp at every size, and coloured by the theme.

Each icon is a few strokes on a 24 x 24 grid, written in a small subset of SVG's path language: ``M x y`` move, ``L x y`` line,
``C x1 y1 x2 y2 x y`` cubic, ``Z`` close, and two shapes of our own, ``O cx cy r`` (circle) and ``R x y w h r`` (rounded rectangle).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from .colours import Theme

GRID = 24
"""Icons are drawn on a square of this many units."""
STROKE = 1.8


@dataclass(frozen=True)
class Stroke:
    """One part of an icon: a path, in the text colour or a colour of the theme named by ``colour``; outlined unless ``filled``."""

    path: str
    colour: str = "text"
    filled: bool = False


def _outline(*paths: str, colour: str = "text") -> tuple[Stroke, ...]:
    return tuple(Stroke(path, colour) for path in paths)


def _solid(*paths: str, colour: str = "text") -> tuple[Stroke, ...]:
    return tuple(Stroke(path, colour, filled=True) for path in paths)


_DOT = "O 12 12 3"
_LENS = "O 10.5 10.5 6"
_HANDLE = "M 15 15 L 20 20"

ICONS: dict[str, tuple[Stroke, ...]] = {
    # files
    "open": _outline("M 3.5 18.5 L 3.5 6 C 3.5 5.4 4 5 4.5 5 L 9.5 5 L 12 7.5 L 18.5 7.5 C 19.1 7.5 19.5 8 19.5 8.5 L 19.5 10.5")
    + _outline("M 3.5 18.5 L 6.6 11.2 C 6.8 10.8 7.2 10.5 7.6 10.5 L 21.3 10.5 L 18.4 18 C 18.2 18.5 17.9 18.7 17.4 18.7 Z"),
    "record": _outline("O 12 12 8.5") + _solid("O 12 12 4.2", colour="breakpoint"),
    "export": _outline("M 12 14.5 L 12 4", "M 7.5 8 L 12 3.6 L 16.5 8", "M 5 13 L 5 19.5 L 19 19.5 L 19 13"),
    # stepping: the replay runs to the right
    "to_start": _outline("M 5.5 5.5 L 5.5 18.5") + _solid("M 19 5.5 L 19 18.5 L 9 12 Z"),
    "to_end": _outline("M 18.5 5.5 L 18.5 18.5") + _solid("M 5 5.5 L 5 18.5 L 15 12 Z"),
    "step": _solid("M 6.5 5 L 17.5 12 L 6.5 19 Z", colour="hot"),
    "step_back": _solid("M 17.5 5 L 6.5 12 L 17.5 19 Z", colour="hot"),
    "event_step": _outline("M 8.5 6 L 14.5 12 L 8.5 18") + _solid("O 18 12 1.5"),
    "event_step_back": _outline("M 15.5 6 L 9.5 12 L 15.5 18") + _solid("O 6 12 1.5"),
    "run": _solid("M 3.5 6 L 12.5 12 L 3.5 18 Z") + _solid("O 18 12 3.6", colour="breakpoint"),
    "run_back": _solid("M 20.5 6 L 11.5 12 L 20.5 18 Z") + _solid("O 6 12 3.6", colour="breakpoint"),
    "breakpoint": _solid("O 12 12 6.5", colour="breakpoint"),
    "bookmark": _outline("M 7 4 L 17 4 L 17 20 L 12 15.8 L 7 20 Z"),
    # looking
    "search": _outline(_LENS, _HANDLE),
    "zoom_in": _outline(_LENS, _HANDLE, "M 10.5 7.7 L 10.5 13.3", "M 7.7 10.5 L 13.3 10.5"),
    "zoom_out": _outline(_LENS, _HANDLE, "M 7.7 10.5 L 13.3 10.5"),
    "fit": _outline("M 4 9 L 4 4 L 9 4", "M 15 4 L 20 4 L 20 9", "M 20 15 L 20 20 L 15 20", "M 9 20 L 4 20 L 4 15")
    + _solid("R 8.5 8.5 7 7 1.5"),
    "theme": _outline("O 12 12 8.2") + _solid("M 12 3.8 C 16.5 3.8 20.2 7.5 20.2 12 C 20.2 16.5 16.5 20.2 12 20.2 Z"),
    "gradient_colours": _solid("R 4 13.5 4 6.5 1", colour="info")
    + _solid("R 10 9 4 11 1", colour="success")
    + _solid("R 16 4 4 16 1", colour="hot"),
    # what happened
    "hook": _outline("M 14.5 7.5 L 14.5 14.5 C 14.5 20.5 5.5 20.5 5.5 14.5 L 5.5 12 L 8.5 14.5", "O 14.5 5 2.3", colour="hook"),
    "version_bump": _outline("M 5.5 13.5 L 12 7 L 18.5 13.5", "M 5.5 19 L 12 12.5 L 18.5 19", colour="version_bump"),
    "error": _outline("O 12 12 8.5", colour="error") + _outline("M 9 9 L 15 15", "M 15 9 L 9 15", colour="error"),
    "warning": _outline("M 12 4 L 21 19.5 L 3 19.5 Z", "M 12 10 L 12 14", colour="warning")
    + _solid("O 12 16.8 1.1", colour="warning"),
    "info": _outline("O 12 12 8.5", "M 12 11.3 L 12 16.3", colour="info") + _solid("O 12 8 1.2", colour="info"),
    # small parts of the style sheet
    "chevron_down": _outline("M 5 9 L 12 16 L 19 9"),
    "chevron_up": _outline("M 5 15 L 12 8 L 19 15"),
    "chevron_left": _outline("M 15 5 L 8 12 L 15 19"),
    "chevron_right": _outline("M 9 5 L 16 12 L 9 19"),
    "check": _outline("M 4.5 12.5 L 10 18 L 19.5 6.5"),
    "close": _outline("M 6 6 L 18 18", "M 18 6 L 6 18"),
    "float": _outline("R 4 8 12 12 1.5", "M 9 4 L 20 4 L 20 15"),
}
"""Every icon by name."""


@cache
def path_of(text: str) -> QPainterPath:
    """Parse one path of the language described at the top of this module."""
    path = QPainterPath()
    tokens = text.split()
    position = 0

    def numbers(count: int) -> list[float]:
        nonlocal position
        values = [float(token) for token in tokens[position : position + count]]
        position += count
        return values

    while position < len(tokens):
        command = tokens[position]
        position += 1
        match command:
            case "M":
                path.moveTo(*numbers(2))
            case "L":
                path.lineTo(*numbers(2))
            case "C":
                path.cubicTo(*numbers(6))
            case "Z":
                path.closeSubpath()
            case "O":
                x, y, radius = numbers(3)
                path.addEllipse(QPointF(x, y), radius, radius)
            case "R":
                x, y, width, height, radius = numbers(5)
                path.addRoundedRect(QRectF(x, y, width, height), radius, radius)
            case _:
                raise ValueError(f"icon path {text!r}: unknown command {command!r}")
    return path


def draw_icon(painter: QPainter, name: str, theme: Theme, rect: QRectF, colour: str | None = None) -> None:
    """Draw an icon into a rectangle, all in one ``colour`` when that is given."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / GRID, rect.height() / GRID)
    # Small icons need a relatively thicker line to stay visible.
    pen_width = max(STROKE, 1.2 * GRID / rect.width())
    for stroke in ICONS[name]:
        paint = QColor(colour or getattr(theme, stroke.colour))
        path = path_of(stroke.path)
        if stroke.filled:
            painter.setPen(QPen(paint, 0.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            painter.setBrush(QBrush(paint))
        else:
            painter.setPen(QPen(paint, pen_width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
    painter.restore()


def icon_pixmap(name: str, theme: Theme, size: int, ratio: float = 1.0, colour: str | None = None) -> QPixmap:
    """An icon as a pixmap of ``size`` logical pixels, for a screen with ``ratio`` device pixels per logical one."""
    pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw_icon(painter, name, theme, QRectF(0, 0, size, size), colour)
    painter.end()
    return pixmap


def icon(name: str, theme: Theme) -> QIcon:
    """An icon for actions and buttons, with its disabled version. Raises KeyError when there is no icon of that name."""
    if name not in ICONS:
        raise KeyError(f"there is no icon {name!r}; see gradtrace.gui.icons.ICONS")
    result = QIcon()
    for size in (16, 20, 24, 32):
        for ratio in (1.0, 2.0):
            result.addPixmap(icon_pixmap(name, theme, size, ratio), QIcon.Mode.Normal)
            result.addPixmap(icon_pixmap(name, theme, size, ratio, colour=theme.text_disabled), QIcon.Mode.Disabled)
    return result
