"""The only mutable state of the window: trace, pass, cursor, selection, breakpoints.

Views read the session's properties, call its methods and listen to its signals; they never know each other. Loading and layout run
in the :class:`~gradtrace.gui.worker.Worker`: trace, pass, cursor and drawing change together, on the GUI thread, when the result is
there, so a view never sees half of a change, and what was shown before stays until then.

Two things to keep apart: the *current* node is where the cursor stands; the *selected* node is the one the user picked and stays
when the cursor moves. :attr:`Session.node` is the selected one, or the current one while nothing is selected.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from ..tracer.layout import Drawing
from ..tracer.model import Pass, Trace
from ..tracer.replay import Cursor, ReplayState
from ..tracer.store.errors import TraceError
from .grouping import all_groups
from .lookups import accumulators, last_error
from .scene import ALL_NODES, Scene, describe_failure, prepare
from .worker import Token, Worker

OPEN = "open"


class Session(QObject):
    """What is open, where the cursor stands and what is selected."""

    trace_changed = Signal()
    pass_changed = Signal()
    drawing_changed = Signal()
    cursor_moved = Signal()
    selection_changed = Signal(int)  # node id, 0 for none
    event_shown = Signal(int)  # the event to look at: the cursor's, or one outside the pass that the user asked for
    breakpoints_changed = Signal()
    busy_changed = Signal(str)  # what is being done, "" when idle
    opened = Signal(str)  # path of a trace that is now shown
    message = Signal(str, str)  # level ("info", "warning", "error"), text

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.worker = Worker(self)
        self._scene: Scene | None = None
        self._cursor: Cursor | None = None
        self._selected = 0
        self._event = -1
        self._breakpoints: frozenset[int] = frozenset()
        self._collapsed: frozenset[str] | None = None  # None until the user opens or closes a group

    # -------------------------------------------------------------------------------------------------- properties
    @property
    def trace(self) -> Trace | None:
        """The open trace."""
        return self._scene.trace if self._scene else None

    @property
    def pass_(self) -> Pass | None:
        """The pass on show; the pseudo pass over all nodes when :attr:`pass_index` is :data:`ALL_NODES`."""
        return self._scene.pass_ if self._scene else None

    @property
    def pass_index(self) -> int:
        """Index of the pass on show, or :data:`ALL_NODES`."""
        return self._scene.index if self._scene else ALL_NODES

    @property
    def drawing(self) -> Drawing | None:
        """The layout of the pass on show; None when nothing is open or the layout failed."""
        return self._scene.drawing if self._scene else None

    @property
    def cursor(self) -> Cursor | None:
        """The playback position in the pass on show."""
        return self._cursor

    @property
    def state(self) -> ReplayState | None:
        """The pass as of the cursor."""
        return self._cursor.state if self._cursor is not None else None

    @property
    def position(self) -> int:
        """Event id of the cursor, -1 when nothing is open."""
        return self._cursor.position if self._cursor else -1

    @property
    def shown_event(self) -> int:
        """Id of the event to look at: the cursor's, or one outside the pass the user asked for; -1 for none."""
        return self._event

    @property
    def selected(self) -> int:
        """Id of the node the user picked, 0 for none."""
        return self._selected

    @property
    def current(self) -> int:
        """Id of the node at the cursor, 0 for none."""
        state, pass_ = self.state, self.pass_
        if state is None or pass_ is None or state.current < 0:
            return 0
        return int(pass_.arrays.node[state.current])

    @property
    def node(self) -> int:
        """The node to talk about: the selected one, else the current one, else 0."""
        return self._selected or self.current

    @property
    def breakpoints(self) -> frozenset[int]:
        """Ids of the nodes with a breakpoint."""
        return self._breakpoints

    @property
    def at_start(self) -> bool:
        """True when the cursor cannot go back."""
        return self._cursor is None or self._cursor.at_start

    @property
    def at_end(self) -> bool:
        """True when the cursor cannot go on."""
        return self._cursor is None or self._cursor.at_end

    # ----------------------------------------------------------------------------------------- what is open and shown
    def open(self, path: str | Path) -> None:
        """Load a trace in the background and show it; when it cannot be read, say so and keep what is open."""
        path = Path(path)
        self.busy_changed.emit(self.tr("Opening {name} …").format(name=path.name))

        def load(token: Token) -> Scene:
            trace = Trace.load(path)
            token.check()
            return prepare(trace, token=token)

        self.worker.submit(OPEN, load, self._show_new_trace, lambda error: self._opening_failed(path, error))

    def open_now(self, path: str | Path, index: int | None = None) -> None:
        """Like :meth:`open`, but done when it returns.

        Raises:
            TraceError: the file cannot be read.
            OSError: the file cannot be opened.
        """
        self.show_trace(Trace.load(Path(path)), index)

    def show_trace(self, trace: Trace, index: int | None = None) -> None:
        """Show a trace that is in memory already, at once."""
        self.worker.cancel(OPEN)
        self._show_new_trace(prepare(trace, index))

    def set_pass(self, index: int) -> None:
        """Show another pass (:data:`ALL_NODES`: all nodes of the run); graph and layout are made in the background."""
        if self._scene is not None and index != self._scene.index:
            self._request_scene(index)

    def set_collapsed(self, scopes: Collection[str]) -> None:
        """Draw these groups closed, all others open; cursor and selection stay."""
        if self._scene is None or frozenset(scopes) == self.collapsed:
            return
        self._collapsed = frozenset(scopes)
        trace, index, collapsed = self._scene.trace, self._scene.index, self._collapsed
        self.busy_changed.emit(self.tr("Laying out the graph …"))
        self.worker.submit(OPEN, lambda token: prepare(trace, index, collapsed, token), self._show_new_drawing, self._layout_failed)

    @property
    def collapsed(self) -> frozenset[str]:
        """Scopes whose groups are drawn closed: as the user wants it, or as a large graph is shown at first."""
        if self._collapsed is not None:
            return self._collapsed
        return self._scene.collapsed if self._scene is not None else frozenset()

    @property
    def groups(self) -> frozenset[str]:
        """Every scope of the graph on show."""
        return all_groups(self._scene.pass_.arrays) if self._scene is not None else frozenset()

    def open_all_groups(self) -> None:
        """Draw every group open."""
        self.set_collapsed(())

    def close_all_groups(self) -> None:
        """Draw every group closed; opening one shows those inside it closed."""
        self.set_collapsed(self.groups)

    def cancel(self) -> None:
        """Stop waiting for the load or layout under way; what is shown stays."""
        if self.worker.is_busy(OPEN):
            self.worker.cancel(OPEN)
            self.busy_changed.emit("")

    def close(self) -> None:
        """End background work; call it before the window goes away."""
        self.worker.close()

    def _request_scene(self, index: int, then_event: int | None = None, then_node: int = 0) -> None:
        assert self._scene is not None
        trace, collapsed = self._scene.trace, self._collapsed

        def show(scene: Scene) -> None:
            self._show_scene(scene)
            if then_event is not None:
                self.go_to_event(then_event, then_node)

        self.busy_changed.emit(self.tr("Laying out the graph …"))
        self.worker.submit(OPEN, lambda token: prepare(trace, index, collapsed, token), show, self._layout_failed)

    def _show_new_trace(self, scene: Scene) -> None:
        self._collapsed = None
        self._breakpoints = frozenset()
        self._show_scene(scene, new_trace=True)
        if scene.trace.path is not None:
            self.opened.emit(str(scene.trace.path))
        for problem in scene.trace.problems:
            self.message.emit("warning", self.tr("This file has a problem: {problem}").format(problem=problem))

    def _show_scene(self, scene: Scene, new_trace: bool = False) -> None:
        cursor = Cursor(scene.trace, scene.pass_)
        self._scene, self._cursor, self._selected = scene, cursor, 0
        error = last_error(scene.trace) if new_trace and scene.pass_.is_forward else scene.pass_.error
        if error is not None:
            cursor.seek(error.id)
            self._selected = error.node
        self._event = cursor.position
        self.busy_changed.emit("")
        if new_trace:
            self.trace_changed.emit()
            self.breakpoints_changed.emit()
        self.pass_changed.emit()
        self.drawing_changed.emit()
        self.cursor_moved.emit()
        self.selection_changed.emit(self._selected)
        self.event_shown.emit(self._event)
        if scene.failure:
            self.message.emit("error", scene.failure)

    def _show_new_drawing(self, scene: Scene) -> None:
        if self._scene is None or scene.trace is not self._scene.trace or scene.index != self._scene.index:
            return
        self._scene = scene
        self.busy_changed.emit("")
        self.drawing_changed.emit()
        self.cursor_moved.emit()
        self.selection_changed.emit(self._selected)
        if scene.failure:
            self.message.emit("error", scene.failure)

    def _opening_failed(self, path: Path, error: Exception) -> None:
        self.busy_changed.emit("")
        if not isinstance(error, TraceError | OSError):
            raise error
        self.message.emit("error", self.tr("Cannot open {name}: {reason}").format(name=path.name, reason=describe_failure(error)))

    def _layout_failed(self, error: Exception) -> None:
        self.busy_changed.emit("")
        raise error

    # ---------------------------------------------------------------------------------------------------- selection
    def select(self, node: int) -> None:
        """Select a node by id; 0 selects nothing."""
        if node != self._selected:
            self._selected = node
            self.selection_changed.emit(node)

    def clear_selection(self) -> None:
        """Select nothing: the inspector follows the cursor again."""
        self.select(0)

    def select_leaf(self, tensor: int) -> None:
        """Select the AccumulateGrad node of a leaf, if the run made one."""
        node = self.node_of_leaf(tensor)
        if node:
            self.select(node)
        else:
            self.message.emit("info", self.tr("This leaf takes no part in a graph: nothing was computed from it."))

    def node_of_leaf(self, tensor: int) -> int:
        """Id of the AccumulateGrad node of a leaf: the one in this pass when there is one; 0 when there is none."""
        trace, pass_ = self.trace, self.pass_
        if trace is None or pass_ is None:
            return 0
        candidates = accumulators(trace, tensor)
        inside = set(pass_.arrays.node.tolist())
        return next((node for node in candidates if node in inside), candidates[-1] if candidates else 0)

    # ------------------------------------------------------------------------------------------------------- cursor
    def seek(self, event: int) -> None:
        """Move the cursor to an event of the pass on show (clipped to it)."""
        if self._cursor is not None:
            self._cursor.seek(event)
            self._moved()

    def go_to_event(self, event: int, node: int = 0) -> None:
        """Show any event of the run: move the cursor when it belongs to a pass, else select the node it speaks of.

        ``node`` is selected in the end, when it is given.
        """
        if self._scene is None or not 0 <= event < len(self._scene.trace.events):
            return
        pass_ = self._scene.pass_
        if self._scene.index != ALL_NODES and pass_.first <= event <= pass_.last:
            self.select(node)
            self.seek(event)
            return
        owner = self._scene.trace.pass_of(event)
        if owner is not None and owner.index != self._scene.index:
            self._request_scene(owner.index, then_event=event, then_node=node)
            return
        if self._scene.index == ALL_NODES:
            self.seek(event)
        node = node or getattr(self._scene.trace.events[event], "node", 0)
        if node:
            self.select(int(node))
        self.show_event(event)

    def show_event(self, event: int) -> None:
        """Point at an event without moving the cursor: tables scroll to it, the source view shows its line."""
        self._event = event
        self.event_shown.emit(event)

    def to_start(self) -> None:
        """Move the cursor to the start of the pass."""
        if self._cursor is not None:
            self._cursor.to_start()
            self._moved()

    def to_end(self) -> None:
        """Move the cursor to the end of the pass."""
        if self._cursor is not None:
            self._cursor.to_end()
            self._moved()

    def step(self) -> None:
        """Go on to where the next node has finished."""
        if self._cursor is not None and self._cursor.step():
            self._moved()

    def step_back(self) -> None:
        """Go back to where the previous node had finished."""
        if self._cursor is not None and self._cursor.step_back():
            self._moved()

    def step_event(self) -> None:
        """Go on by a single event."""
        if self._cursor is not None and self._cursor.step_event():
            self._moved()

    def step_event_back(self) -> None:
        """Go back by a single event."""
        if self._cursor is not None and self._cursor.step_event_back():
            self._moved()

    def run_to_node(self, node: int) -> None:
        """Move the cursor to where this node has finished (or failed), forwards or back."""
        if self._cursor is None:
            return
        if self._cursor.run_to_node(node):
            self._moved()
        else:
            self.message.emit("info", self.tr("This node did not run in this pass."))

    def run(self) -> None:
        """Go on to where the next node with a breakpoint starts, else to the end of the pass."""
        self._run(back=False)

    def run_back(self) -> None:
        """Go back to where the previous node with a breakpoint started, else to the start of the pass."""
        self._run(back=True)

    def run_to_nonfinite(self) -> None:
        """Go on to the next event that carries a NaN or an infinity."""
        if self._cursor is None:
            return
        if self._cursor.run_to_nonfinite():
            self._moved()
        else:
            self.message.emit("info", self.tr("No gradient with NaN or Inf lies ahead in this pass."))

    def _run(self, back: bool) -> None:
        if self._cursor is None:
            return
        pass_, position = self._cursor.pass_, self._cursor.position
        began = pass_.arrays.created if pass_.is_forward else pass_.arrays.started
        stops = began[np.isin(pass_.arrays.node, list(self._breakpoints))]
        ahead = stops[(stops >= 0) & ((stops < position) if back else (stops > position))]
        if ahead.size:
            self._cursor.seek(int(ahead.max() if back else ahead.min()))
        elif back:
            self._cursor.to_start()
        else:
            self._cursor.to_end()
        self._moved()

    def _moved(self) -> None:
        self._event = self.position
        self.cursor_moved.emit()
        self.event_shown.emit(self._event)

    # -------------------------------------------------------------------------------------------------- breakpoints
    def toggle_breakpoint(self, node: int | None = None) -> None:
        """Set or clear the breakpoint of a node; without one, of the node under discussion."""
        node = self.node if node is None else node
        if not node:
            self.message.emit("info", self.tr("Select a node to set a breakpoint on it."))
            return
        self._breakpoints = self._breakpoints ^ {node}
        self.breakpoints_changed.emit()

    def clear_breakpoints(self) -> None:
        """Remove all breakpoints."""
        self._breakpoints = frozenset()
        self.breakpoints_changed.emit()
