"""The main window: docks, bars and wiring. What is shown is the session's business, how it is shown the views'."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFileDialog,
    QInputDialog,
    QMainWindow,
    QMenu,
    QMessageBox,
    QSizePolicy,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from ..samples import find
from ..tracer.model.findings import nonfinite_origin
from .actions import MENUS, TOOLBAR, build_actions, dress_actions, enable_actions, translated
from .dialogs import TextDialog, about_text, shortcuts_text
from .exporting import Exporter
from .lookups import explanation, headline, last_error
from .sampling import SampleRecorder, cache_folder, samples_in_order
from .scene import ALL_NODES
from .session import Session
from .settings import LAYOUT_VERSION, Settings
from .theme import DARK, LIGHT, THEMES, Theme, apply_theme
from .translation import LANGUAGES, install_language
from .views.banner import Banner
from .views.canvas import GraphView
from .views.dock_title import DockTitle
from .views.events import EventsView
from .views.graph_panel import GraphPanel
from .views.inspector import Inspector
from .views.leaves import LeavesView
from .views.nodes import NodesView
from .views.pass_selector import PassSelector
from .views.passes import PassesView
from .views.problems import ProblemsView
from .views.search import SearchBox
from .views.source import SourceView
from .views.status import StatusBar
from .views.timeline import TimelineView

SUFFIX = ".gtrace"
SIZE = QSize(1440, 900)


class Themed(Protocol):
    """A part of the window that takes its colours from a theme."""

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""


class MainWindow(QMainWindow):
    """The debugger's window.

    ``interactive`` windows may open message boxes; others (tests, pictures) only use the bar at the top.
    """

    session: Session
    graph: GraphView
    search: SearchBox

    def __init__(self, settings: Settings, interactive: bool = False) -> None:
        super().__init__()
        self.setObjectName("gradtrace")
        self.settings = settings
        self.interactive = interactive
        self.session = Session(self)
        self.theme = THEMES.get(settings.theme) or theme_of_system()
        self.resize(SIZE)
        self._speak()
        self._dress_application()  # before there are widgets: they are measured in the fonts of the theme
        self._make_views()
        self.actions_by_name: dict[str, QAction] = build_actions(self)
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self.set_theme(self.theme)
        self.set_gradient_colours(settings.gradient_colours)
        self._first_layout: QByteArray | None = None
        self._show_title()
        self._update_actions()

    # ---------------------------------------------------------------------------------------------------- building
    def _make_views(self) -> None:
        session = self.session
        self.panel = GraphPanel(session, self.settings, self.theme)
        self.graph = self.panel.graph
        self.sample_recorder = SampleRecorder(cache_folder(), self)
        self.exporter = Exporter(session, self.settings, self.graph, self)
        self.passes, self.leaves = PassesView(session), LeavesView(session)
        self.inspector = Inspector(session)
        self.timeline, self.events, self.nodes = TimelineView(session), EventsView(session), NodesView(session)
        self.source, self.problems = SourceView(session), ProblemsView(session)
        self.search, self.pass_selector = SearchBox(session), PassSelector(session)
        self.status = StatusBar(session)
        self.error_banner, self.nonfinite_banner, self.message_bar = Banner(), Banner(), Banner()
        self._themed: tuple[Themed, ...] = (
            *(self.panel, self.passes, self.leaves, self.inspector, self.timeline, self.events, self.nodes, self.source),
            *(self.problems, self.exporter, self.search, self.status, self.error_banner, self.nonfinite_banner),
            self.message_bar,
        )

    def _lay_out(self) -> None:
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.message_bar)
        column.addWidget(self.error_banner)
        column.addWidget(self.nonfinite_banner)
        column.addWidget(self.panel, 1)
        self.setCentralWidget(centre)

        self.bottom_tabs = QTabWidget()
        self.bottom_tabs.setDocumentMode(True)
        for view, title in (
            (self.timeline, self.tr("Timeline")),
            (self.events, self.tr("Events")),
            (self.nodes, self.tr("Nodes")),
            (self.source, self.tr("Source")),
            (self.problems, self.tr("Problems")),
        ):
            self.bottom_tabs.addTab(view, title)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        passes = self._add_dock("passes", self.tr("Passes"), self.passes, left)
        leaves = self._add_dock("leaves", self.tr("Leaves and parameters"), self.leaves, left)
        inspector = self._add_dock("inspector", self.tr("Inspector"), self.inspector, right)
        bottom = self._add_dock("bottom", self.tr("Timeline and tables"), self.bottom_tabs, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.docks = (passes, leaves, inspector, bottom)
        self.setCorner(Qt.Corner.BottomRightCorner, right)
        self.setStatusBar(self.status)
        self._fill_toolbar()
        self._fill_menus()

    def _add_dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(widget)
        if widget is self.bottom_tabs:  # the tabs are title enough
            dock.setTitleBarWidget(QWidget(dock))
        else:
            title_bar = DockTitle(dock)
            dock.setTitleBarWidget(title_bar)
            self._themed += (title_bar,)
        self.addDockWidget(area, dock)
        return dock

    def _fill_toolbar(self) -> None:
        toolbar = QToolBar(self.tr("Toolbar"), self)
        toolbar.setObjectName("toolbar")
        toolbar.setMovable(False)
        toolbar.setIconSize(QSize(20, 20))
        toolbar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        widgets = {"passes*": self.pass_selector, "stretch*": stretch, "search*": self.search}
        for name in TOOLBAR:
            if not name:
                toolbar.addSeparator()
            elif name in widgets:
                toolbar.addWidget(widgets[name])
            else:
                toolbar.addAction(self.actions_by_name[name])
        self.toolbar = toolbar
        self.addToolBar(toolbar)

    def _fill_menus(self) -> None:
        self.recent_menu = QMenu(self.tr("Open &recent"), self)
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        docks = QMenu(self.tr("&Panels"), self)
        docks.addActions([dock.toggleViewAction() for dock in self.docks])
        samples = QMenu(self.tr("Open a &sample"), self)
        samples.setToolTipsVisible(True)
        for sample in samples_in_order():
            action = samples.addAction(sample.name)
            action.setToolTip(sample.title)
            action.triggered.connect(partial(self.record_sample, sample.name))
        submenus = {
            "recent*": self.recent_menu,
            "samples*": samples,
            "export*": self.exporter.menu,
            "docks*": docks,
            "languages*": self._language_menu(),
        }
        self.addActions(list(self.actions_by_name.values()))  # shortcuts work even when the menu bar is hidden
        for title, names in MENUS:
            menu = self.menuBar().addMenu(translated(title))
            for name in names:
                if not name:
                    menu.addSeparator()
                elif name in submenus:
                    menu.addMenu(submenus[name])
                else:
                    menu.addAction(self.actions_by_name[name])

    def _connect(self) -> None:
        session = self.session
        session.message.connect(self.show_message)
        session.opened.connect(lambda path: self.settings.add_recent_file(Path(path)))
        session.opened.connect(lambda _: self.message_bar.dismiss())
        session.trace_changed.connect(self._show_trace)
        for signal in (
            *(session.pass_changed, session.drawing_changed, session.cursor_moved, session.selection_changed),
            *(session.breakpoints_changed, session.busy_changed),
        ):
            signal.connect(self._update_actions)
        session.pass_changed.connect(self._show_nonfinite)
        self.error_banner.pressed.connect(self.show_cause)
        self.nonfinite_banner.pressed.connect(self.show_nonfinite)
        self.panel.welcome.open_requested.connect(self.ask_open)
        self.panel.welcome.file_chosen.connect(session.open)
        self.panel.welcome.sample_chosen.connect(self.record_sample)
        self.sample_recorder.recorded.connect(self._sample_recorded)
        self.sample_recorder.failed.connect(self._sample_failed)

    # --------------------------------------------------------------------------------------------------- following
    def _update_actions(self) -> None:
        enable_actions(self.actions_by_name, self.session)

    def _show_title(self) -> None:
        trace = self.session.trace
        name = trace.path.name if trace is not None and trace.path is not None else ""
        self.setWindowTitle(self.tr("{name} – gradtrace").format(name=name) if name else self.tr("gradtrace"))

    def _show_trace(self) -> None:
        self._show_title()
        self.graph.setFocus()  # arrow keys walk the graph
        trace = self.session.trace
        error = last_error(trace) if trace is not None else None
        count = self.problems.model.serious
        title = self.tr("Problems ({count})").format(count=count) if count else self.tr("Problems")
        self.bottom_tabs.setTabText(self.bottom_tabs.indexOf(self.problems), title)
        if error is None:
            self.error_banner.dismiss()
        else:
            assert trace is not None
            found = explanation(trace, error)
            reason = found.detail if found is not None else headline(error.message)
            text = f"{error.type}: {reason}" if reason else error.type
            details = error.message if error.message.strip() != reason else ""
            button = self.tr("Show cause") if error.cause >= 0 else self.tr("Show where")
            self.error_banner.say("error", text, button, details)

    def _show_nonfinite(self) -> None:
        """Say where the first NaN of the pass on show arose."""
        pass_ = self.session.pass_
        found = nonfinite_origin(pass_) if pass_ is not None and not pass_.is_forward else None
        if found is None:
            self.nonfinite_banner.dismiss()
        else:
            text = self.tr("First NaN/Inf of this pass: {detail}").format(detail=found.detail)
            self.nonfinite_banner.say("warning", text, self.tr("Show"))

    def show_nonfinite(self) -> None:
        """Go to where the first NaN of the pass on show arose, and select the node that made it."""
        pass_ = self.session.pass_
        found = nonfinite_origin(pass_) if pass_ is not None else None
        if found is not None:
            self.session.go_to_event(found.event, found.node)

    def show_cause(self) -> None:
        """Show what made the program fail: the failing node, and the event that made it inevitable when it is known."""
        trace = self.session.trace
        error = last_error(trace) if trace is not None else None
        if error is None:
            return
        self.session.go_to_event(error.id, error.node)
        if error.cause >= 0:
            self.session.show_event(error.cause)
            self.bottom_tabs.setCurrentWidget(self.events)

    def show_message(self, level: str, text: str) -> None:
        """Say something in the bar at the top; errors also in a box when a user is there to close it."""
        self.message_bar.say(level, text)
        if level == "error" and self.interactive:
            box = QMessageBox(QMessageBox.Icon.Warning, self.tr("gradtrace"), text, QMessageBox.StandardButton.Ok, self)
            box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            box.open()

    # ----------------------------------------------------------------------------------------------------- actions
    def ask_open(self) -> None:
        """Ask for a trace file and open it."""
        pattern = self.tr("Traces (*{suffix});;All files (*)").format(suffix=SUFFIX)
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Open a trace"), str(self.settings.directory), pattern)
        if name:
            self.session.open(name)

    def ask_event(self) -> None:
        """Ask for an event id and go there."""
        trace = self.session.trace
        if trace is None:
            return
        last = max(len(trace.events) - 1, 0)
        prompt = self.tr("Event (0 to {last}):").format(last=last)
        number, accepted = QInputDialog.getInt(self, self.tr("Go to event"), prompt, max(self.session.position, 0), 0, last)
        if accepted:
            self.session.go_to_event(number)

    def show_export_menu(self) -> None:
        """Pop up the export menu under its button."""
        button = self.toolbar.widgetForAction(self.actions_by_name["export"])
        self.exporter.menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def change_pass(self, by: int) -> None:
        """Show the next or the previous pass; nothing happens past the last one."""
        trace, index = self.session.trace, self.session.pass_index
        if trace is not None and index != ALL_NODES and 0 <= index + by < len(trace.passes):
            self.session.set_pass(index + by)

    def escape(self) -> None:
        """Select nothing, and dismiss the message."""
        self.session.clear_selection()
        self.message_bar.dismiss()

    def _fill_recent(self) -> None:
        self.recent_menu.clear()
        for path in self.settings.recent_files:
            action = self.recent_menu.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: self.session.open(path))
        if self.recent_menu.isEmpty():
            self.recent_menu.addAction(self.tr("No recent files")).setEnabled(False)
        else:
            self.recent_menu.addSeparator()
            self.recent_menu.addAction(self.tr("Clear"), self.settings.clear_recent_files)

    def show_shortcuts(self) -> None:
        """Show the table of shortcuts."""
        self._inform(self.tr("Keyboard shortcuts"), shortcuts_text(self.theme))

    def show_about(self) -> None:
        """Say what this program is."""
        self._inform(self.tr("About gradtrace"), about_text(self, self.theme))

    def _inform(self, title: str, text: str) -> None:
        TextDialog(title, text, self.theme, self).open()

    # ----------------------------------------------------------------------------------------------------- samples
    def record_sample(self, name: str) -> None:
        """Record a sample program in a process of its own, and open its trace when it is over."""
        self.session.busy_changed.emit(self.tr("Recording the sample {name} …").format(name=name))
        self.sample_recorder.record(find(name))

    def _sample_recorded(self, path: str) -> None:
        self.session.busy_changed.emit("")
        self.session.open(path)

    def _sample_failed(self, reason: str) -> None:
        self.session.busy_changed.emit("")
        self.show_message("error", reason)

    # ------------------------------------------------------------------------------------------------------- looks
    def set_theme(self, theme: Theme) -> None:
        """Dress everything in a theme."""
        if theme is not self.theme:
            self.theme = theme
            self._dress_application()
        dress_actions(self.actions_by_name, theme)
        for part in self._themed:
            part.set_theme(theme)

    def _dress_application(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, self.theme)

    def _speak(self) -> None:
        app = QApplication.instance()
        if app is not None:
            install_language(app, self.settings.language)

    def choose_language(self, code: str) -> None:
        """Remember the language; what is built already keeps its own."""
        self.settings.language = code
        self.show_message("info", self.tr("The language changes when the window is opened again."))

    def _language_menu(self) -> QMenu:
        menu, group = QMenu(self.tr("&Language"), self), QActionGroup(self)
        for code, name in {"": self.tr("As the system"), **LANGUAGES}.items():
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(code == self.settings.language)
            action.triggered.connect(partial(self.choose_language, code))
            group.addAction(action)
        return menu

    def toggle_theme(self) -> None:
        """Switch between light and dark, and remember it."""
        self.set_theme(THEMES["light" if self.theme.dark else "dark"])
        self.settings.theme = self.theme.name

    def set_gradient_colours(self, on: bool) -> None:
        """Colour nodes by gradient norm, or by kind."""
        self.actions_by_name["gradient_colours"].setChecked(on)
        self.graph.set_gradient_colours(on)

    def toggle_gradient_colours(self) -> None:
        """Switch colours as the action says, and remember it."""
        on = self.actions_by_name["gradient_colours"].isChecked()
        self.settings.gradient_colours = on
        self.graph.set_gradient_colours(on)

    def reset_layout(self) -> None:
        """Put all panels back where they were at first."""
        if self._first_layout is not None:
            self.restoreState(self._first_layout, LAYOUT_VERSION)

    def _first_sizes(self) -> None:
        passes, leaves, inspector, bottom = self.docks
        self.resizeDocks([passes, inspector], [340, 400], Qt.Orientation.Horizontal)
        self.resizeDocks([passes, leaves], [200, 400], Qt.Orientation.Vertical)
        self.resizeDocks([bottom], [262], Qt.Orientation.Vertical)

    # ------------------------------------------------------------------------------------------------ Qt's events
    def showEvent(self, event: QShowEvent) -> None:
        """The first time: put the panels where they were last time. Docks have no sizes before there is a window."""
        super().showEvent(event)
        if self._first_layout is not None:
            return
        self._first_sizes()
        self._first_layout = self.saveState(LAYOUT_VERSION)
        geometry, layout = self.settings.geometry, self.settings.layout
        if geometry is not None:
            self.restoreGeometry(geometry)
        if layout is not None:
            self.restoreState(layout, LAYOUT_VERSION)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome trace files."""
        if dropped_traces(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the file that was dropped."""
        paths = dropped_traces(event)
        if paths:
            event.acceptProposedAction()
            self.session.open(paths[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, end background work."""
        self.settings.set_window(self.saveGeometry(), self.saveState(LAYOUT_VERSION))
        self.settings.sync()
        self.sample_recorder.cancel()
        self.session.close()
        super().closeEvent(event)


def theme_of_system() -> Theme:
    """The theme that fits the user's desktop."""
    hints = QApplication.styleHints()
    return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


def dropped_traces(event: Any) -> list[Path]:
    """The local files with the suffix of traces in a drag or drop event."""
    urls = event.mimeData().urls() if event.mimeData().hasUrls() else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile() and url.toLocalFile().endswith(SUFFIX)]
