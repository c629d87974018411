"""The title bar of a dock: its name, and a button to close it. Drag it to move the dock, double-click to let it float."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from ..fonts import interface_font
from ..icons import icon
from ..theme import Theme


class DockTitle(QWidget):
    """A slim title bar in the colours of the theme."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setObjectName("dockTitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._label = QLabel(dock.windowTitle())
        self._label.setFont(interface_font(13, interface_font().weight().DemiBold))
        self._close = QToolButton()
        self._close.setIconSize(QSize(12, 12))
        self._close.setToolTip(self.tr("Close this panel (View, Panels brings it back)"))
        self._close.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 3, 6, 3)
        row.addWidget(self._label, 1)
        row.addWidget(self._close)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.setStyleSheet(f"#dockTitle {{ background: {theme.header}; border-bottom: 1px solid {theme.border}; }}")
        self._label.setStyleSheet(f"color: {theme.text_muted};")
        self._close.setIcon(icon("close", theme))
