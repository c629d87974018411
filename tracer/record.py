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

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Literal

from ..core import events
from .capture.options import COMPILE, Compile
from .recorder import LEVELS
from .recording import Recording, RecordingOptions, current_recording
from .selection import StepSpec, parse_size, select_scopes, select_steps
from .stepping import StepGate
from .store.writer import LEAST_BYTES

__all__ = ["Recording", "dump", "mark", "record", "scope", "step"]

Level = Literal["structure", "stats", "values"]


def record(
    path: str | os.PathLike[str],
    *,
    level: Level = "values",
    steps: StepSpec | None = None,
    scope: str | Iterable[str] | None = None,
    keep_last: int | None = None,
    keep_bytes: int | str = 256 << 20,
    always: bool = False,
    max_value_bytes: int | str = 1 << 20,
    max_total_bytes: int | str = 256 << 20,
    max_events: int | None = None,
    max_file_bytes: int | str | None = None,
    sources: bool = True,
    compile: Compile = "opaque",
) -> Recording:
    """Record the autograd of what runs inside ``with record(path):`` into a trace file.

    Args:
        path: the file to write, by custom ``NAME.gtrace``. An older trace of that name is replaced, any other file is not. In a
            run of several processes each has a file of its own: ``NAME.rank0.gtrace``, ``NAME.rank1.gtrace``, ...
        level: ``"structure"`` records the graph, the passes, hooks and errors, and nothing at the nodes of a pass: which nodes ran,
            and in which order, is worked out when the trace is read. ``"stats"`` records what happened at every node, with
            durations and statistics of every gradient, ``"values"`` also the gradients themselves.
        steps: record these steps only, numbered from 0: ``"0:3,100"``, ``"::50"``, a number, numbers, a range, a slice, or a
            function of the number. Between them the program runs at its own speed. A step begins with :func:`step`; in programs
            that never call it, a step ends with that of an optimizer (of several: the first one to make one).
        scope: record only what happens in scopes whose path one of these glob patterns matches, and inside them: ``"encoder"``,
            ``"encoder.layers.*"``.
        keep_last: keep the last so many steps in memory, and write them when the program raises, exits with a status other than 0,
            gets SIGUSR1 or SIGTERM, or calls :func:`dump`.
        keep_bytes: how much memory these may take: older ones are forgotten first. What is just being
            recorded comes on top: up to a quarter of it, at most 8 MB of arrays.
        always: with ``keep_last``, write them also when the program ends without an error.
        max_value_bytes: arrays larger than this keep only their statistics.
        max_total_bytes: no more arrays are recorded after that many bytes of them.
        max_events: the recording ends after so many events; the program goes on.
        max_file_bytes: the file does not become larger than this: the recording ends before; the program goes on. At least 16K.
        sources: keep the text of the program's files, so that the trace shows them on another machine too.
        compile: what becomes of ``torch.compile``: ``"opaque"`` runs compiled code as it runs alone, and records it as one node;
            ``"eager"`` runs it uncompiled and records all of it.

    Numbers of bytes may be given as text: ``"64K"``, ``"1.5G"``.

    Raises, on entering: TraceWriteError when the file cannot be written, TraceError when a recording is running already.
    Raises ValueError for a level, steps, scopes, sizes or a kind of ``compile`` that make no sense.
    """
    if level not in LEVELS:
        raise ValueError(f"level must be one of {', '.join(LEVELS)}, not {level!r}")
    if compile not in COMPILE:
        raise ValueError(f"compile must be one of {', '.join(COMPILE)}, not {compile!r}")
    if keep_last is not None and keep_last < 1:
        raise ValueError(f"keep_last must be at least 1, not {keep_last!r}")
    if keep_last is not None and not (max_events is None and max_file_bytes is None):
        raise ValueError("keep_last is bounded by keep_bytes, not by max_events or max_file_bytes")
    most = None if max_file_bytes is None else _bytes(max_file_bytes)
    if most is not None and most < LEAST_BYTES:
        raise ValueError(f"max_file_bytes must be at least {LEAST_BYTES}, not {max_file_bytes!r}: a trace of nothing takes that")
    options = RecordingOptions(
        level=level,
        max_value_bytes=_bytes(max_value_bytes),
        max_total_bytes=_bytes(max_total_bytes),
        max_events=max_events,
        max_file_bytes=most,
        sources=sources,
        steps=None if steps is None else select_steps(steps),
        scopes=None if scope is None else select_scopes(scope),
        keep_last=keep_last,
        keep_bytes=_bytes(keep_bytes),
        always=always,
        compile=compile,
    )
    return Recording(Path(path), options)


def _bytes(size: int | str) -> int:
    return parse_size(size) if isinstance(size, str) else size


@contextmanager
def scope(name: str) -> Iterator[None]:
    """Name a region of the program: nodes made inside belong to it. Scopes nest; also usable as a decorator."""
    recording = current_recording()
    if recording is not None and recording.gate is not None:
        listener: events.Sink | StepGate = recording.gate  # it remembers the region while nothing is recorded
    elif events.sink is not None:
        listener = events.sink
    else:
        yield
        return
    listener.scope_entered(name)
    try:
        yield
    finally:
        listener.scope_exited(name)


def mark(text: str) -> None:
    """Leave a note at this point of the recording."""
    if events.sink is not None:
        events.sink.marked(text)


def step(text: str = "") -> AbstractContextManager[None]:
    """Say that a training step begins here: call it, or use it as ``with step():``. A step without a text is numbered."""
    recording = current_recording()
    if recording is not None and recording.gate is not None:
        recording.gate.step(text)
    elif events.sink is not None:
        events.sink.marked(text, "step")
    return nullcontext()


def dump() -> Path | None:
    """Write what was recorded so far, and go on: with ``keep_last`` a trace of the last steps. Returns its path.

    None when nothing is being recorded. Raises TraceError when it cannot be written.
    """
    recording = current_recording()
    return recording.dump() if recording is not None and recording.active else None
