"""The colours of pictures, light and dark: those of exports, and of the window's canvas, which takes them from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ..layout import BoxKind


class BoxColours(NamedTuple):
    """Fill, border and text of a kind of box."""

    fill: str
    border: str
    text: str


@dataclass(frozen=True)
class Palette:
    """Every colour of a picture; ``groups`` has one fill for each depth, the last one for all deeper groups."""

    background: str
    groups: tuple[str, ...]
    group_border: str
    group_text: str
    title: str
    edge: str
    leaf_edge: str
    error: str
    boxes: Mapping[BoxKind, BoxColours]
    families: Mapping[str, str]


LIGHT = Palette(
    background="#fafbfd",
    groups=("#f1f4f9", "#e9edf5", "#e2e8f2", "#dbe2ee", "#d5ddeb"),
    group_border="#cdd5e3",
    group_text="#56627a",
    title="#1f2838",
    edge="#7f8ba3",
    leaf_edge="#c99a55",
    error="#d92d3f",
    boxes={
        BoxKind.OP: BoxColours("#ffffff", "#a7b3c9", "#1f2838"),
        BoxKind.LEAF: BoxColours("#fff3df", "#dd962f", "#6d4200"),
        BoxKind.ROOT: BoxColours("#ffe7ec", "#e0506b", "#7d1329"),
        BoxKind.GROUP: BoxColours("#e6eeff", "#4f7fe6", "#17356f"),
        BoxKind.PLACEHOLDER: BoxColours("#f3f5f8", "#bcc5d4", "#5d6980"),
    },
    families={
        "linear": "#2f6fe4",
        "nonlinear": "#9a4fd1",
        "reduce": "#d9622b",
        "shape": "#8a93a6",
        "arith": "#1d9c8d",
        "other": "#7b869c",
    },
)

DARK = Palette(
    background="#0e1117",
    groups=("#141923", "#19202c", "#1f2735", "#252e3e", "#2a3446"),
    group_border="#313c50",
    group_text="#93a1bb",
    title="#dfe5f0",
    edge="#71809c",
    leaf_edge="#94733f",
    error="#ff6b6b",
    boxes={
        BoxKind.OP: BoxColours("#2b3549", "#5b6c8d", "#e8eef9"),
        BoxKind.LEAF: BoxColours("#40301a", "#d99a4a", "#ffdeb0"),
        BoxKind.ROOT: BoxColours("#4a2230", "#ef6f86", "#ffd9e0"),
        BoxKind.GROUP: BoxColours("#22304f", "#6f9bff", "#dfe9ff"),
        BoxKind.PLACEHOLDER: BoxColours("#1c222e", "#4a5468", "#a3aec4"),
    },
    families={
        "linear": "#6ea8fe",
        "nonlinear": "#c792ea",
        "reduce": "#f78c6c",
        "shape": "#7d879c",
        "arith": "#6bd0c4",
        "other": "#8f9bb3",
    },
)
