"""Playback: a position in a recorded pass that moves forwards and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...core.events import Event, Gradient, NodeStarted
from .state import ReplayState

if TYPE_CHECKING:
    from ..model.passes import Pass
    from ..model.trace import Trace


class Cursor:
    """An event id inside a pass, and ways to move it. It starts at the pass's first event.

    The cursor is all the state playback has: what it shows is :attr:`state`, a function of the pass and the position alone. Moves
    that can fail say so by returning False, and then leave the position as it was.
    """

    def __init__(self, trace: Trace, pass_: Pass) -> None:
        self.trace = trace
        self.pass_ = pass_
        self._position = pass_.first
        self._state: ReplayState | None = None

    def __repr__(self) -> str:
        return f"<Cursor in {self.pass_.name} at event {self.position} of {self.pass_.first} to {self.pass_.last}>"

    @property
    def position(self) -> int:
        """Id of the event whose effect is the last one shown. -1 in a trace without events."""
        return self._position

    @property
    def state(self) -> ReplayState:
        """The state just after :attr:`position`."""
        if self._state is None or self._state.position != self._position:
            self._state = ReplayState(self.pass_, self._position)
        return self._state

    @property
    def at_start(self) -> bool:
        """Whether there is nothing to step back to."""
        return self._position <= self.pass_.first

    @property
    def at_end(self) -> bool:
        """Whether there is nothing to step on to."""
        return self._position >= self.pass_.last

    # ------------------------------------------------------------------------------------------------------------ going
    def seek(self, event: int) -> None:
        """Go to an event; one outside the pass takes the cursor to the nearer end."""
        self._position = min(max(int(event), self.pass_.first), self.pass_.last)

    def to_start(self) -> None:
        """Go to the pass's first event."""
        self._position = self.pass_.first

    def to_end(self) -> None:
        """Go to the pass's last event."""
        self._position = self.pass_.last

    def step(self) -> bool:
        """On to the next node's end, error or end of the pass. False at the end."""
        return self._go_to_next(self.pass_.node_stops, back=False)

    def step_back(self) -> bool:
        """Back to the previous node's end, error or start of the pass. False at the start."""
        return self._go_to_next(self.pass_.node_stops, back=True)

    def step_event(self) -> bool:
        """On to the next event. False at the end."""
        return self._go_by(1)

    def step_event_back(self) -> bool:
        """Back to the previous event. False at the start."""
        return self._go_by(-1)

    # ---------------------------------------------------------------------------------------------------------- running
    def run_to_node(self, node: int) -> bool:
        """To where ``node`` ends in this pass (or fails, or, in an unfinished pass, begins), forwards or back.

        False when it did not run.
        """
        index = self.pass_.arrays.index(node)
        if index < 0:
            return False
        arrays = self.pass_.arrays
        if self.pass_.is_forward:
            return self._go(int(arrays.created[index]))
        error = self.pass_.error
        if error is not None and error.node == node:
            return self._go(error.id)
        finished = int(arrays.finished[index])
        return self._go(finished if finished >= 0 else int(arrays.started[index]))

    def run_to(self, *event_types: type[Event], back: bool = False) -> bool:
        """To the next event of these types (the previous one with ``back``). False when there is none."""
        log = self.trace.events
        ids = [log.ids(event_type)[log.rows_between(event_type, self.pass_.first, self.pass_.last)] for event_type in event_types]
        return self._go_to_next(np.sort(np.concatenate(ids)), back=back) if ids else False

    def run_to_next(self, predicate: Callable[[Event], bool], back: bool = False) -> bool:
        """To the next event (the previous one with ``back``) for which ``predicate`` is true. False when there is none."""
        ahead: Iterable[int] = (
            range(self._position - 1, self.pass_.first - 1, -1) if back else range(self._position + 1, self.pass_.last + 1)
        )
        found = next((event_id for event_id in ahead if predicate(self.trace.events[event_id])), -1)
        return self._go(found)

    def run_to_nonfinite(self, back: bool = False) -> bool:
        """To the next event that carries a NaN or infinite gradient. False when there is none."""
        return self._go_to_next(self.pass_.nonfinite_events, back=back)

    # ------------------------------------------------------------------------------------------------------------ asking
    def gradient_of_edge(self, edge: int) -> Gradient | None:
        """The gradient that flowed along an edge (an index into the pass's arrays), or None when none has flowed by now."""
        return self.state.gradient_of_edge(edge)

    @property
    def nodes_run(self) -> int:
        """How many nodes have begun by now."""
        return int(np.searchsorted(self.pass_.ids(NodeStarted), self._position, "right"))

    # --------------------------------------------------------------------------------------------------------- internals
    def _go(self, event: int) -> bool:
        if event < 0:
            return False
        self._position = event
        return True

    def _go_by(self, distance: int) -> bool:
        target = self._position + distance
        return self._go(target) if self.pass_.first <= target <= self.pass_.last else False

    def _go_to_next(self, stops: NDArray[np.int64], *, back: bool) -> bool:
        place = (
            int(np.searchsorted(stops, self._position, "left")) - 1
            if back
            else int(np.searchsorted(stops, self._position, "right"))
        )
        return self._go(int(stops[place])) if 0 <= place < len(stops) else False
