"""The bundled typeface (Inter, SIL Open Font License; see ``fonts/OFL.txt``).

Qt's wheels bring no font, and a machine without one shows every glyph as an empty box. With a bundled one the window looks the
same, and screenshots are byte-identical, everywhere.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

FAMILY = "Inter"
FONT_FOLDER = Path(__file__).parent / "fonts"
INTERFACE_PIXELS = 13
"""Size of the interface's text, in pixels."""

_MONOSPACE_FAMILIES = ["JetBrains Mono", "Cascadia Code", "SF Mono", "Menlo", "Consolas", "DejaVu Sans Mono", "Liberation Mono"]

_FALLBACKS = ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei"]
"""Where Chinese characters come from, which the bundled typeface lacks: the system's fonts."""

_loaded: list[int] = []


def load_fonts() -> bool:
    """Register every bundled weight with Qt; harmless when called again.

    Returns False when a file could not be used (Qt's ``minimal`` platform has no font database): the system's font then takes over.
    """
    if not _loaded:
        _loaded.extend(QFontDatabase.addApplicationFont(str(path)) for path in sorted(FONT_FOLDER.glob("*.otf")))
    return bool(_loaded) and min(_loaded) >= 0


def interface_font(pixels: int = INTERFACE_PIXELS, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The typeface of labels, buttons and boxes, at a size in pixels."""
    return _finish(QFont([FAMILY, *_FALLBACKS]), pixels, weight)


def code_font(pixels: int = 12) -> QFont:
    """A typeface for source code and numbers: the first known monospaced family, else what the system says is one."""
    installed = set(QFontDatabase.families())
    family = next((name for name in _MONOSPACE_FAMILIES if name in installed), None)
    font = QFont(family) if family else QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return _finish(font, pixels, QFont.Weight.Normal)


def _finish(font: QFont, pixels: int, weight: QFont.Weight) -> QFont:
    """Size by pixels and no hinting: widths then scale with the zoom, and glyphs are the same on every machine."""
    font.setPixelSize(pixels)
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.NoSubpixelAntialias | QFont.StyleStrategy.PreferAntialias)
    return font
