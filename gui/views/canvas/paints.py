"""The theme's colours as the canvas uses them: brushes and pens by kind, emphasis and gradient bin, made once for each theme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pyqtgraph as pg
from PySide6.QtGui import QColor

from ....tracer.export.palette import BoxColours
from ...colours import Theme, contrast, mix
from .appearance import BINS, Emphasis, FarClass
from .inputs import Kind

READABLE_CONTRAST = 5.0
"""Contrast of labels that gradient colours must leave."""


@dataclass(frozen=True)
class BoxPaint:
    """The colours of one box."""

    fill: str
    border: str
    border_width: float
    text: str
    second: str
    """The second, quieter part of a label."""
    bar: str


@cache
def gradient_colours(theme: Theme) -> tuple[str, ...]:
    """The colour of each gradient bin, smallest norm first."""
    start, stop = theme.gradient_range
    table = pg.colormap.get(theme.gradient_map).getLookupTable(start, stop, BINS)
    return tuple(QColor(*(int(channel) for channel in row[:3])).name() for row in table)


@cache
def gradient_fill(theme: Theme, gradient_bin: int) -> str:
    """What a box is filled with: as much of its bin's colour as leaves the label readable."""
    colour, share = gradient_colours(theme)[gradient_bin], theme.gradient_tint
    while share > 0.1 and contrast(mix(theme.op.fill, colour, share), theme.op.text) < READABLE_CONTRAST:
        share -= 0.03
    return mix(theme.op.fill, colour, share)


def kind_colours(theme: Theme, kind: int) -> BoxColours:
    """Fill, border and text of a kind of box."""
    return (theme.op, theme.leaf, theme.root, theme.group, theme.placeholder)[kind]


def box_paint(theme: Theme, kind: int, family: str, emphasis: int, gradient_bin: int, nonfinite: bool) -> BoxPaint:
    """The colours of a box in a given state."""
    colours = kind_colours(theme, kind)
    fill, border, text = colours.fill, colours.border, colours.text
    bar = theme.families.get(family, theme.families["other"])
    width = 1.2
    if gradient_bin >= 0:
        colour = gradient_colours(theme)[gradient_bin]
        fill, text = gradient_fill(theme, gradient_bin), theme.op.text
        border = bar = QColor(colour).lighter(115).name() if theme.dark else QColor(colour).darker(115).name()
        width = 1.4
    if nonfinite:
        fill, border, bar, width = mix(fill, theme.error, 0.13), theme.error, theme.error, 1.6
    if kind == Kind.PLACEHOLDER and (nonfinite or emphasis in (Emphasis.HOT, Emphasis.FAILED)):
        text = theme.op.text
    if emphasis == Emphasis.MUTED:
        ground = theme.group_fills[1]
        fill, border, bar = mix(fill, ground, 0.55), mix(border, ground, 0.55), mix(bar, ground, 0.5)
        # What went wrong stays readable.
        text = mix(text, ground, 0.15 if nonfinite else 0.42)
    elif emphasis == Emphasis.VISITED and not nonfinite and gradient_bin < 0 and kind != Kind.ROOT:
        border, width = theme.visited, 1.5
    elif emphasis == Emphasis.HOT:
        border, width = theme.hot, 2.2
        fill = fill if gradient_bin >= 0 else mix(fill, theme.hot, 0.12)
    elif emphasis == Emphasis.FAILED:
        border, width = theme.error, 2.2
        fill = fill if gradient_bin >= 0 else mix(fill, theme.error, 0.2)
    return BoxPaint(fill, border, width, text, mix(text, fill, 0.28), bar)


@cache
def far_colour(theme: Theme, far_class: int) -> QColor:
    """Colour of a box, or a closed group, that is too small for details."""
    ground = theme.group_fills[1]
    if far_class >= FarClass.HOT:
        return QColor(theme.hot)
    if far_class >= FarClass.NONFINITE:
        return QColor(theme.error)
    if far_class >= FarClass.BIN:
        return QColor(gradient_colours(theme)[far_class - FarClass.BIN])
    if far_class >= FarClass.MUTED_BIN:
        return QColor(mix(gradient_colours(theme)[far_class - FarClass.MUTED_BIN], ground, 0.6))
    tone, kind = divmod(far_class, 5)
    border = kind_colours(theme, kind).border
    if tone == FarClass.VISITED // 5:
        return QColor(mix(border, theme.visited, 0.75))
    return QColor(mix(border, ground, 0.62) if tone == FarClass.MUTED else mix(border, ground, 0.2))
