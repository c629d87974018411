"""Rules for working out what nobody observed, on hand-made events."""

from __future__ import annotations

import random
from collections.abc import Iterable

import numpy as np
import pytest
from gradtrace.core.events import (
    BackwardEnded,
    BackwardStarted,
    Edge,
    ErrorRaised,
    Event,
    GradientAccumulated,
    HookFired,
    HookRegistered,
    LeafCreated,
    Marked,
    NodeCreated,
    NodeFinished,
    NodeStarted,
    SavedFreed,
    TensorInfo,
    TensorSaved,
)
from gradtrace.tracer.model import Trace, derived
from gradtrace.tracer.model.engine_order import EngineGraph, engine_order

LEAF, SQUARE, LOSS = 1, 2, 3
SECOND_TIME = "Trying to backward through the graph a second time"


def small_graph() -> list[Event]:
    """``loss = (w * w).sum()``."""
    return [
        LeafCreated(id=0, tensor=1, name="w", shape=(3,), dtype="float32"),
        NodeCreated(id=1, node=LEAF, name="AccumulateGrad", variable=1, sequence_nr=2**63 - 1),
        NodeCreated(
            id=2,
            node=SQUARE,
            name="MulBackward0",
            edges=(Edge(LEAF, 0), Edge(LEAF, 0)),
            outputs=(TensorInfo(2, (3,), "float32"),),
            sequence_nr=1,
        ),
        TensorSaved(id=3, node=SQUARE, slot="self", tensor=1, storage=1, version=0),
        NodeCreated(
            id=4, node=LOSS, name="SumBackward0", edges=(Edge(SQUARE, 0),), outputs=(TensorInfo(3, (), "float32"),), sequence_nr=2
        ),
    ]


def a_pass(first: int, number: int = 1, *between: Event, outcome: str = "finished", **options: object) -> list[Event]:
    ended = BackwardEnded(id=first + 1 + len(between), pass_=number, outcome=outcome)  # type: ignore[arg-type]
    return [BackwardStarted(id=first, pass_=number, roots=(Edge(LOSS, 0),), **options), *between, ended]  # type: ignore[arg-type]


def load(events: Iterable[Event], level: str = "structure") -> Trace:
    return Trace.from_events(events, header={"level": level})


def kinds(trace: Trace) -> list[str]:
    return [type(event).__name__ for event in trace.events]


def test_a_pass_of_three_nodes() -> None:
    trace = load([*small_graph(), *a_pass(5)])
    (pass_,) = trace.passes
    assert pass_.derived
    assert pass_.provenance.startswith("order worked out")
    assert [trace.node_name(node) for node in pass_.nodes] == ["SumBackward0", "MulBackward0", "AccumulateGrad of w"]
    assert kinds(trace)[5:] == [
        "BackwardStarted", "GradientFlowed",
        "NodeStarted", "NodeFinished", "GradientFlowed",
        "NodeStarted", "SavedFreed", "NodeFinished", "GradientFlowed", "GradientFlowed",
        "NodeStarted", "GradientAccumulated", "NodeFinished",
        "BackwardEnded",
    ]  # fmt: skip
    started = [event for event in trace.events if isinstance(event, NodeStarted)]
    assert [event.reason for event in started] == ["root", "its only consumer finished", "all 2 uses finished"]
    gradient = pass_.gradient(SQUARE)
    assert gradient is not None
    assert (gradient.shape, gradient.dtype, gradient.statistics) == ((3,), "float32", None)
    assert trace.summary()["passes"][0]["derived"] is True
    assert pass_.graph.nodes[SQUARE]["duration_ns"] is None
    assert trace.replay().pass_ is pass_
    assert all(event.id == index for index, event in enumerate(trace.events))


@pytest.mark.parametrize("level", ["stats", "values", ""])
def test_other_levels_are_left_alone(level: str) -> None:
    trace = load([*small_graph(), *a_pass(5)], level)
    assert len(trace.events) == 7
    (pass_,) = trace.passes
    assert (pass_.derived, pass_.unobserved, pass_.provenance) == (False, "", "")


def test_a_pass_that_was_observed_stays_as_it_is() -> None:
    trace = load([*small_graph(), *a_pass(5, 1, NodeStarted(id=6, pass_=1, node=LOSS), NodeFinished(id=7, pass_=1, node=LOSS))])
    assert len(trace.events) == 9
    assert not trace.passes[0].derived


def test_recorded_events_keep_their_places_among_those_worked_out() -> None:
    hook = HookRegistered(id=5, hook=7, kind="tensor", tensor=2, node=SQUARE)
    note = Marked(id=7, text="in the hook")
    fired = HookFired(id=8, pass_=1, hook=7, kind="tensor", node=SQUARE)
    trace = load([*small_graph(), hook, *a_pass(6, 1, note, fired)])
    assert kinds(trace)[10:16] == ["GradientFlowed", "NodeStarted", "Marked", "HookFired", "SavedFreed", "NodeFinished"]
    assert trace.hooks[7].fired == (13,)
    assert trace.passes[0].derived


def test_hooks_that_contradict_the_order_leave_a_pass_alone() -> None:
    fired = [HookFired(id=6 + place, pass_=1, hook=7, kind="tensor", node=node) for place, node in enumerate((LEAF, SQUARE))]
    trace = load([*small_graph(), *a_pass(5, 1, *fired)])
    (pass_,) = trace.passes
    assert (pass_.derived, pass_.nodes, len(trace.events)) == (False, [], 9)
    assert "hooks" in pass_.unobserved
    assert [finding.rule for finding in trace.findings()] == []


def test_a_second_pass_fails_where_the_first_has_freed_and_finds_the_cause() -> None:
    failed = ErrorRaised(id=8, type="RuntimeError", message=SECOND_TIME, pass_=2)
    trace = load([*small_graph(), *a_pass(5), *a_pass(7, 2, failed, outcome="raised"), Marked(id=10, text="later")])
    (error,) = trace.errors
    assert error.node == SQUARE
    cause = trace.events[error.cause]
    assert isinstance(cause, SavedFreed)
    assert (cause.pass_, cause.node) == (1, SQUARE)
    assert trace.passes[1].nodes == [LOSS, SQUARE]
    assert [finding.rule for finding in trace.findings()] == ["freed-buffers"]
    assert kinds(trace)[-2:] == ["BackwardEnded", "Marked"]


def test_a_graph_that_is_kept_can_be_used_again() -> None:
    trace = load([*small_graph(), *a_pass(5, 1, retain_graph=True), *a_pass(7, 2)])
    assert [pass_.nodes for pass_ in trace.passes] == [[LOSS, SQUARE, LEAF]] * 2
    assert len(trace.events.ids(SavedFreed)) == 1
    first, second = (event for event in trace.events if isinstance(event, GradientAccumulated))
    assert first.before is None
    assert second.before is not None


def test_a_pass_restricted_to_inputs() -> None:
    to_the_square = load([*small_graph(), *a_pass(5, inputs=(2,), call="grad")])
    assert to_the_square.passes[0].nodes == [LOSS]
    assert to_the_square.passes[0].gradient(SQUARE) is not None
    assert load([*small_graph(), *a_pass(5, inputs=(1,))]).passes[0].nodes == [LOSS, SQUARE, LEAF]
    assert "inputs" in load([*small_graph(), *a_pass(5, inputs=(99,))]).passes[0].unobserved


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([*small_graph()[1:-1], *a_pass(5)], "its graph was not recorded"),
        ([*small_graph()[2:], *a_pass(5)], "part of its graph was not recorded"),
        ([*small_graph(), a_pass(5)[0]], "the recording ended before it did"),
        ([*small_graph(), *a_pass(5, outcome="raised")], "it was interrupted, and where is not known"),
        ([*small_graph(), a_pass(5)[0], BackwardEnded(id=8, pass_=1)], "events of it were lost"),
        (
            [*small_graph(), *a_pass(5, 1, ErrorRaised(id=6, type="RuntimeError", message="?", pass_=1), outcome="raised")],
            "it failed, and at which node is not known",
        ),
    ],
)
def test_what_cannot_be_worked_out_is_said(events: list[Event], why: str) -> None:
    trace = load(events)
    (pass_,) = trace.passes
    assert (pass_.derived, pass_.unobserved, pass_.nodes) == (False, why, [])
    assert len(trace.events) == events[-1].id + 1
    assert why in pass_.provenance
    assert "no-gradient" not in [finding.rule for finding in trace.findings()]


def test_a_file_cannot_ask_for_more_events_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "MOST_EVENTS", 35)
    trace = load([*small_graph(), *(event for number in range(4) for event in a_pass(5 + 2 * number, 1 + number))])
    assert [pass_.derived for pass_ in trace.passes] == [True, True, False, False]


def test_equal_numbers_run_as_in_each_engine() -> None:
    """Six leaves become ready at once while four nodes wait: PyTorch 2.13 on Linux takes them in this order."""
    leaves, nodes = range(5, 11), range(1, 5)
    edges = [[*nodes, *leaves]] + [[]] * 10
    offsets = np.cumsum([0, *map(len, edges)])
    priority = np.array([9.0, 1, 2, 3, 4] + [float(2**63)] * 6)
    everything = np.ones(11, np.bool_)
    graphs = [
        EngineGraph(offsets, np.array(edges[0]), priority, everything, everything, np.array([0]), first_come)
        for first_come in (False, True)
    ]
    heap, in_turn = (engine_order(graph).nodes.tolist() for graph in graphs)
    assert in_turn == [0, *leaves, *reversed(nodes)]
    assert heap == [0, 5, 6, 7, 8, 10, 9, *reversed(nodes)]
    assert sorted(heap) == sorted(in_turn)


@pytest.mark.parametrize("seed", range(60))
def test_nonsense_opens_all_the_same(seed: int) -> None:
    """A damaged or hostile file may say anything."""
    choose = random.Random(seed)

    def number() -> int:
        return choose.choice([-1, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 2**40])

    def edges() -> tuple[Edge, ...]:
        return tuple(Edge(number(), number()) for _ in range(choose.randrange(4)))

    def event(id_: int) -> Event:
        kind = choose.randrange(10)
        if kind <= 3:
            outputs = tuple(TensorInfo(number(), (2,), "float32") for _ in range(choose.randrange(3)))
            leaf, order = choose.choice([0, 0, 1, 2]), number()
            return NodeCreated(id=id_, node=number(), name="X", edges=edges(), outputs=outputs, variable=leaf, sequence_nr=order)
        if kind == 4:
            inputs = tuple(number() for _ in range(choose.choice([0, 0, 2])))
            engine = choose.choice(["", "torch"])
            return BackwardStarted(id=id_, pass_=number(), roots=edges(), inputs=inputs, engine=engine, inside=number())
        if kind == 5:
            return BackwardEnded(id=id_, pass_=number(), outcome=choose.choice(["finished", "raised"]))
        if kind == 6:
            return ErrorRaised(id=id_, type="E", message=SECOND_TIME, pass_=number(), node=number(), cause=number())
        if kind == 7:
            return HookFired(id=id_, pass_=number(), hook=1, kind="tensor", node=number())
        if kind == 8:
            return TensorSaved(id=id_, node=number(), slot="x", tensor=1, storage=1, version=0)
        return LeafCreated(id=id_, tensor=number(), shape=(2,), dtype="float32")

    ids = sorted(choose.sample(range(90), 60))
    trace = load([event(id_) for id_ in ids])
    trace.summary()
    for pass_ in trace.passes:
        assert pass_.graph is not None
        assert trace.replay(pass_.index).state.status is not None
