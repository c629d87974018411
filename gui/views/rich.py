"""Small pieces of rich text in the colours of a theme: links, tones, tables of facts. Everything from a trace is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ..theme import LIGHT, Theme
from .table import tone_colour


@dataclass(frozen=True)
class Markup:
    """Writes rich text for Qt labels in one theme."""

    theme: Theme = LIGHT

    def text(self, text: str, tone: str = "", bold: bool = False) -> str:
        """Plain text in a tone."""
        weight = " font-weight: 600;" if bold else ""
        return f'<span style="color: {tone_colour(self.theme, tone)};{weight}">{escape(text)}</span>'

    def link(self, target: str, text: str) -> str:
        """A link; ``target`` is what ``linkActivated`` gives back, such as ``node:12``."""
        return f'<a href="{escape(target)}" style="color: {self.theme.info}; text-decoration: none;">{escape(text)}</a>'

    def facts(self, rows: Iterable[tuple[str, str]]) -> str:
        """Names in a quiet column, values (rich text) beside them."""
        cells = (
            f'<tr><td style="color: {self.theme.text_muted}; padding: 2px 14px 2px 0; white-space: nowrap;">{escape(name)}</td>'
            f'<td style="padding: 2px 0;">{value}</td></tr>'
            for name, value in rows
        )
        return f'<table cellspacing="0" cellpadding="0">{"".join(cells)}</table>'

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
        """A table of rich-text cells under a quiet header."""
        quiet = f"color: {self.theme.text_muted}; padding: 2px 14px 4px 0; white-space: nowrap;"
        lines = ["".join(f'<td style="{quiet}">{escape(cell)}</td>' for cell in header)]
        for *cells, last in rows:  # the last column is the one to wrap
            fixed = "".join(f'<td style="padding: 3px 14px 3px 0; white-space: nowrap;">{cell}</td>' for cell in cells)
            lines.append(f'{fixed}<td style="padding: 3px 14px 3px 0;">{last}</td>')
        body = "".join(f"<tr>{line}</tr>" for line in lines)
        return f'<table cellspacing="0" cellpadding="0">{body}</table>'


class RichLabel(QLabel):
    """A label for rich text with links, as wide as it may be and no wider."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
