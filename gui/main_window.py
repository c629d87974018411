"""The main window: docks, bars and wiring. What is shown is the session's business, how it is shown the views'."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QMainWindow, QMessageBox, QTabWidget, QWidget

from ..samples import find
from .actions import build_actions, dress_actions, enable_actions
from .bars import Bars
from .dialogs import TextDialog, about_text, shortcuts_text
from .docks import BOTTOM, LEFT, RIGHT, Docks
from .exporting import Exporter
from .sampling import SampleRecorder, cache_folder
from .scene import ALL_NODES
from .session import Session
from .settings import LAYOUT_VERSION, Settings
from .theme import DARK, LIGHT, THEMES, Theme, apply_theme
from .translation import install_language
from .views.canvas import GraphView
from .views.events import EventsView
from .views.graph_panel import GraphPanel
from .views.inspector import Inspector
from .views.leaves import LeavesView
from .views.nodes import NodesView
from .views.notices import Notices
from .views.pass_selector import PassSelector
from .views.passes import PassesView
from .views.problems import ProblemsView
from .views.search import SearchBox
from .views.source import SourceView
from .views.status import StatusBar
from .views.table import stacked
from .views.timeline import TimelineView
from .views.trace_selector import TraceSelector

SUFFIX = ".gtrace"
SIZE = QSize(1440, 900)
FRAME = QSize(8, 40)
"""What a window manager puts around a window, at most."""


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
    pass_selector: PassSelector
    trace_selector: TraceSelector
    exporter: Exporter
    docks: Docks

    def __init__(self, settings: Settings, interactive: bool = False) -> None:
        super().__init__()
        self.setObjectName("gradtrace")
        self.settings = settings
        self.interactive = interactive
        self.session = Session(self)
        self.theme = THEMES.get(settings.theme) or theme_of_system()
        self.resize(first_size(self.screen().availableSize()) if interactive else SIZE)
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
        self._show_traces()
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
        self.search = SearchBox(session)
        self.trace_selector, self.pass_selector = TraceSelector(session), PassSelector(session)
        self.status = StatusBar(session)
        self.notices = Notices(session)
        self.docks = Docks(self)
        self._themed: tuple[Themed, ...] = (
            *(self.panel, self.passes, self.leaves, self.inspector, self.timeline, self.events, self.nodes, self.source),
            *(self.problems, self.exporter, self.search, self.status, self.notices, self.docks),
        )

    def _lay_out(self) -> None:
        centre = QWidget()
        column = stacked(self.notices, self.panel)
        column.setStretchFactor(self.panel, 1)
        centre.setLayout(column)
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
        self.docks.add("passes", self.tr("Passes"), self.passes, LEFT)
        self.docks.add("leaves", self.tr("Leaves and parameters"), self.leaves, LEFT)
        self.docks.add("inspector", self.tr("Inspector"), self.inspector, RIGHT)
        self.docks.add("bottom", self.tr("Timeline and tables"), self.bottom_tabs, BOTTOM)
        self.setStatusBar(self.status)
        self.bars = Bars(self)

    def _connect(self) -> None:
        session = self.session
        session.message.connect(self.show_message)
        session.opened.connect(lambda path: self.settings.add_recent_file(Path(path)))
        session.traces_changed.connect(self._show_traces)
        session.trace_changed.connect(self._show_trace)
        for signal in (
            *(session.pass_changed, session.drawing_changed, session.cursor_moved, session.selection_changed),
            *(session.breakpoints_changed, session.busy_changed, session.traces_changed),
        ):
            signal.connect(self._update_actions)
        self.notices.events_wanted.connect(lambda: self.bottom_tabs.setCurrentWidget(self.events))
        for view in (self.notices, self.problems):
            view.source_wanted.connect(lambda: self.bottom_tabs.setCurrentWidget(self.source))
        self.panel.welcome.open_requested.connect(self.ask_open)
        self.panel.welcome.file_chosen.connect(session.open)
        self.panel.welcome.sample_chosen.connect(self.record_sample)
        self.sample_recorder.recorded.connect(self._sample_recorded)
        self.sample_recorder.failed.connect(self._sample_failed)

    # --------------------------------------------------------------------------------------------------- following
    def _update_actions(self) -> None:
        enable_actions(self.actions_by_name, self.session)

    def _show_traces(self) -> None:
        self.bars.toolbar_actions["traces*"].setVisible(len(self.session.traces) > 1)

    def _show_title(self) -> None:
        trace, traces = self.session.trace, self.session.traces
        name = trace.path.name if trace is not None and trace.path is not None else ""
        if trace is not None and trace.world_size > 1 and trace.started is not None:
            rank = self.tr("rank {rank} of {count}").format(rank=trace.started.rank, count=trace.world_size)
            name = f"{name} – {rank}" if name else rank
        elif len(traces) > 1:
            name = self.tr("{name} ({number} of {count})").format(name=name, number=traces.current + 1, count=len(traces))
        self.setWindowTitle(self.tr("{name} – gradtrace").format(name=name) if name else self.tr("gradtrace"))

    def _show_trace(self) -> None:
        self._show_title()
        self.graph.setFocus()  # arrow keys walk the graph
        count = self.problems.model.serious
        title = self.tr("Problems ({count})").format(count=count) if count else self.tr("Problems")
        self.bottom_tabs.setTabText(self.bottom_tabs.indexOf(self.problems), title)

    def show_message(self, level: str, text: str) -> None:
        """Say something in the bar at the top; errors also in a box when a user is there to close it."""
        self.notices.message.say(level, text)
        if level == "error" and self.interactive:
            box = QMessageBox(QMessageBox.Icon.Warning, self.tr("gradtrace"), text, QMessageBox.StandardButton.Ok, self)
            box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            box.open()

    # ----------------------------------------------------------------------------------------------------- actions
    def ask_open(self) -> None:
        """Ask for trace files and open them."""
        pattern = self.tr("Traces (*{suffix});;All files (*)").format(suffix=SUFFIX)
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Open traces"), str(self.settings.directory), pattern)
        if names:
            self.session.open(*names)

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
        button = self.bars.toolbar.widgetForAction(self.actions_by_name["export"])
        self.exporter.menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def change_pass(self, by: int) -> None:
        """Show the next or the previous pass; nothing happens past the last one."""
        trace, index = self.session.trace, self.session.pass_index
        if trace is not None and index != ALL_NODES and 0 <= index + by < len(trace.passes):
            self.session.set_pass(index + by)

    def change_trace(self, by: int) -> None:
        """Show the next or the previous of the traces in this window; nothing happens past the last one."""
        self.session.set_trace(self.session.traces.current + by)

    def escape(self) -> None:
        """Select nothing, and dismiss the message."""
        self.session.clear_selection()
        self.notices.message.dismiss()

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

    # ------------------------------------------------------------------------------------------------ Qt's events
    def showEvent(self, event: QShowEvent) -> None:
        """The first time: put the panels where they were last time. Docks have no sizes before there is a window."""
        super().showEvent(event)
        if self._first_layout is not None:
            return
        self.docks.set_first_sizes()
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
        """Open the files that were dropped."""
        paths = dropped_traces(event)
        if paths:
            event.acceptProposedAction()
            self.session.open(*paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, end background work."""
        self.settings.set_window(self.saveGeometry(), self.saveState(LAYOUT_VERSION))
        self.settings.sync()
        self.sample_recorder.cancel()
        self.session.close()
        super().closeEvent(event)


def first_size(room: QSize) -> QSize:
    """The size of a window nobody has sized yet, on a screen with so much room: all of a small screen but for its frame."""
    return SIZE.boundedTo(room - FRAME) if room.isValid() else SIZE


def theme_of_system() -> Theme:
    """The theme that fits the user's desktop."""
    hints = QApplication.styleHints()
    return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


def dropped_traces(event: Any) -> list[Path]:
    """The local files with the suffix of traces in a drag or drop event."""
    urls = event.mimeData().urls() if event.mimeData().hasUrls() else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile() and url.toLocalFile().endswith(SUFFIX)]
