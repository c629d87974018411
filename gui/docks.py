"""The panels around the graph: where they are at first, and how to get them back there."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from .theme import Theme
from .views.dock_title import DockTitle

LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)


class Docks:
    """Docks with titles of our own, added to a window in the order in which they are to be placed."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._titles: list[DockTitle] = []
        self.by_name: dict[str, QDockWidget] = {}
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)

    def add(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> None:
        """Add a dock; ``name`` is what a remembered layout knows it by."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(widget)
        if isinstance(widget, QTabWidget):  # the tabs are title enough
            dock.setTitleBarWidget(QWidget(dock))
        else:
            title_bar = DockTitle(dock)
            dock.setTitleBarWidget(title_bar)
            self._titles.append(title_bar)
        self._window.addDockWidget(area, dock)
        self.by_name[name] = dock

    def set_first_sizes(self) -> None:
        """Give all panels the sizes they have at first."""
        passes, leaves, inspector, bottom = (self.by_name[name] for name in ("passes", "leaves", "inspector", "bottom"))
        width, height = self._window.width(), self._window.height()
        sides = [min(400, max(340, width * 4 // 15)), min(400, max(350, width * 5 // 18))]
        self._window.resizeDocks([passes, inspector], sides, Qt.Orientation.Horizontal)
        self._window.resizeDocks([passes, leaves], [200, 400], Qt.Orientation.Vertical)
        self._window.resizeDocks([bottom], [min(262, max(246, height * 29 // 100))], Qt.Orientation.Vertical)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        for title in self._titles:
            title.set_theme(theme)
