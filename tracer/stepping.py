"""Which step a program is in, and switching the recording off and on between steps.

A step begins with ``gradtrace.step()`` in programs that call it. In others it ends when an optimizer has made its step: the one
that was the first to make one. (Where there is no optimizer at all, a capture may have something in its place: it ``gives_way``.)
While a step is not recorded nothing listens to events, so that the program runs as it would alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, cast
from weakref import ref

from ..core import events
from .capture import Captures
from .selection import StepSelection, gap_text, ranges_text
from .switchboard import Switchboard

if TYPE_CHECKING:
    from .flight import FlightWriter
    from .recorder import Recorder

__all__ = ["StepGate"]

_LISTED = 64  # recorded steps that are named at the end


class _Mode(Enum):
    RECORD = "record"
    LEAVES = "leaves"  # before the first step, when that one is not wanted: later ones need to know the leaves
    OFF = "off"


class _OpenScopes(threading.local):
    """The regions that the program itself has opened in a thread."""

    def __init__(self) -> None:
        self.names: list[str] = []


class StepGate:
    """Decides at the beginning of each step whether it is recorded. Without ``selection`` every step is.

    ``index`` is the number of the present step, from 0. ``flight`` is told where each step begins.
    """

    def __init__(
        self, recorder: Recorder, board: Switchboard, selection: StepSelection | None, flight: FlightWriter | None = None
    ) -> None:
        self.captures = Captures()
        self.index = 0
        self._recorder = recorder
        self._board = board
        self._selection = selection
        self._flight = flight
        self._mode = _Mode.RECORD if selection is None or self._wants(0) else _Mode.LEAVES
        self._by_marks = False
        self._clock: ref[Any] | None = None
        self._boundaries = 0
        self._last_recorded = -1
        self._recorded: list[int] = []
        self._count = 0
        self._waiting: str | None = None
        self._held = False
        self._scopes = _OpenScopes()
        self._previous: events.Sink | None = None
        self._other_listener: Callable[[Any], None] | None = None
        board.between_passes = self._settle

    # ------------------------------------------------------------------------------------------------- begin and end
    def begin(self) -> None:
        """Take the seat."""
        self._take_seat()
        self._other_listener, events.step_listener = events.step_listener, self.optimizer_stepped

    def end(self) -> None:
        """Leave the seat; the captures have been stopped."""
        if events.step_listener == self.optimizer_stepped:
            events.step_listener = self._other_listener
        if events.sink is cast(Any, self._board):
            events.set_sink(self._previous)
        if self._boundaries == 0 and self._mode is _Mode.RECORD:
            self._note(0)

    def hold(self) -> None:
        """Another recording has the seat for a while."""
        self._leave_seat()
        self._held = True

    def go_on(self) -> None:
        """The other recording is over."""
        self._held = False
        if self._mode is not _Mode.OFF:
            self._take_seat()
            self.captures.resume()
        self._apply("")

    # -------------------------------------------------------------------------------------------------------- steps
    def step(self, text: str) -> None:
        """``gradtrace.step()`` was called; from its first call on nothing else counts."""
        if not self._by_marks:
            self._by_marks, self._boundaries, self.index = True, 0, -1
            self._count, self._recorded, self._last_recorded = 0, [], -1
        try:
            self._next(text)
        except Exception as error:  # noqa: BLE001  the guard: the program goes on
            self._recorder.failed(error)

    def optimizer_stepped(self, optimizer: Any) -> None:
        """An optimizer has made a step: a listener of :data:`gradtrace.core.events.step_listener`."""
        if self._other_listener is not None:
            self._other_listener(optimizer)
        if self._by_marks or not self._recorder.active:
            return
        clock = None if self._clock is None else self._clock()
        if clock is None or (getattr(clock, "gives_way", False) and not getattr(optimizer, "gives_way", False)):
            self._clock, clock = ref(optimizer), optimizer
        if clock is optimizer:
            if self._boundaries == 0 and self._mode is _Mode.RECORD:
                self._note(0)
            self._next("")

    def _next(self, text: str) -> None:
        """The next step begins."""
        self.index += 1
        self._boundaries += 1
        stuck = self._waiting is not None  # no pass takes two steps: the end of one was missed
        if self._board.passes and not stuck and self._mode is not _Mode.OFF:
            if self._mode is _Mode.RECORD and self._wants(self.index):
                self._announce(text)
            else:
                self._waiting = text
            return
        self._board.passes = 0
        self._apply(text)

    def _settle(self) -> None:
        """No pass is running any more: now it can be switched."""
        if self._waiting is not None:
            self._apply(self._waiting)

    def _apply(self, text: str) -> None:
        self._waiting = None
        if self._held or not self._recorder.active or not self._boundaries:
            return
        wanted = self._wants(self.index)
        if wanted and self._mode is not _Mode.RECORD:
            self._switch_on()
        if wanted:
            self._announce(text)
        elif self._mode is not _Mode.OFF:
            self._leave_seat()
            self._mode = _Mode.OFF

    def _wants(self, index: int) -> bool:
        try:
            return self._selection is None or index in self._selection
        except Exception as error:  # noqa: BLE001  the program's own function decides, and must not end the program
            self._recorder.give_up(error)
            return False

    def _announce(self, text: str) -> None:
        """A step that is recorded begins."""
        if self._last_recorded == self.index:
            return
        self._note(self.index)
        if self._selection is None and self._flight is None:
            if self._by_marks:
                self._recorder.marked(text, "step")
            return
        label = text or f"step {self.index}"
        if self._flight is None:
            self._recorder.marked(label, "step")
        else:  # one text for all steps: the names of a long run's would pile up
            self._recorder.marked("step", "step")
            self._flight.step_began(self._recorder.event_count - 1, self.index, label)

    def _note(self, index: int) -> None:
        self._last_recorded = index
        self._count += 1
        if len(self._recorded) < _LISTED:
            self._recorded.append(index)

    # ---------------------------------------------------------------------------------------------------- switching
    def _switch_on(self) -> None:
        was_off, self._mode = self._mode is _Mode.OFF, _Mode.RECORD
        if was_off:
            self._take_seat()
            self.captures.resume()
            for name in self._scopes.names:
                self._board.scope_entered(name)
        else:
            self._board.record_all()
        if self._last_recorded + 1 < self.index:
            self._recorder.marked(gap_text(self._last_recorded + 1, self.index - 1), "gap")

    def _take_seat(self) -> None:
        self._board.passes = 0
        if self._mode is _Mode.RECORD:
            self._board.record_all()
        else:
            self._board.record_leaves()
        self._previous = events.set_sink(cast(Any, self._board))  # its methods are plugged in

    def _leave_seat(self) -> None:
        if events.sink is not cast(Any, self._board):
            return
        self.captures.pause()
        for name in reversed(self._scopes.names):
            self._board.scope_exited(name)
        events.set_sink(self._previous)

    # -------------------------------------------------------------------------------------------- scopes of the program
    def scope_entered(self, name: str) -> None:
        """The program enters a region."""
        self._scopes.names.append(name)
        if events.sink is cast(Any, self._board):
            self._board.scope_entered(name)

    def scope_exited(self, name: str) -> None:
        """The program leaves the region that it entered last."""
        if self._scopes.names:
            self._scopes.names.pop()
        if events.sink is cast(Any, self._board):
            self._board.scope_exited(name)

    # ------------------------------------------------------------------------------------------------------ in words
    @property
    def steps(self) -> int:
        """How many steps there were: those begun by ``gradtrace.step()``, or those ended by the optimizer."""
        return self._boundaries

    def notes(self) -> list[str]:
        """Sentences for people about what was recorded."""
        if self._selection is None:
            return []
        # after the last optimizer step mostly nothing comes
        numbers = [index for index in self._recorded if index < self.steps] or self._recorded
        count = self._count - (len(self._recorded) - len(numbers))
        which = f": {ranges_text(numbers)}" if numbers else ""
        steps = max(self.steps, count)
        return [
            f"{count:,} of {steps:,} {'step' if steps == 1 else 'steps'} were recorded{which}; asked for: {self._selection.text}"
        ]
