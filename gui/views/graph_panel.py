"""The middle of the window: welcome, graph, or why there is none. Ties the canvas to the session."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from ...core.events import HookFired, HookRegistered
from ...tracer.layout import BoxKind
from ...tracer.model.text import number_text
from ..sampling import samples_in_order
from ..session import Session
from ..settings import Settings
from ..theme import Theme
from .canvas import GraphView
from .welcome import Placeholder, Welcome

MOST_EDGE_LABELS = 24


def parent_scopes(scope: str) -> list[str]:
    """A scope and those around it, innermost first."""
    parts = scope.split("/") if scope else []
    return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]


class GraphPanel(QStackedWidget):
    """The canvas follows the session; clicks on the canvas become selections."""

    def __init__(self, session: Session, settings: Settings, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.graph = GraphView(theme)
        self.welcome = Welcome(settings, samples_in_order())
        self._placeholder = Placeholder()
        for widget in (self.welcome, self.graph, self._placeholder):
            self.addWidget(widget)
        self.graph.node_clicked.connect(session.select)
        self.graph.background_clicked.connect(session.clear_selection)
        self.graph.node_activated.connect(self._activate)
        self.graph.menu_requested.connect(self._show_menu)
        session.drawing_changed.connect(self._show_drawing)
        session.cursor_moved.connect(self._show_state)
        session.selection_changed.connect(self._show_selection)
        session.breakpoints_changed.connect(self._show_marks)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.graph.set_theme(theme)
        self.welcome.set_theme(theme)
        self._placeholder.set_theme(theme)

    # ------------------------------------------------------------------------------------------- session to canvas
    def _show_drawing(self) -> None:
        pass_, drawing = self._session.pass_, self._session.drawing
        if pass_ is None:
            self.setCurrentWidget(self.welcome)
        elif drawing is None or not len(pass_.arrays):
            self._placeholder.setText(self._absence(failed=drawing is None))
            self.setCurrentWidget(self._placeholder)
        else:
            self.setCurrentWidget(self.graph)
            self.graph.set_graph(pass_.arrays, drawing)
            self._show_marks()
            self._show_state()

    def _absence(self, failed: bool) -> str:
        trace = self._session.trace
        if failed:
            return self.tr("This graph could not be drawn. Tables and inspector show all there is to know about it.")
        if trace is not None and len(trace.nodes):
            return self.tr("This pass ran no nodes.")
        return self.tr("This trace holds no graph: nothing in the recorded program needed a gradient.")

    def _show_state(self) -> None:
        state = self._session.state
        if state is None or self.currentWidget() is not self.graph:
            return
        self.graph.set_state(state)
        self.graph.set_edge_labels(self._edge_labels())
        if self._session.current:
            self.graph.ensure_visible(self._session.current, animated=True)

    def _edge_labels(self) -> dict[int, str]:
        """The norms of the gradients that are flowing now."""
        pass_, state = self._session.pass_, self._session.state
        if pass_ is None or state is None:
            return {}
        arrays = pass_.arrays
        flowing = np.flatnonzero(np.asarray(state.edge_status) == 1)[:MOST_EDGE_LABELS]
        norms = {edge: float(arrays.edge_norm[edge]) for edge in flowing.tolist()}
        labels = {edge: number_text(norm) for edge, norm in norms.items() if not np.isnan(norm)}
        return labels | {edge: "NaN/Inf" for edge in norms if arrays.edge_nonfinite[edge]}

    def _show_selection(self, node: int) -> None:
        self.graph.set_selected(node)
        if node:
            self.graph.ensure_visible(node, animated=True)

    def _show_marks(self) -> None:
        trace, pass_ = self._session.trace, self._session.pass_
        if trace is None or pass_ is None:
            return
        hooks = {*trace.events.columns(HookRegistered)["node"].tolist(), *trace.events.columns(HookFired)["node"].tolist()} - {0}
        records = (trace.nodes[node] for node in pass_.arrays.node.tolist() if node in trace.nodes)
        bumped = [record.id for record in records if any(saved.overwritten >= 0 for saved in record.saved)]
        self.graph.set_marks(self._session.breakpoints, hooks, bumped)

    # ------------------------------------------------------------------------------------------- canvas to session
    def _closed_group(self, node: int) -> str:
        """The scope of the closed group a node is drawn as, ``""`` when it has a box of its own."""
        pass_, drawing = self._session.pass_, self._session.drawing
        if pass_ is None or drawing is None:
            return ""
        boxes = drawing.box_of_node(pass_.arrays.index(node))
        return drawing.path[boxes[0]] if boxes and drawing.kind[boxes[0]] == BoxKind.GROUP else ""

    def _activate(self, node: int) -> None:
        """A double click opens a closed group, or runs the replay to the node."""
        scope = self._closed_group(node)
        if scope:
            self._session.set_collapsed(self._session.collapsed - {scope})
        else:
            self._session.run_to_node(node)

    def _close_group(self, path: str) -> None:
        self._session.set_collapsed(self._session.collapsed | {path})

    def _show_menu(self, node: int, position: QPoint) -> None:
        menu = self.menu_for(node)
        menu.exec(position)
        menu.deleteLater()

    def menu_for(self, node: int) -> QMenu:
        """The context menu of a node, or of the background for 0."""
        session, menu = self._session, QMenu(self)
        if node and session.pass_ is not None:
            menu.addAction(self.tr("Run to here"), lambda: session.run_to_node(node))
            has = node in session.breakpoints
            menu.addAction(
                self.tr("Clear breakpoint") if has else self.tr("Set breakpoint"), lambda: session.toggle_breakpoint(node)
            )
            menu.addSeparator()
            closed = self._closed_group(node)
            if closed:
                menu.addAction(
                    self.tr("Open group {name}").format(name=closed), lambda: session.set_collapsed(session.collapsed - {closed})
                )
            else:
                scope = session.pass_.arrays.scope[session.pass_.arrays.index(node)]
                for path in parent_scopes(scope):
                    text = self.tr("Close group {name}").format(name=path)
                    menu.addAction(text, partial(self._close_group, path))
            menu.addSeparator()
        menu.addAction(self.tr("Fit the graph"), lambda: self.graph.fit(animated=True))
        if session.collapsed:
            menu.addAction(self.tr("Open all groups"), lambda: session.set_collapsed(()))
        return menu
