"""The one call that dresses the application in a theme; the themes themselves are in :mod:`.colours`."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from ..tracer.export.palette import BoxColours
from .colours import DARK, LIGHT, THEMES, Theme, contrast, mix
from .fonts import interface_font, load_fonts
from .stylesheet import stylesheet

__all__ = ["DARK", "LIGHT", "THEMES", "BoxColours", "Theme", "apply_theme", "contrast", "mix", "palette"]


def palette(theme: Theme) -> QPalette:
    """The theme as a Qt palette, for what a style sheet does not reach (native item views, text cursors, links)."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: theme.panel_alternate,
        role.Text: theme.text,
        role.PlaceholderText: theme.text_muted,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.Highlight: theme.row_selected,
        role.HighlightedText: theme.text,
        role.ToolTipBase: theme.tooltip,
        role.ToolTipText: theme.tooltip_text,
        role.Link: theme.info,
        role.LinkVisited: theme.info,
        role.Light: theme.raised,
        role.Midlight: theme.border,
        role.Mid: theme.border_strong,
        role.Dark: theme.border_strong,
        role.Shadow: theme.canvas,
        role.Accent: theme.accent,
    }
    result = QPalette()
    for colour_role, colour in colours.items():
        result.setColor(colour_role, QColor(colour))
    for colour_role in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, colour_role, QColor(theme.text_disabled))
    return result


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Dress the whole application: Fusion, the bundled font, palette and style sheet. Call it again to switch themes."""
    load_fonts()
    app.setStyle("Fusion")
    app.setFont(interface_font())
    app.setPalette(palette(theme))
    app.setStyleSheet(stylesheet(theme))
