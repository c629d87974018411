"""Menu bar and toolbar, filled from the tables of :mod:`.actions`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QWidget

from .actions import MENUS, TOOLBAR, translated
from .sampling import samples_in_order, title_of
from .translation import LANGUAGES

if TYPE_CHECKING:
    from .main_window import MainWindow


class Bars(QObject):
    """Fills the bars of a window. ``toolbar_actions`` has the actions of those widgets that may be hidden."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.toolbar_actions: dict[str, QAction] = {}
        self.toolbar = self._make_toolbar()
        window.addToolBar(self.toolbar)
        self._fill_menus()

    # ------------------------------------------------------------------------------------------------------- toolbar
    def _make_toolbar(self) -> QToolBar:
        window = self._window
        toolbar = QToolBar(self.tr("Toolbar"), window)
        toolbar.setObjectName("toolbar")
        toolbar.setMovable(False)
        toolbar.setIconSize(QSize(20, 20))
        toolbar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        widgets = {
            "traces*": window.trace_selector,
            "passes*": window.pass_selector,
            "stretch*": stretch,
            "search*": window.search,
        }
        for name in TOOLBAR:
            if not name:
                toolbar.addSeparator()
            elif name in widgets:
                self.toolbar_actions[name] = toolbar.addWidget(widgets[name])
            else:
                toolbar.addAction(window.actions_by_name[name])
        return toolbar

    # --------------------------------------------------------------------------------------------------------- menus
    def _fill_menus(self) -> None:
        window = self._window
        submenus = {
            "recent*": self._recent_menu(),
            "samples*": self._samples_menu(),
            "export*": window.exporter.menu,
            "docks*": self._docks_menu(),
            "languages*": self._language_menu(),
        }
        window.addActions(list(window.actions_by_name.values()))  # shortcuts work even when the menu bar is hidden
        for title, names in MENUS:
            menu = window.menuBar().addMenu(translated(title))
            for name in names:
                if not name:
                    menu.addSeparator()
                elif name in submenus:
                    menu.addMenu(submenus[name])
                else:
                    menu.addAction(window.actions_by_name[name])

    def _recent_menu(self) -> QMenu:
        menu = QMenu(self.tr("Open &recent"), self._window)
        menu.aboutToShow.connect(partial(self._fill_recent, menu))
        return menu

    def _fill_recent(self, menu: QMenu) -> None:
        settings = self._window.settings
        menu.clear()
        for path in settings.recent_files:
            action = menu.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(partial(self._open, path))
        if menu.isEmpty():
            menu.addAction(self.tr("No recent files")).setEnabled(False)
        else:
            menu.addSeparator()
            menu.addAction(self.tr("Clear"), settings.clear_recent_files)

    def _open(self, path: Path) -> None:
        self._window.session.open(path)

    def _samples_menu(self) -> QMenu:
        menu = QMenu(self.tr("Open a &sample"), self._window)
        menu.setToolTipsVisible(True)
        for sample in samples_in_order():
            action = menu.addAction(sample.name)
            action.setToolTip(title_of(sample))
            action.triggered.connect(partial(self._window.record_sample, sample.name))
        return menu

    def _docks_menu(self) -> QMenu:
        menu = QMenu(self.tr("&Panels"), self._window)
        menu.addActions([dock.toggleViewAction() for dock in self._window.docks.by_name.values()])
        return menu

    def _language_menu(self) -> QMenu:
        menu, group = QMenu(self.tr("&Language"), self._window), QActionGroup(self)
        for code, name in {"": self.tr("As the system"), **LANGUAGES}.items():
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(code == self._window.settings.language)
            action.triggered.connect(partial(self._window.choose_language, code))
            group.addAction(action)
        return menu
