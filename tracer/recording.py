"""One recording: a context manager that puts the parts together, and takes them apart again in the right order."""

from __future__ import annotations

import atexit
import os
import platform
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from ..core import events
from ..core.events import RunOutcome, Sink
from .capture import Captures, start_all
from .capture.options import Compile
from .environment import place_listeners, process_place, versions
from .explanations_program import explain, observe
from .flight import FlightWriter
from .flight_signals import SignalWatch
from .ranks import path_of_rank
from .recorder import Recorder
from .scoping import ScopeFilter
from .selection import ScopeSelection, StepSelection
from .stepping import StepGate
from .store.errors import TraceError, TraceWriteError
from .store.writer import TraceWriter
from .switchboard import Switchboard

__all__ = ["Recording", "RecordingOptions", "current_recording"]

_current: Recording | None = None


def current_recording() -> Recording | None:
    """The recording that is running in this process, the innermost one, or None."""
    return _current


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingOptions:
    """What :func:`gradtrace.record` was asked for; explained there."""

    level: str = "values"
    max_value_bytes: int = 1 << 20
    max_total_bytes: int = 256 << 20
    max_events: int | None = None
    max_file_bytes: int | None = None
    sources: bool = True
    steps: StepSelection | None = None
    scopes: ScopeSelection | None = None
    keep_last: int | None = None
    keep_bytes: int = 256 << 20
    always: bool = False
    compile: Compile = "opaque"

    @property
    def selection(self) -> dict[str, Any]:
        """What of the run is left out on purpose, for the trace's header; empty when nothing is."""
        selection: dict[str, Any] = {}
        if self.steps is not None:
            selection["steps"] = self.steps.text
        if self.scopes is not None:
            selection["scopes"] = list(self.scopes.patterns)
        if self.keep_last is not None:
            selection["keep_last"] = self.keep_last
        return selection


class Recording:
    """A recording, as made by :func:`record`: a context manager that records what happens inside it.

    Attributes:
        path: the trace file: that of this process's rank, where there are several. A rank that becomes known later moves it.
        level: how much is recorded.
        gives_way: whether a recording that the program itself begins takes over for as long as it lasts; else it is an error.
        quiet: do not say on standard error what became of a flight recorder; ``last_words`` has it.
    """

    def __init__(self, path: Path, options: RecordingOptions) -> None:
        self.path = path_of_rank(path)
        self.level = options.level
        self.gives_way = False
        self.quiet = False
        self.last_words = ""
        self.gate: StepGate | None = None
        self._options = options
        self._recorder: Recorder | None = None
        self._captures = Captures()
        self._flight: FlightWriter | None = None
        self._signals: SignalWatch | None = None
        self._outer: Recording | None = None
        self._notes: list[str] = []
        self._asked_for = path
        self._place = 0, 1
        self._header: Mapping[str, Any] = {}
        self._writer: TraceWriter | None = None
        self._shares_name = False

    @property
    def events(self) -> int:
        """How many events were recorded so far."""
        return self._recorder.event_count if self._recorder else 0

    @property
    def active(self) -> bool:
        """Whether events are being recorded: False before and after, and when the recording had to stop early."""
        return self._recorder is not None and self._recorder.active

    @property
    def failure(self) -> str:
        """Why the recording stopped early, or ``""``."""
        return self._recorder.failure if self._recorder else ""

    @property
    def keeps_last(self) -> bool:
        """Whether it is a flight recorder."""
        return self._options.keep_last is not None

    def name_of(self, file: Path) -> str:
        """One of :attr:`files` as the user would name it."""
        return str(self.path.with_name(file.name))

    @property
    def files(self) -> list[Path]:
        """The traces there are: :attr:`path`, or those that a flight recorder has written so far."""
        return [self.path] if self._flight is None else list(self._flight.dumps)

    # ------------------------------------------------------------------------------------------------- begin and end
    def __enter__(self) -> Recording:
        global _current
        outer = _current if _current is not None and _current.active else None
        if outer is not None and not outer.gives_way:
            raise TraceError(f"cannot record {self.path}: a recording is running already; one process records one trace at a time")
        self._place = rank, world_size = process_place()
        writer = self._writer = self._new_writer(world_size)
        if outer is not None:
            outer.hold(self.path)
        self._outer = outer
        options = self._options
        self._recorder = recorder = Recorder(
            writer,
            level=self.level,
            max_value_bytes=options.max_value_bytes,
            # a flight recorder forgets arrays with the steps they belong to
            max_total_bytes=options.max_total_bytes if self._flight is None else sys.maxsize,
            sources=options.sources,
            previous=events.sink,
        )
        _current = self
        atexit.register(self._end, "finished", 0)
        place_listeners.append(self._find_place)
        try:
            sink = self._take_seat(recorder)
            recorder.run_started(versions(), sys.argv, platform.node(), os.getpid(), rank)
            recorder.flush()
        except BaseException:  # a full disk: there was no recording
            self._call_off()
            raise
        self._captures = start_all(sink, self.level, self._options.compile)
        if self.gate is not None:
            self.gate.captures = self._captures
        if self._flight is not None:
            self._signals = SignalWatch(self._dump_for_signal)
            self._signals.start()
        return self

    def _call_off(self) -> None:
        """It could not begin: leave everything as it was."""
        global _current
        atexit.unregister(self._end)
        if self._find_place in place_listeners:
            place_listeners.remove(self._find_place)
        self.forget()
        _current = self._outer
        if self._outer is not None:
            self._outer.go_on()

    def _new_writer(self, world_size: int) -> TraceWriter:
        options = self._options
        # the clocks tie event times to the wall clock
        clock = {"perf_counter_ns": time.perf_counter_ns(), "time_ns": time.time_ns()}
        header: Mapping[str, Any] = {"level": self.level, "clock": clock, "world_size": world_size}
        if options.selection:
            header = {**header, "selection": options.selection}
        self._header = header
        if options.keep_last is not None:
            self._flight = FlightWriter(self.path, header, steps=options.keep_last, max_bytes=options.keep_bytes)
            self._flight.notes = self._notes
            return self._flight
        writer = TraceWriter(self.path, header)
        writer.notes = self._notes
        writer.max_events, writer.max_bytes = options.max_events, options.max_file_bytes
        return writer

    def _take_seat(self, recorder: Recorder) -> Sink:
        options = self._options
        if not options.selection:
            events.set_sink(recorder)
            return recorder
        source = recorder if options.scopes is None else ScopeFilter(recorder, options.scopes)
        board: Any = Switchboard(source)
        # where a pass goes back into steps that are absent, its order could not be worked out later
        board.observes_nodes |= options.steps is not None
        self.gate = StepGate(recorder, board, options.steps, self._flight)
        self.gate.begin()
        sink: Sink = board
        return sink

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if isinstance(error, SystemExit):
            self._end("exited", _exit_status(error.code))
        elif error is not None:
            failure = observe(error)
            if self._recorder is not None:
                self._recorder.run_raised(error)
            self._end("raised", 1)
            if self.files and self._options.steps is None and self._options.scopes is None:  # else the reason may be absent
                explain(failure, self.files[-1])
        else:
            self._end("finished", 0)

    def _end(self, outcome: RunOutcome, status: int) -> None:
        global _current
        atexit.unregister(self._end)
        recorder = self._recorder
        if recorder is None or (_current is not self and not recorder.active):
            return
        if self._signals is not None:
            self._signals.stop()
        self._captures.stop()
        self._find_place()
        if self._find_place in place_listeners:
            place_listeners.remove(self._find_place)
        self._keep_apart()
        if self.gate is not None:
            self.gate.end()
            self._notes += self.gate.notes()
        if self._flight is not None:
            self._flight.wanted = bool(self._options.always or recorder.failure or outcome == "raised" or status)
        recorder.run_ended(outcome, status)
        if self._flight is not None:
            self.last_words = self._end_of_flight(self._flight)
            if not self.quiet:
                _say(self.last_words)
        if _current is self:
            _current = self._outer
            if self._outer is not None:
                self._outer.go_on()

    def _end_of_flight(self, flight: FlightWriter) -> str:
        if flight.written_at_end:
            return f"{flight.written_at_end} in {self.name_of(flight.dumps[-1])}"
        if flight.wanted:
            return f"the last steps could not be written into {self.path}"
        return f"the program ended without an error: {'no further' if flight.dumps else 'no'} trace was written"

    # ---------------------------------------------------------------------------------------------- several processes
    def _find_place(self) -> None:
        """The program may have told PyTorch its rank, which the file is named after: the first one it tells counts."""
        recorder, (rank, world_size) = self._recorder, process_place()
        if self._place[1] > 1 or world_size < 2 or recorder is None or not recorder.active:
            return
        self._place = rank, world_size
        self._header = {**self._header, "world_size": world_size, "rank": rank}
        self._move(path_of_rank(self._asked_for).name, self._header)

    def _keep_apart(self) -> None:
        """Another process has taken the file's name meanwhile: save what this one has recorded under a name of its own."""
        if self._writer is None or not self._writer.is_replaced or self._shares_name:
            return
        name = f"{self.path.stem}.process{os.getpid()}{self.path.suffix}"
        _say(f"another process records into {self.path}, too: what this one did is in {self.path.with_name(name)}")
        self._move(name, self._header)

    def _move(self, name: str, header: Mapping[str, Any]) -> None:
        if self._writer is None:
            return
        try:
            self._writer.move(name, header)
        except (TraceWriteError, OSError) as error:
            _say(str(error))
        else:
            self.path = self.path.with_name(name)

    # ------------------------------------------------------------------------------------------------ while it lasts
    def dump(self) -> Path:
        """Write what there is by now. Returns the file.

        A flight recorder writes a further trace, ``NAME-2.gtrace`` after ``NAME.gtrace``; any other recording brings its own up to
        date. Raises TraceError when nothing is being recorded, or it cannot be written.
        """
        recorder = self._recorder
        if recorder is None or not recorder.active:
            raise TraceError(f"nothing is being recorded into {self.path}")
        recorder.flush()
        return self.path if self._flight is None else self._flight.dump(why="dump()")

    def _dump_for_signal(self, name: str) -> None:
        """In the thread that waits for signals."""
        recorder, flight = self._recorder, self._flight
        if recorder is None or flight is None or not recorder.active:
            return
        try:
            recorder.flush()
            what = flight.summary()
            path = flight.dump(why=name)
        except TraceWriteError as error:
            _say(str(error))
        else:
            _say(f"{name}: {what} in {self.name_of(path)}")

    def hold(self, path: Path) -> None:
        """The program begins a recording of its own, into ``path``: leave it the seat."""
        recorder = self._recorder
        if recorder is None:
            return
        recorder.marked(f"the program records into {path} itself: see there")
        self._shares_name |= path.absolute() == self.path.absolute()
        if self.gate is not None:
            self.gate.hold()
        else:
            self._captures.pause()
            events.set_sink(None)

    def go_on(self) -> None:
        """That recording is over."""
        if self._recorder is None or not self._recorder.active:
            return
        if self.gate is not None:
            self.gate.go_on()
        else:
            events.set_sink(self._recorder)
            self._captures.resume()
        self._recorder.marked("the program's own recording is over")

    def forget(self) -> None:
        """In the child of a fork: everything is the parent's."""
        if self._signals is not None:
            self._signals.forget()
        if self.gate is not None:
            self.gate.end()
        if self._recorder is not None:
            self._recorder.forget()


def _say(text: str) -> None:
    with suppress(Exception):  # stderr may be closed, or None
        print(f"gradtrace: {text}", file=sys.stderr)


def _exit_status(code: object) -> int:
    """The exit status that Python makes of the argument of SystemExit."""
    if code is None:
        return 0
    return code if isinstance(code, int) else 1


def _forget_in_child() -> None:
    """A forked child must not write into its parent's file."""
    global _current
    while _current is not None:
        _current.forget()
        _current = _current._outer


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_forget_in_child)
