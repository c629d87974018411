"""Traces from files: recorded through the sink, cut off, damaged."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from gradtrace.core import events
from gradtrace.core.events import NONE
from gradtrace.tracer.model import Trace, load
from gradtrace.tracer.record import record, scope, step
from gradtrace.tracer.store.errors import TraceFormatError


def a_training_step(sink: events.Sink, first_node: int, weight: int = 1) -> None:
    """What an engine reports for ``loss = (w * 2).sum(); loss.backward()``, with w of two elements."""
    product, total, accumulate = first_node, first_node + 1, first_node + 2
    two, pass_ = np.array([2.0, 2.0], np.float32), first_node
    sink.node_created(accumulate, "AccumulateGrad", (), (), 1 << 62, variable=weight)
    sink.node_created(product, "MulBackward0", [(accumulate, 0), (NONE, 0)], [(100 + product, (2,), "float32")], product)
    sink.tensor_saved(product, "other", 50, 50, 0, (), "float32", 4)
    sink.node_created(total, "SumBackward0", [(product, 0)], [(100 + total, (), "float32")], total)
    sink.backward_started(pass_, "backward", [(total, 0)], False, False, ())
    sink.gradient_flowed(pass_, NONE, 0, total, 0, np.ones((), np.float32))
    for node, next_node, gradient in ((total, product, two / 2), (product, accumulate, two)):
        sink.node_started(pass_, node, "ready")
        sink.node_finished(pass_, node, 1000)
        sink.gradient_flowed(pass_, node, 0, next_node, 0, gradient)
    sink.node_started(pass_, accumulate, "ready")
    sink.gradient_accumulated(pass_, weight, accumulate, None, two, two)
    sink.node_finished(pass_, accumulate, 1000)
    sink.backward_ended(pass_, "finished")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "run.gtrace"
    with record(path):
        assert events.sink is not None
        events.sink.leaf_created(1, (2,), "float32", True, "w")
        for number in range(20):
            step()
            with scope("model"):
                a_training_step(events.sink, 10 * (number + 1))
    return path


def test_a_recorded_file(path: Path) -> None:
    with load(path) as trace:
        assert trace.problems == []
        assert trace.path == path
        assert trace.level == "values"
        assert len(trace.passes) == len(trace.steps) == 20
        assert {pass_.outcome for pass_ in trace.passes} == {"finished"}
        last = trace.passes[-1]
        node = last.find("MulBackward0")
        assert last.graph.nodes[node]["scope"] == "model"
        assert last.graph.nodes[node]["grad_norm"] == pytest.approx(2**0.5)
        assert last.gradient_array(last.find("AccumulateGrad")) == pytest.approx(np.array([2.0, 2.0]))
        assert last.source is not None
        assert Path(last.source.file).name == Path(__file__).name
        assert trace.source_text(last.source.file) == Path(__file__).read_text()
        cursor = trace.replay()
        assert cursor.run_to_node(last.find("AccumulateGrad"))
        assert trace.describe(cursor.position).startswith("AccumulateGrad of w finished")
        assert json.loads(json.dumps(trace.summary()))["leaves"][0]["name"] == "w"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_file_cut_off_anywhere_opens(path: Path, share: float) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with Trace.load(path) as trace:
        assert trace.problems
        everything_works(trace)
        assert len(trace.passes) <= 20


def test_a_damaged_file_opens(path: Path) -> None:
    """Sixteen zeroed bytes at many places: either the file is refused in words, or what is left of it can be shown."""
    data = path.read_bytes()
    for start in range(0, len(data) - 16, max(1, len(data) // 40)):
        path.write_bytes(data[:start] + bytes(16) + data[start + 16 :])
        try:
            trace = Trace.load(path)
        except TraceFormatError:
            continue
        with trace:
            everything_works(trace)


def everything_works(trace: Trace) -> None:
    for pass_ in (*trace.passes, trace.forward):
        assert len(pass_.graph) == len(pass_.arrays)
        pass_.received.totals()
    assert all(trace.describe(event) for event in trace.events)
    cursor = trace.replay()
    while cursor.step():
        assert cursor.state.leaf_grads is not None
    json.dumps(trace.summary(), allow_nan=False)


def test_other_files_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("not a trace")
    with pytest.raises(TraceFormatError):
        Trace.load(other)
    with pytest.raises(TraceFormatError, match="missing"):
        Trace.load(tmp_path / "missing.gtrace")
