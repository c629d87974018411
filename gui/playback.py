"""Playback in the window: the pass on show, where the cursor stands, what is selected, and the breakpoints.

Two things to keep apart: the *current* node is where the cursor stands; the *selected* node is the one the user picked and stays
when the cursor moves. :attr:`Playback.node` is the selected one, or the current one while nothing is selected.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Signal

from ..tracer.layout import Drawing
from ..tracer.model import Pass, Trace
from ..tracer.replay import Cursor, ReplayState
from .lookups import accumulators
from .scene import ALL_NODES, Scene


class Playback(QObject):
    """One scene, a cursor in it, a selection and breakpoints: the part of the session that knows no files."""

    cursor_moved = Signal()
    selection_changed = Signal(int)  # node id, 0 for none
    event_shown = Signal(int)  # the event to look at: the cursor's, or one outside the pass that the user asked for
    breakpoints_changed = Signal()
    message = Signal(str, str)  # level ("info", "warning", "error"), text

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene: Scene | None = None
        self._cursor: Cursor | None = None
        self._selected = 0
        self._event = -1
        self._breakpoints: frozenset[int] = frozenset()

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

    def show_event(self, event: int) -> None:
        """Point at an event without moving the cursor: tables scroll to it, the source view shows its line."""
        self._event = event
        self.event_shown.emit(event)

    def to_start(self) -> None:
        """Move the cursor to the start of the pass."""
        self._move(Cursor.to_start)

    def to_end(self) -> None:
        """Move the cursor to the end of the pass."""
        self._move(Cursor.to_end)

    def step(self) -> None:
        """Go on to where the next node has finished."""
        self._move(Cursor.step)

    def step_back(self) -> None:
        """Go back to where the previous node had finished."""
        self._move(Cursor.step_back)

    def step_event(self) -> None:
        """Go on by a single event."""
        self._move(Cursor.step_event)

    def step_event_back(self) -> None:
        """Go back by a single event."""
        self._move(Cursor.step_event_back)

    def run_to_node(self, node: int) -> None:
        """Move the cursor to where this node has finished (or failed), forwards or back."""
        if not self._move(lambda cursor: cursor.run_to_node(node)):
            self.message.emit("info", self.tr("This node did not run in this pass."))

    def run(self) -> None:
        """Go on to where the next node with a breakpoint starts, else to the end of the pass."""
        self._run(back=False)

    def run_back(self) -> None:
        """Go back to where the previous node with a breakpoint started, else to the start of the pass."""
        self._run(back=True)

    def run_to_nonfinite(self) -> None:
        """Go on to the next event that carries a NaN or an infinity."""
        if not self._move(Cursor.run_to_nonfinite):
            self.message.emit("info", self.tr("No gradient with NaN or Inf lies ahead in this pass."))

    def _move(self, how: Callable[[Cursor], bool | None]) -> bool:
        """Move the cursor and say so; False when it could not. Without a cursor nothing is to be done, and that is done."""
        if self._cursor is None:
            return True
        done = how(self._cursor) is not False
        if done:
            self._moved()
        return done

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
