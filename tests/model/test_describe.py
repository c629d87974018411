"""The line of English for each event."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from gradtrace.core.events import (
    EVENT_TYPES,
    BackwardEnded,
    BackwardStarted,
    DataWritten,
    Edge,
    ErrorRaised,
    Event,
    Gradient,
    GradientAccumulated,
    GradientFlowed,
    GradientStatistics,
    GradModeChanged,
    GradReset,
    GraphCut,
    HookFired,
    HookRegistered,
    HookRemoved,
    LeafCreated,
    LeafNamed,
    Marked,
    NodeCreated,
    NodeFinished,
    NodeStarted,
    OptimizerStepped,
    RunEnded,
    RunStarted,
    SavedFreed,
    ScopeEntered,
    ScopeExited,
    SourcePosition,
    TensorInfo,
    TensorSaved,
    VersionBumped,
)
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.describe import DESCRIPTIONS
from gradtrace.tracer.model.handmade import scalar_gradient
from gradtrace.tracer.model.text import bytes_text, count_text, duration_text, gradient_text, list_text, number_text

WIDE = Gradient((3, 4), "float32", GradientStatistics(12, 0, 0, 0, 0, -1.0, 1.0, 0.0, 0.125))
BROKEN = replace(WIDE, statistics=GradientStatistics(12, 2, 1, 0, 0, -1.0, 1.0, 0.0, 0.125))

BACKGROUND: list[Event] = [
    LeafCreated(id=0, tensor=1, name="w", shape=(3, 4), dtype="float32"),
    NodeCreated(id=1, node=1, name="AccumulateGrad", variable=1),
    NodeCreated(
        id=2,
        node=2,
        name="MulBackward0",
        edges=(Edge(1, 0),),
        outputs=(TensorInfo(2, (), "float32"),),
        source=SourcePosition("/t.py", 3, "f", "y"),
    ),
    HookRegistered(id=3, hook=1, kind="tensor", tensor=2, function="clip"),
    BackwardStarted(id=4, pass_=1, roots=(Edge(2, 0),)),
]

LINES: list[tuple[type[Event], dict[str, Any], str]] = [
    (RunStarted, {"argv": ("train.py", "--fast")}, "Recording of train.py --fast began"),
    (RunEnded, {}, "Recording ended"),
    (RunEnded, {"outcome": "raised"}, "Recording ended by an exception"),
    (RunEnded, {"outcome": "exited", "status": 3}, "Recording ended: the program exited with status 3"),
    (LeafCreated, {"tensor": 1, "shape": (3, 4), "dtype": "float32"}, "Leaf w: (3, 4) float32"),
    (LeafNamed, {"tensor": 1, "name": "layer.w"}, "Leaf tensor 1 is called layer.w"),
    (NodeCreated, {"node": 2, "name": "MulBackward0", "outputs": (TensorInfo(2, (), ""),)}, "MulBackward0 created, made y"),
    (NodeCreated, {"node": 1, "name": "AccumulateGrad", "variable": 1}, "AccumulateGrad of w created"),
    (
        TensorSaved,
        {"node": 2, "slot": "self", "tensor": 1, "storage": 1, "version": 0},
        "MulBackward0 saved w as self, version 0",
    ),
    (VersionBumped, {"tensor": 2, "storage": 2, "op": "add_", "before": 0, "after": 1}, "add_ wrote y: version 0 to 1"),
    (
        VersionBumped,
        {"tensor": 9, "storage": 2, "op": "add_", "before": 0, "after": 1, "view_of": 2},
        "add_ wrote tensor 9 through a view of y: version 0 to 1",
    ),
    (DataWritten, {"tensor": 1, "storage": 1, "op": "copy_"}, "copy_ wrote w unseen by autograd (no version bump)"),
    (GraphCut, {"tensor": 2, "result": 7, "how": "detach"}, "y left the graph by detach(), gave tensor 7"),
    (GraphCut, {"tensor": 2, "result": 0, "how": "item"}, "y left the graph by item()"),
    (GradModeChanged, {"enabled": False}, "Gradient recording switched off"),
    (ScopeEntered, {"name": "layer"}, "Entered layer"),
    (ScopeExited, {"name": "layer"}, "Left layer"),
    (Marked, {"text": "3", "kind": "step"}, "Step 3"),
    (Marked, {"text": "lr halved"}, "Mark: lr halved"),
    (HookRegistered, {"hook": 1, "kind": "tensor", "tensor": 2}, "Tensor hook clip put on y"),
    (HookRegistered, {"hook": 5, "kind": "retain_grad", "tensor": 2}, "retain_grad() on y"),
    (HookRemoved, {"hook": 1}, "Hook clip removed"),
    (HookFired, {"pass_": 1, "hook": 1, "kind": "tensor", "node": 2}, "Tensor hook clip ran at MulBackward0"),
    (
        HookFired,
        {
            "pass_": 1,
            "hook": 1,
            "kind": "tensor",
            "node": 2,
            "changed": True,
            "before": scalar_gradient(4.0),
            "after": scalar_gradient(1.0),
        },
        "Tensor hook clip ran at MulBackward0: 4.0 became 1.0",
    ),
    (BackwardStarted, {"pass_": 1, "roots": (Edge(2, 0),)}, "backward #1 began at MulBackward0"),
    (
        BackwardStarted,
        {"pass_": 1, "roots": (Edge(2, 0),), "retain_graph": True},
        "backward #1 began at MulBackward0 (retain_graph)",
    ),
    (BackwardEnded, {"pass_": 1}, "backward #1 finished"),
    (BackwardEnded, {"pass_": 1, "outcome": "raised"}, "backward #1 raised an error"),
    (NodeStarted, {"pass_": 1, "node": 2, "reason": "all had arrived"}, "MulBackward0 started: all had arrived"),
    (NodeFinished, {"pass_": 1, "node": 2, "duration": 12_000}, "MulBackward0 finished in 12 µs"),
    (
        GradientFlowed,
        {"pass_": 1, "node": 2, "output_nr": 0, "next_node": 1, "input_nr": 0, "gradient": WIDE},
        "MulBackward0 → AccumulateGrad of w: (3, 4), norm 0.125",
    ),
    (
        GradientFlowed,
        {"pass_": 1, "node": 0, "output_nr": 0, "next_node": 2, "input_nr": 1, "gradient": scalar_gradient(1.0)},
        "outside → MulBackward0 (input 1): 1.0",
    ),
    (
        GradientFlowed,
        {"pass_": 1, "node": 2, "output_nr": 0, "next_node": 1, "input_nr": 0},
        "MulBackward0 → AccumulateGrad of w: undefined gradient",
    ),
    (
        GradientAccumulated,
        {"pass_": 1, "tensor": 1, "node": 1, "contribution": scalar_gradient(4.0)},
        "w.grad += 4.0 (was None)",
    ),
    (
        GradientAccumulated,
        {"pass_": 1, "tensor": 1, "node": 1, "before": WIDE, "contribution": BROKEN},
        "w.grad += 2 NaN, 1 +Inf of 12, (3, 4) (was (3, 4), norm 0.125)",
    ),
    (SavedFreed, {"pass_": 1, "node": 2}, "MulBackward0 freed its saved tensors"),
    (GradReset, {"tensors": (1,), "to": "none"}, ".grad set to None: w"),
    (GradReset, {"tensors": (1,), "to": "zero"}, ".grad set to zero: w"),
    (OptimizerStepped, {"optimizer": "SGD", "tensors": (1, 7)}, "SGD updated w, tensor 7"),
    (
        ErrorRaised,
        {"type": "RuntimeError", "message": "too bad\nand more", "pass_": 1, "node": 2},
        "RuntimeError in MulBackward0: too bad",
    ),
    (ErrorRaised, {"type": "KeyboardInterrupt", "message": ""}, "KeyboardInterrupt"),
]


@pytest.fixture(scope="module")
def trace() -> Trace:
    return Trace.from_events(BACKGROUND)


@pytest.mark.parametrize(("event_type", "own", "line"), LINES, ids=[f"{cls.__name__}-{i}" for i, (cls, _, _) in enumerate(LINES)])
def test_lines(trace: Trace, event_type: type[Event], own: dict[str, Any], line: str) -> None:
    assert trace.describe(event_type(id=50, **own)) == line


def test_the_table_is_complete() -> None:
    assert set(DESCRIPTIONS) == {Event, *EVENT_TYPES}
    assert {cls for cls, _, _ in LINES} == set(EVENT_TYPES)


def test_describe_by_id(trace: Trace) -> None:
    assert trace.describe(0) == "Leaf w: (3, 4) float32"


@pytest.mark.parametrize(
    ("value", "text"),
    [(4.0, "4.0"), (0.125, "0.125"), (1234567.0, "1.235e+06"), (0.0, "0.0"), (float("nan"), "NaN"), (float("-inf"), "-Inf")],
)
def test_numbers(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("nanoseconds", "text"), [(0, "0 ns"), (850, "850 ns"), (12_000, "12 µs"), (3_400_000, "3.4 ms"), (1_200_000_000, "1.2 s")]
)
def test_durations(nanoseconds: int, text: str) -> None:
    assert duration_text(nanoseconds) == text


def test_small_texts() -> None:
    assert [bytes_text(n) for n in (1, 96, 1536)] == ["1 byte", "96 bytes", "1.5 KiB"]
    assert [count_text(n, "node") for n in (0, 1, 2)] == ["0 nodes", "1 node", "2 nodes"]
    assert list_text([]) == "nothing"
    assert list_text(list("abcd")) == "a, b, c, d"
    assert list_text(list("abcde")) == "a, b, c and 2 more"


@pytest.mark.parametrize(
    ("gradient", "text"),
    [
        (None, "None"),
        (scalar_gradient(float("nan")), "NaN"),
        (scalar_gradient(float("inf")), "+Inf"),
        (Gradient((2,), "float64"), "(2,) float64"),
        (Gradient((), "float64"), "scalar float64"),
        (WIDE, "(3, 4), norm 0.125"),
    ],
)
def test_gradients(gradient: Gradient | None, text: str) -> None:
    assert gradient_text(gradient) == text
