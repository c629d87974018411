"""One event of every type, with values that are hard on a file format."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gradtrace.core import events as ev
from gradtrace.core.events import Array, Edge, Event, Gradient, GradientStatistics, SourcePosition, TensorInfo
from gradtrace.tracer.store.arrays import ArrayRecord, copy_array
from gradtrace.tracer.store.packing import Row, event_to_row
from gradtrace.tracer.store.writer import TraceWriter

LARGEST = 2**63 - 1

CALLER = SourcePosition("/home/ö/train\udcff.py", 10, "<module>")
LINE = SourcePosition("/home/ö/train\udcff.py", 2**31, "Net.forward", "self.w", CALLER)

ODD = Gradient((2, 0, 3), "float16", GradientStatistics(0, 1, 2, 3, 4, -0.0, math.inf, 0.1, 5e-324), LARGEST)
PLAIN = Gradient((), "float32", GradientStatistics(1, 0, 0, 0, 0, 1.5, 1.5, 1.5, 1.5), 1)
UNCOUNTED = Gradient((4,), "float64")


def make_every_event() -> list[Event]:
    """At least one of each type; ids are consecutive."""
    makers: list[Callable[[int], Event]] = [
        lambda i: ev.RunStarted(
            id=i, versions={"python": "3.11", "a\n": "é"}, argv=("a.py", "", "--x"), host="h", pid=1, rank=7, level="stats"
        ),
        lambda i: ev.LeafCreated(id=i, tensor=1, name="w", shape=(2, 3), dtype="float32", source=LINE),
        lambda i: ev.LeafCreated(id=i, tensor=2, name="", shape=(), dtype="", requires_grad=False, source=CALLER),
        lambda i: ev.LeafNamed(id=i, tensor=1, name="layers.0.weight"),
        lambda i: ev.NodeCreated(id=i, node=1, name="AccumulateGrad", variable=1, sequence_nr=LARGEST),
        lambda i: ev.NodeCreated(
            id=i,
            node=2,
            name="SplitBackward0",
            edges=(Edge(1, 0), Edge(0, 0), Edge(1, 2)),
            outputs=(TensorInfo(3, (2, 0), "float32"), TensorInfo(4, (), "int64")),
            sequence_nr=-1,
            grad_mode=False,
            scope="net/0/☃",
            source=LINE,
            thread=3,
            time=2**40,
        ),
        lambda i: ev.TensorSaved(
            id=i, node=2, slot="self", tensor=1, storage=LARGEST, version=0, shape=(2, 3), dtype="float32", nbytes=24
        ),
        lambda i: ev.VersionBumped(id=i, tensor=3, storage=1, op="add_", before=0, after=1, view_of=1),
        lambda i: ev.DataWritten(id=i, tensor=3, storage=1, op=".data"),
        lambda i: ev.GraphCut(id=i, tensor=3, result=0, how="item"),
        lambda i: ev.GradModeChanged(id=i, enabled=False),
        lambda i: ev.ScopeEntered(id=i, name="a/b"),
        lambda i: ev.ScopeExited(id=i, name="a/b"),
        lambda i: ev.Marked(id=i, text="\0 \x7f " + "x" * 5000, kind="step"),
        lambda i: ev.HookRegistered(id=i, hook=1, kind="tensor", tensor=3, function="f.<locals>.<lambda>", defined="/a.py:3"),
        lambda i: ev.HookRemoved(id=i, hook=1),
        lambda i: ev.HookFired(id=i, pass_=1, hook=1, kind="tensor", node=2, changed=True, before=ODD, after=PLAIN),
        lambda i: ev.HookFired(id=i, pass_=1, hook=2, kind="node_post", node=2),
        lambda i: ev.BackwardStarted(
            id=i, pass_=1, call="grad", roots=(Edge(2, 1),), retain_graph=True, create_graph=True, inputs=(1, 2, LARGEST)
        ),
        lambda i: ev.NodeStarted(id=i, pass_=1, node=2, reason="a root"),
        lambda i: ev.NodeFinished(id=i, pass_=1, node=2, duration=10**12),
        lambda i: ev.GradientFlowed(id=i, pass_=1, node=2, output_nr=0, next_node=1, input_nr=0, gradient=UNCOUNTED),
        lambda i: ev.GradientFlowed(id=i, pass_=1, node=2, output_nr=1, next_node=1, input_nr=0),
        lambda i: ev.GradientAccumulated(id=i, pass_=1, tensor=1, node=1, before=None, contribution=PLAIN, after=ODD),
        lambda i: ev.SavedFreed(id=i, pass_=1, node=2),
        lambda i: ev.BackwardEnded(id=i, pass_=1, outcome="raised"),
        lambda i: ev.GradReset(id=i, tensors=(1, 2), to="none"),
        lambda i: ev.GradReset(id=i, tensors=(), to="zero"),
        lambda i: ev.OptimizerStepped(id=i, optimizer="SGD", tensors=(1,)),
        lambda i: ev.ErrorRaised(id=i, type="RuntimeError", message="no\n\ttext", pass_=1, node=2, cause=7),
        lambda i: ev.ErrorRaised(id=i, type="KeyError", message=""),
        lambda i: ev.RunEnded(id=i, outcome="exited", status=-3),
    ]
    return [make(number) for number, make in enumerate(makers)]


def make_events(count: int) -> list[Event]:
    """A longer run of a few types, as a training loop makes them."""
    made: list[Event] = []
    for number in range(count):
        node = number // 3 + 1
        gradient = Gradient((3,), "float32", GradientStatistics(3, 0, 0, 0, 0, -1.0, 1.0, 0.0, float(number) / 7), 0)
        made.append(
            (
                ev.NodeCreated(id=number, node=node, name="MulBackward0", edges=(Edge(node - 1, 0), Edge(node, 1)), time=number),
                ev.NodeStarted(id=number, pass_=1, node=node, reason="", time=number),
                ev.GradientFlowed(
                    id=number, pass_=1, node=node, output_nr=0, next_node=node, input_nr=0, gradient=gradient, time=number
                ),
            )[number % 3]
        )
    return made


def make_arrays() -> list[Array]:
    """Arrays whose value ids are 1, 2, ..."""
    base = np.arange(24, dtype=np.float32).reshape(4, 6)
    return [
        base,
        base[::2, ::-3],
        np.array(3.5),
        np.zeros((0, 5), np.float16),
        np.array([True, False]),
        np.array([1 + 2j, np.nan]),
        np.arange(3, dtype=">i4"),
        np.array([np.nan, np.inf, -0.0], np.float16),
    ]


def array_records() -> list[ArrayRecord]:
    records = [copy_array(number, array) for number, array in enumerate(make_arrays(), start=1)]
    assert all(record is not None for record in records)
    return [record for record in records if record is not None]


def write_file(path: Path, events: list[Event], batch: int = 10, close: bool = True) -> Path:
    """A trace of the events in chunks of ``batch``, with arrays and a source text."""
    writer = TraceWriter(path, {"level": "values"})
    writer.write_source_text("/home/ö/train\udcff.py", "import gradtrace  # ☃\n")
    for start in range(0, len(events), batch):
        rows: dict[int, list[Row]] = {}
        for event in events[start : start + batch]:
            number, row = event_to_row(event, writer.positions)
            rows.setdefault(number, []).append(row)
        writer.write(rows, array_records() if start == 0 else ())
    if close:
        writer.close(["a note"])
    else:
        writer.abandon()
    return path


@pytest.fixture
def trace_path(tmp_path: Path) -> Path:
    """A complete trace of every event."""
    return write_file(tmp_path / "every.gtrace", make_every_event())


@pytest.fixture
def every_event() -> list[Event]:
    return make_every_event()


@pytest.fixture
def many_events() -> Callable[[int], list[Event]]:
    return make_events


@pytest.fixture
def arrays() -> list[Array]:
    return make_arrays()


@pytest.fixture
def write_trace() -> Callable[..., Path]:
    """``write_trace(path, events, batch=10, close=True)``."""
    return write_file
