"""The small dialogs of the Help menu."""

from __future__ import annotations

import platform
from html import escape

import numpy as np
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from .._version import __version__
from .actions import ACTIONS, GESTURES, GESTURES_TITLE, MENUS, translated
from .theme import Theme


class TextDialog(QDialog):
    """Rich text that scrolls when it is long, and a button to close it."""

    def __init__(self, title: str, text: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.text = QLabel(text)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.text.setOpenExternalLinks(True)
        self.text.setContentsMargins(20, 16, 28, 16)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setObjectName("dialogText")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.text)
        area.setStyleSheet(f"QScrollArea, #dialogText {{ background: {theme.panel}; color: {theme.text}; }}")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 12)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        buttons.setContentsMargins(0, 0, 12, 0)
        size = self.text.sizeHint()
        self.resize(min(size.width() + 24, 900), min(size.height() + 64, 640))


def shortcuts_text(theme: Theme) -> str:
    """Every shortcut by menu, and what the mouse does: written from the tables of :mod:`.actions`."""
    specs = {spec.name: spec for spec in ACTIONS}
    blocks = []
    for title, names in MENUS:
        listed = [specs[name] for entry in names if (name := entry.removesuffix("*")) in specs]
        rows = [(keys_text(spec.shortcut), spec.label()) for spec in listed if spec.shortcut]
        if rows:
            blocks.append((translated(title).replace("&", ""), rows))
    blocks.append((translated(GESTURES_TITLE), [(translated(keys), translated(text)) for keys, text in GESTURES]))
    heading = f"color: {theme.text_muted}; padding: 12px 0 4px 0; font-weight: 600;"
    lines = []
    for title, rows in blocks:
        lines.append(f'<tr><td colspan="2" style="{heading}">{escape(title)}</td></tr>')
        lines += [
            f'<tr><td style="padding: 2px 24px 2px 0;"><b>{escape(keys)}</b></td>'
            f'<td style="padding: 2px 0;">{escape(text)}</td></tr>'
            for keys, text in rows
        ]
    return f'<table cellspacing="0" cellpadding="0">{"".join(lines)}</table>'


def keys_text(shortcut: str) -> str:
    """A shortcut as this system writes it."""
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)


def about_text(parent: QWidget, theme: Theme) -> str:
    """What this program is, and the versions that a bug report needs."""
    versions = f"Python {platform.python_version()} · Qt {qVersion()} · NumPy {np.__version__} · {platform.platform()}"
    lines = (
        f"<h2>gradtrace {escape(__version__)}</h2>",
        f"<p>{escape(parent.tr('A debugger for autograd graphs: record backward(), step it in both directions.'))}</p>",
        f"<p>{escape(parent.tr('Licensed under the Apache License 2.0. The font is Inter, under the SIL Open Font License.'))}</p>",
        f'<p style="color: {theme.text_muted};">{escape(versions)}</p>',
    )
    return "".join(lines)
