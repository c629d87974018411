"""Recording a run, and the user's own marks in it.

    with gradtrace.record("run.gtrace") as recording:
        for batch in batches:
            gradtrace.step()
            with gradtrace.scope("forward"):
                loss = model(batch)
            loss.backward()
            gradtrace.mark("looks good so far")

The recorded program runs exactly as it would alone. :func:`scope`, :func:`mark` and :func:`step` do nothing when nothing is
recorded.
"""

from __future__ import annotations

import atexit
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Literal

from ..core import events
from ..core.events import RunOutcome
from .capture import Captures, start_all
from .environment import process_place, versions
from .explanations_program import explain, observe
from .ranks import path_of_rank
from .recorder import LEVELS, Recorder
from .store.errors import TraceError
from .store.writer import TraceWriter

__all__ = ["Recording", "mark", "record", "scope", "step"]

Level = Literal["structure", "stats", "values"]

_current: Recorder | None = None


class Recording:
    """A recording, as made by :func:`record`: a context manager that records what happens inside it.

    Attributes:
        path: the trace file.
        level: how much is recorded.
    """

    def __init__(self, path: Path, level: str, max_value_bytes: int, max_total_bytes: int, sources: bool) -> None:
        self.path = path
        self.level = level
        self._limits = (max_value_bytes, max_total_bytes)
        self._sources = sources
        self._recorder: Recorder | None = None
        self._capture = Captures()

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

    def __enter__(self) -> Recording:
        global _current
        if _current is not None and _current.active:
            raise TraceError(f"cannot record {self.path}: a recording is running already; one process records one trace at a time")
        rank, world_size = process_place()
        # the clocks tie event times to the wall clock
        clock = {"perf_counter_ns": time.perf_counter_ns(), "time_ns": time.time_ns()}
        header = {"level": self.level, "clock": clock, "world_size": world_size}
        writer = TraceWriter(self.path, header)
        recorder = Recorder(
            writer,
            level=self.level,
            max_value_bytes=self._limits[0],
            max_total_bytes=self._limits[1],
            sources=self._sources,
            previous=events.sink,
        )
        _current = self._recorder = recorder
        events.set_sink(recorder)
        atexit.register(self._end, "finished", 0)
        recorder.run_started(versions(), sys.argv, platform.node(), os.getpid(), rank)
        recorder.flush()
        self._capture = start_all(recorder, self.level)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if isinstance(error, SystemExit):
            self._end("exited", _exit_status(error.code))
        elif error is not None:
            failure = observe(error)
            if self._recorder is not None:
                self._recorder.run_raised(error)
            self._end("raised", 1)
            explain(failure, self.path)
        else:
            self._end("finished", 0)

    def _end(self, outcome: RunOutcome, status: int) -> None:
        global _current
        atexit.unregister(self._end)
        self._capture.stop()
        recorder = self._recorder
        if recorder is not None:
            recorder.run_ended(outcome, status)
            if _current is recorder:
                _current = None


def record(
    path: str | os.PathLike[str],
    *,
    level: Level = "values",
    max_value_bytes: int = 1 << 20,
    max_total_bytes: int = 256 << 20,
    sources: bool = True,
) -> Recording:
    """Record the autograd of what runs inside ``with record(path):`` into a trace file.

    Args:
        path: the file to write, by custom ``NAME.gtrace``. An older trace of that name is replaced, any other file is not. In a
            run of several processes each has a file of its own: ``NAME.rank0.gtrace``, ``NAME.rank1.gtrace``, ...
        level: ``"structure"`` records the graph and the order of events, ``"stats"`` also statistics of every gradient,
            ``"values"`` also the gradients themselves.
        max_value_bytes: arrays larger than this keep only their statistics.
        max_total_bytes: no more arrays are recorded after that many bytes of them.
        sources: keep the text of the program's files, so that the trace shows them on another machine too.

    Raises, on entering: TraceWriteError when the file cannot be written, TraceError when a recording is running already.
    Raises ValueError for a level that does not exist.
    """
    if level not in LEVELS:
        raise ValueError(f"level must be one of {', '.join(LEVELS)}, not {level!r}")
    return Recording(path_of_rank(Path(path)), level, max_value_bytes, max_total_bytes, sources)


@contextmanager
def scope(name: str) -> Iterator[None]:
    """Name a region of the program: nodes made inside belong to it. Scopes nest; also usable as a decorator."""
    sink = events.sink
    if sink is None:
        yield
        return
    sink.scope_entered(name)
    try:
        yield
    finally:
        sink.scope_exited(name)


def mark(text: str) -> None:
    """Leave a note at this point of the recording."""
    if events.sink is not None:
        events.sink.marked(text)


def step(text: str = "") -> AbstractContextManager[None]:
    """Say that a training step begins here: call it, or use it as ``with step():``. A step without a text is numbered."""
    if events.sink is not None:
        events.sink.marked(text, "step")
    return nullcontext()


def _exit_status(code: object) -> int:
    """The exit status that Python makes of the argument of SystemExit."""
    if code is None:
        return 0
    return code if isinstance(code, int) else 1


def _forget_in_child() -> None:
    """A forked child must not write into its parent's file."""
    global _current
    if _current is not None:
        _current.forget()
        _current = None


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_forget_in_child)
