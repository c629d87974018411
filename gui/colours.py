"""Every colour of the window, in a light and a dark version.

Views never spell a colour: they ask the :class:`Theme` they were given. Colours are ``#rrggbb`` strings, so that a theme can be
compared, hashed and pasted into a style sheet; ``QColor(theme.error)`` makes a colour of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from PySide6.QtGui import QColor

from ..tracer.export import palette
from ..tracer.export.palette import BoxColours
from ..tracer.layout import BoxKind


@dataclass(frozen=True)
class Theme:
    """A complete set of colours; see the two instances, :data:`LIGHT` and :data:`DARK`."""

    name: str
    dark: bool

    # The canvas.
    canvas: str
    group_fills: tuple[str, ...]
    """Fill of groups by depth; entry 0 is the canvas itself. Deeper groups share the last one."""
    group_border: str
    group_text: str
    edge: str
    edge_leaf: str
    """Edges from a leaf to the op that uses it."""
    op: BoxColours
    leaf: BoxColours
    root: BoxColours
    group: BoxColours
    """A collapsed group."""
    placeholder: BoxColours
    """A node that was made before the recording began."""
    families: Mapping[str, str] = field(hash=False)
    """The thin bar of an op box, by family of ops; unknown families use ``other``."""
    hot: str
    """Where the replay is now."""
    hot_text: str
    """Text on a background of ``hot``."""
    visited: str
    """Where the replay has been."""
    selection: str
    hover: str

    # Meanings, everywhere.
    error: str
    warning: str
    success: str
    info: str
    breakpoint: str
    hook: str
    version_bump: str

    # Colouring by gradient norm.
    gradient_map: str
    """A colour map of pyqtgraph."""
    gradient_range: tuple[float, float]
    """The part of the map in use, from the smallest norm to the largest; reversed when the first number is the larger one."""
    gradient_tint: float
    """How much of the map's colour a box takes; the rest is ``op.fill``, so that one text colour can be read on all of them."""

    # The window around it.
    window: str
    panel: str
    panel_alternate: str
    """Every second row of a table."""
    raised: str
    """Buttons, inputs, menus: what lies on a panel."""
    header: str
    border: str
    border_strong: str
    text: str
    text_muted: str
    text_disabled: str
    accent: str
    accent_text: str
    """Text on a background of ``accent``."""
    row_selected: str
    row_hover: str
    button_hover: str
    button_pressed: str
    scroll_handle: str
    tooltip: str
    tooltip_text: str

    # Source code.
    code_current_line: str
    code_keyword: str
    code_string: str
    code_number: str
    code_comment: str
    code_function: str
    code_line_number: str


def _on_canvas(picture: palette.Palette) -> dict[str, Any]:
    """The colours that the canvas shares with exported pictures."""
    boxes = picture.boxes
    return {
        "canvas": picture.background,
        "group_fills": (picture.background, *picture.groups),
        "group_border": picture.group_border,
        "group_text": picture.group_text,
        "edge": picture.edge,
        "edge_leaf": picture.leaf_edge,
        "op": boxes[BoxKind.OP],
        "leaf": boxes[BoxKind.LEAF],
        "root": boxes[BoxKind.ROOT],
        "group": boxes[BoxKind.GROUP],
        "placeholder": boxes[BoxKind.PLACEHOLDER],
        "families": MappingProxyType(dict(picture.families)),
    }


DARK = Theme(
    name="dark",
    dark=True,
    **_on_canvas(palette.DARK),
    hot="#ffd166",
    hot_text="#2b1f00",
    visited="#a8863f",
    selection="#5cc8ff",
    hover="#9fb6de",
    error="#ff6b6b",
    warning="#f5b455",
    success="#5fd38d",
    info="#6fb5ff",
    breakpoint="#ff5d6c",
    hook="#c792ea",
    version_bump="#f78c6c",
    gradient_map="viridis",
    gradient_range=(0.08, 1.0),
    gradient_tint=0.52,
    window="#12161e",
    panel="#161b25",
    panel_alternate="#191f2a",
    raised="#1f2633",
    header="#1a202b",
    border="#262e3d",
    border_strong="#3a4559",
    text="#dfe5f0",
    text_muted="#93a1bb",
    text_disabled="#566177",
    accent="#4f8cff",
    accent_text="#ffffff",
    row_selected="#24395f",
    row_hover="#1e2635",
    button_hover="#2a3344",
    button_pressed="#33405a",
    scroll_handle="#3a4559",
    tooltip="#242c3b",
    tooltip_text="#e8eef9",
    code_current_line="#3a3218",
    code_keyword="#c792ea",
    code_string="#a5d6a0",
    code_number="#f7a26c",
    code_comment="#7d8aa5",
    code_function="#82b1ff",
    code_line_number="#5f6b83",
)

LIGHT = Theme(
    name="light",
    dark=False,
    **_on_canvas(palette.LIGHT),
    hot="#e07a00",
    hot_text="#ffffff",
    visited="#e8b36a",
    selection="#0b7fd6",
    hover="#4f6fa8",
    error="#d92d3f",
    warning="#b86a00",
    success="#1a8a4a",
    info="#1d6fd1",
    breakpoint="#e0364c",
    hook="#9a4fd1",
    version_bump="#c9541c",
    gradient_map="magma",
    gradient_range=(0.97, 0.28),
    gradient_tint=0.42,
    window="#eef1f6",
    panel="#ffffff",
    panel_alternate="#f7f9fc",
    raised="#ffffff",
    header="#f4f6fa",
    border="#dde3ed",
    border_strong="#bfc9da",
    text="#1f2838",
    text_muted="#5a667d",
    text_disabled="#a4aec0",
    accent="#2563d9",
    accent_text="#ffffff",
    row_selected="#d8e6ff",
    row_hover="#eef3fb",
    button_hover="#e3e9f3",
    button_pressed="#d3dcec",
    scroll_handle="#c3ccdb",
    tooltip="#1f2838",
    tooltip_text="#f2f6fc",
    code_current_line="#fff1d0",
    code_keyword="#8236b8",
    code_string="#2b7a3d",
    code_number="#b4501a",
    code_comment="#6a768c",
    code_function="#1d5fc4",
    code_line_number="#97a2b6",
)

THEMES: Mapping[str, Theme] = MappingProxyType({theme.name: theme for theme in (LIGHT, DARK)})


def mix(first: str, second: str, share: float) -> str:
    """A colour between two: ``share`` 0 is the first, 1 the second."""
    a, b = QColor(first), QColor(second)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return QColor(*(round(x + (y - x) * share) for x, y in pairs)).name()


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio" and "relative luminance")."""

    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of a colour, 0 (black) to 1 (white)."""
    rgb = QColor(colour)
    channels = (rgb.redF(), rgb.greenF(), rgb.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else float(((c + 0.055) / 1.055) ** 2.4) for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
