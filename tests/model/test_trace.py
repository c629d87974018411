"""A trace's records, names, histories, steps and summary, on hand-made traces."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from gradtrace.core.events import (
    EVENT_TYPES,
    DataWritten,
    Event,
    GraphCut,
    HookRemoved,
    LeafCreated,
    LeafNamed,
    Marked,
    NodeCreated,
    NodeFinished,
    OptimizerStepped,
    RunStarted,
    SavedFreed,
    TensorSaved,
    VersionBumped,
)
from gradtrace.tracer.model import BEFORE_RECORDING, Trace
from gradtrace.tracer.model.handmade import EventScript
from gradtrace.tracer.model.handmade_cases import CASES
from gradtrace.tracer.model.records import op_name
from gradtrace.tracer.model.summary import json_number


def trace_of(case: str) -> Trace:
    return Trace.from_events(CASES[case]())


# ------------------------------------------------------------------------------------------------------------- events
def test_event_log_gives_back_every_event() -> None:
    events = CASES["hooks"]()
    log = Trace.from_events(events).events
    assert list(log) == events
    assert log[3:6] == events[3:6]
    assert log[-1] == events[-1]
    assert [log.kind(i) for i in range(len(log))] == [type(event) for event in events]
    with pytest.raises(IndexError):
        log[len(events)]


def test_ids_by_type_and_ranges() -> None:
    log = trace_of("product_of_sums").events
    finished = log.ids(NodeFinished)
    assert [type(log[i]) for i in finished.tolist()] == [NodeFinished] * 5
    assert log.count_until(NodeFinished, int(finished[1])) == 2
    assert log.count_until(NodeFinished, int(finished[1]) - 1) == 1
    assert log.rows_between(NodeFinished, int(finished[1]), int(finished[3])) == slice(1, 4)


# ------------------------------------------------------------------------------------------------------ nodes and names
@pytest.mark.parametrize(
    ("name", "op"),
    [
        ("MulBackward0", "Mul"),
        ("MyFnBackward", "MyFn"),
        ("AccumulateGrad", "AccumulateGrad"),
        ("CopySlices", "CopySlices"),
        ("Backward", "Backward"),
        ("ToCopyBackward12", "ToCopy"),
    ],
)
def test_op_names(name: str, op: str) -> None:
    assert op_name(name) == op


def test_node_records() -> None:
    trace = trace_of("product_of_sums")
    assert len(trace.nodes) == 5
    y = trace.nodes[5]
    assert (y.name, y.op, y.target, y.inputs, y.dtype) == ("MulBackward0", "Mul", "y", (3, 4), "float32")
    assert [(saved.slot, saved.version, saved.overwritten) for saved in y.saved] == [("self", 0, -1), ("other", 0, -1)]
    assert trace.nodes[4].inputs == (1,), "an input without history is no input"
    assert trace.nodes[1].is_leaf
    assert trace.events[y.created] == next(e for e in trace.events if isinstance(e, NodeCreated) and e.node == 5)


def test_unknown_nodes_are_placeholders() -> None:
    trace = trace_of("made_before")
    assert 901 not in trace.nodes
    assert trace.nodes[901].name == BEFORE_RECORDING
    assert trace.node_name(901) == BEFORE_RECORDING
    with pytest.raises(KeyError):
        trace.nodes[0]


def test_tensor_names() -> None:
    trace = trace_of("split")
    x, parts = trace.nodes[1].variable, trace.nodes[2].outputs
    assert trace.tensor_name(x) == "x"
    assert [trace.tensor_name(output.tensor) for output in parts] == ["parts[0]", "parts[1]", "parts[2]"]
    assert trace.tensor_name(trace.nodes[3].outputs[0].tensor) == "first"
    assert trace.tensor_name(99) == "tensor 99"
    assert trace.node_name(1) == "AccumulateGrad of x"


def test_a_better_name_turns_up_later() -> None:
    script = EventScript()
    leaf = script.leaf("")
    tensor = script.tensor_of(leaf)
    assert Trace.from_events(script.events).leaves[tensor].name == "tensor 1"
    script.add(LeafNamed, tensor=tensor, name="layer.weight")
    trace = Trace.from_events(script.events)
    assert trace.leaves[tensor].name == "layer.weight"
    assert trace.passes == ()
    assert trace.forward.arrays.variable_name == ["layer.weight"]


def test_leaves_are_told_once() -> None:
    script = EventScript()
    leaf = script.leaf("w")
    tensor = script.tensor_of(leaf)
    script.add(LeafCreated, tensor=tensor, name="again", dtype="float32")
    leaves = Trace.from_events(script.events).leaves
    assert [leaf.name for leaf in leaves.values()] == ["w"]
    assert leaves[tensor].node == leaf


def test_hooks_know_their_removal_and_strangers_are_known_by_their_firing() -> None:
    script = EventScript()
    w = script.leaf("w")
    y = script.node("ExpBackward0", [w])
    hook = script.hook(w, "tensor", function="clip")
    script.backward(y)
    removed = script.add(HookRemoved, hook=hook)
    trace = Trace.from_events(script.events)
    assert trace.hooks[hook].removed == removed
    assert len(trace.hooks[hook].fired) == 1
    without = [event for event in script.events if type(event).__name__ != "HookRegistered"]
    stranger = Trace.from_events(without).hooks[hook]
    assert (stranger.registered, stranger.node, len(stranger.fired)) == (-1, w, 1)


# ------------------------------------------------------------------------------------------------------------ histories
def test_tensor_history_tells_of_saving_writing_and_freeing() -> None:
    trace = trace_of("inplace_error")
    a = trace.nodes[2].outputs[0].tensor
    kinds = [type(event) for event in trace.tensor_history(a)]
    assert kinds == [NodeCreated, TensorSaved, VersionBumped, SavedFreed]
    assert trace.saved_by(3)[0].overwritten == trace.errors[0].cause
    assert trace.saved_by(2)[0].overwritten == -1, "its saved tensor is another one"


def test_storage_history_includes_writes_through_views() -> None:
    script = EventScript()
    w = script.leaf("w")
    tensor = script.tensor_of(w)
    script.node("ExpBackward0", [w], saves=("self",))
    script.add(VersionBumped, tensor=50, storage=tensor, op="add_", before=0, after=1, view_of=tensor)
    script.add(DataWritten, tensor=tensor, storage=tensor, op="copy_")
    script.add(GraphCut, tensor=tensor, result=51, how="detach")
    script.add(VersionBumped, tensor=60, storage=61, op="mul_", before=0, after=1)
    trace = Trace.from_events(script.events)
    expected = [LeafCreated, TensorSaved, VersionBumped, DataWritten, GraphCut]
    assert [type(event) for event in trace.tensor_history(tensor)] == expected
    assert [type(event) for event in trace.tensor_history(storage=tensor)] == expected
    assert [type(event) for event in trace.tensor_history(51)] == [GraphCut]
    assert trace.tensor_history(12345) == []


def test_events_of_a_node() -> None:
    trace = trace_of("inplace_error")
    events = [trace.events[i] for i in trace.events_of_node(2).tolist()]
    assert all(2 in (getattr(event, "node", 0), getattr(event, "next_node", 0)) for event in events)
    names = [type(event).__name__ for event in events]
    assert names == ["NodeCreated", "TensorSaved", "GradientFlowed", "GradientFlowed", "NodeStarted", "ErrorRaised"]


# ---------------------------------------------------------------------------------------------------------------- steps
def test_steps_from_marks() -> None:
    trace = trace_of("two_steps")
    assert [(step.label, step.passes) for step in trace.steps] == [("0", (0,)), ("1", (1,))]
    assert isinstance(trace.events[trace.steps[1].first], Marked)
    assert trace.steps[0].last + 1 == trace.steps[1].first


def test_steps_from_optimizers_without_marks() -> None:
    script = EventScript()
    w = script.leaf("w")
    for _ in range(2):
        script.backward(script.node("ExpBackward0", [w]))
        script.add(OptimizerStepped, optimizer="SGD", tensors=(1,))
        script.add(OptimizerStepped, optimizer="Adam", tensors=(1,))
    script.backward(script.node("ExpBackward0", [w]))
    steps = Trace.from_events(script.end()).steps
    assert [(step.label, step.passes) for step in steps] == [("step 1", (0,)), ("step 2", (1,))]
    assert all(isinstance(script.events[step.last], OptimizerStepped) for step in steps)


def test_no_steps() -> None:
    assert trace_of("product_of_sums").steps == ()
    assert trace_of("no_events").steps == ()


# -------------------------------------------------------------------------------------------------------------- summary
@pytest.mark.parametrize("case", CASES)
def test_summary_is_strict_json(case: str) -> None:
    summary = trace_of(case).summary()
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert summary["events"]["total"] == sum(summary["events"]["by_kind"].values())


def test_summary_of_a_failed_run() -> None:
    summary = trace_of("inplace_error").summary()
    assert summary["run"]["outcome"] == "raised"
    assert [entry["outcome"] for entry in summary["passes"]] == ["raised"]
    error = summary["errors"][0]
    assert error["type"] == "RuntimeError"
    assert error["node"] == "ExpBackward0"
    assert error["cause"]["description"] == "mul_ wrote a: version 0 to 1"
    assert error["cause"]["source"]["line"] > 0
    (leaf,) = summary["leaves"]
    assert (leaf["name"], leaf["gradient_state"], leaf["gradient_norm"]) == ("w", "none", None)


def test_summary_tells_none_from_zero_from_broken() -> None:
    assert trace_of("product_of_sums").summary()["leaves"][0]["gradient_state"] == "value"
    assert trace_of("nonfinite").summary()["leaves"][0]["gradient_state"] == "nonfinite"
    events = CASES["accumulation"]()
    zeroed = next(event.id for event in events if type(event).__name__ == "GradReset")
    assert Trace.from_events(events[: zeroed + 1]).summary()["leaves"][0]["gradient_state"] == "zero"
    assert Trace.from_events(events).summary()["leaves"][0]["gradient_state"] == "none"


def test_summary_tells_what_a_gradient_was_before_it_was_cleared() -> None:
    events = CASES["accumulation"]()
    zeroed = next(event.id for event in events if type(event).__name__ == "GradReset")
    before, behind = (Trace.from_events(events[:end]).summary()["leaves"][0] for end in (zeroed, zeroed + 1))
    assert (before["cleared"], before["cleared_norm"]) == (None, None)
    assert behind["cleared_norm"] == before["gradient_norm"] > 0
    assert behind["cleared"] == before["gradient"]
    at_end = Trace.from_events(events).summary()["leaves"][0]
    assert (at_end["gradient_state"], at_end["cleared_norm"]) == ("none", before["gradient_norm"])
    assert Trace.from_events(CASES["detached"]()).summary()["leaves"][0]["cleared"] is None


def test_a_run_cut_off_says_so() -> None:
    summary = trace_of("cut_off").summary()
    assert summary["run"]["outcome"] == "cut off"
    assert summary["passes"][0]["outcome"] == "unfinished"


def test_nonfinite_numbers_are_words() -> None:
    for number, word in ((math.nan, "NaN"), (math.inf, "+Inf"), (-math.inf, "-Inf"), (0.5, 0.5)):
        assert json_number(number) == word


# ---------------------------------------------------------------------------------------------------------- odds and ends
def test_level_comes_from_the_header_or_the_first_event() -> None:
    assert Trace.from_events([RunStarted(id=0, level="stats")]).level == "stats"
    assert Trace.from_events([], header={"level": "structure"}).level == "structure"
    assert Trace.from_events([]).level == ""


def test_values_and_sources() -> None:
    trace = Trace.from_events([], values={3: np.arange(3.0)}, source_texts={"/a.py": "x = 1\n"})
    assert trace.value(3) == pytest.approx(np.arange(3.0))
    assert trace.value(0) is None
    assert trace.value(4) is None
    assert trace.source_text("/a.py") == "x = 1\n"
    assert trace.source_text("/b.py") is None
    assert trace.source_files == ["/a.py"]


def test_lost_events_do_not_stop_anything() -> None:
    """Whatever single event is lost to damage, the rest is shown."""
    for case in ("inplace_error", "hooks", "two_steps"):
        events = CASES[case]()
        for lost in range(len(events)):
            trace = Trace.from_events(events[:lost] + events[lost + 1 :])
            for pass_ in (*trace.passes, trace.forward):
                assert len(pass_.graph) == len(pass_.arrays)
            json.dumps(trace.summary(), allow_nan=False)
            assert all(trace.describe(event) for event in trace.events)


def test_every_event_type_occurs_in_some_case() -> None:
    """So that the tests above that run over all cases mean something."""
    seen: set[type[Event]] = {type(event) for case in CASES.values() for event in case()}
    missing = set(EVENT_TYPES) - seen
    assert {cls.__name__ for cls in missing} == {"GradModeChanged", "HookRemoved", "ScopeEntered", "ScopeExited"}
