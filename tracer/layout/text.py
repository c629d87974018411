"""How wide a piece of text is, without a window system: the advance widths of Inter Regular."""

from __future__ import annotations

import unicodedata

UNITS_PER_EM = 2816

# Font units of the characters from space to tilde.
_ASCII = (
    *(792, 784, 1136, 1776, 1796, 2288, 1800, 624, 1020, 1020, 1408, 1856, 788, 1296, 776, 1004),
    *(1760, 1308, 1704, 1792, 1808, 1712, 1756, 1608, 1736, 1756, 776, 788, 1856, 1856, 1856, 1428),
    *(2636, 1904, 1832, 2048, 2024, 1684, 1652, 2092, 2084, 744, 1528, 1836, 1584, 2504, 2120, 2144),
    *(1788, 2144, 1800, 1796, 1808, 2088, 1904, 2672, 1808, 1872, 1760, 1020, 1004, 1020, 1320, 1272),
    *(1400, 1588, 1748, 1572, 1748, 1640, 1016, 1716, 1664, 668, 668, 1532, 668, 2448, 1648, 1680),
    *(1716, 1716, 1048, 1472, 1024, 1636, 1568, 2288, 1520, 1568, 1524, 1020, 920, 1020, 1856),
)

_SYMBOLS = (
    dict.fromkeys("→←↑↓", 2688)
    | dict.fromkeys("×−±÷≥≤≠≈", 1856)
    | dict.fromkeys("√∑∂πσΣ", 1776)
    | {"·": 776, "–": 1408, "—": 2816, "…": 2312, "∞": 2620, "µ": 1752, "μ": 1752, "°": 1280, "²": 1184, "³": 1212, "′": 620}
    | {"α": 1804, "β": 1668, "γ": 1504, "δ": 1520, "ε": 1532, "θ": 1520, "λ": 1648, "Δ": 1904, "•": 1584, "½": 2608}
)

_WIDTHS: dict[str, int] = {chr(code): units for code, units in enumerate(_ASCII, start=32)} | _SYMBOLS

_OTHER = 1760  # what Inter's Latin, Greek and Cyrillic letters average to


def _advance(character: str) -> int:
    """Font units of a character that is not in the table; remembers the answer."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        units = 0
    elif unicodedata.east_asian_width(character) in ("W", "F"):
        units = UNITS_PER_EM
    else:
        base = unicodedata.normalize("NFD", character)[0]
        units = _WIDTHS.get(base, _OTHER)
    _WIDTHS[character] = units
    return units


def text_width(text: str, size_px: float) -> float:
    """Width in pixels of ``text`` on one line, set in Inter Regular at ``size_px``; kerning is left out.

    Characters outside the table are estimated: wide East Asian ones as one em, marks as nothing, accented letters as their base.
    """
    widths = _WIDTHS
    units = 0
    for character in text:
        known = widths.get(character)
        units += _advance(character) if known is None else known
    return units * size_px / UNITS_PER_EM


def shortened(text: str, size_px: float, room_px: float) -> str:
    """``text``, cut in the middle with an ellipsis when it is wider than ``room_px``."""
    if text_width(text, size_px) <= room_px:
        return text
    keep = len(text)
    while keep > 2:
        keep -= 1
        short = text[: (keep + 1) // 2] + "…" + text[len(text) - keep // 2 :]
        if text_width(short, size_px) <= room_px:
            return short
    return "…"
