"""The cursor and the states it shows, on hand-made traces."""

from __future__ import annotations

import pytest
from gradtrace.core.events import (
    BackwardEnded,
    Event,
    Gradient,
    GradientAccumulated,
    GradientFlowed,
    HookFired,
    NodeFinished,
    NodeStarted,
    RunEnded,
)
from gradtrace.tracer.model import Pass, Trace
from gradtrace.tracer.model.handmade import EventScript
from gradtrace.tracer.model.handmade_cases import CASES
from gradtrace.tracer.replay import DONE, FAILED, PENDING, RUNNING, Cursor, EdgeStatus, ReplayState


def trace_of(case: str) -> Trace:
    return Trace.from_events(CASES[case]())


def all_passes() -> list[tuple[str, int]]:
    return [(case, index) for case in CASES for index in range(-1, len(trace_of(case).passes))]


def pick(case: str, index: int) -> tuple[Trace, Pass]:
    trace = trace_of(case)
    return trace, trace.passes[index] if index >= 0 else trace.forward


def parts(state: ReplayState) -> tuple[object, ...]:
    """Everything a state says, in comparable form."""
    nodes = state.pass_.arrays.node.tolist()
    return (
        state.event.id,
        state.current,
        state.status.tolist(),
        state.edge_status.tolist(),
        {node: repr(state.gradient(node)) for node in nodes},
        repr(state.leaf_grads),
        state.versions,
        state.saved_freed,
        state.hooks_fired,
        state.bumps,
    )


def mean(gradient: Gradient | None) -> float | None:
    if gradient is None:
        return None
    assert gradient.statistics is not None
    return gradient.statistics.mean


# ------------------------------------------------------------------------------------------------------------ properties
@pytest.mark.parametrize(("case", "index"), all_passes())
def test_stepping_forward_seeking_and_stepping_back_agree(case: str, index: int) -> None:
    trace, pass_ = pick(case, index)
    cursor = Cursor(trace, pass_)
    start = cursor.state
    forwards = [parts(cursor.state)]
    while cursor.step_event():
        forwards.append(parts(cursor.state))
    assert cursor.position == pass_.last
    assert len(forwards) == pass_.last - pass_.first + 1

    fresh_trace, fresh_pass = pick(case, index)
    seeker = Cursor(fresh_trace, fresh_pass)
    positions = range(pass_.first, pass_.last + 1)
    for position in sorted(positions, key=lambda p: (p * 7919) % 101):  # in no particular order
        seeker.seek(position)
        assert parts(seeker.state) == forwards[position - pass_.first]

    backwards = [parts(cursor.state)]
    while cursor.step_event_back():
        backwards.append(parts(cursor.state))
    assert backwards == forwards[::-1]
    assert cursor.state == start
    assert cursor.state is not start or len(forwards) == 1


@pytest.mark.parametrize(("case", "index"), all_passes())
def test_states_only_move_on(case: str, index: int) -> None:
    """Pending, running, done or failed; not yet, now, flowed: nothing is undone while stepping forward."""
    trace, pass_ = pick(case, index)
    cursor = Cursor(trace, pass_)
    before = cursor.state
    while cursor.step_event():
        now = cursor.state
        assert (now.status >= before.status).all()
        assert ((now.edge_status > 0) >= (before.edge_status > 0)).all()
        assert now.saved_freed >= before.saved_freed
        assert set(now.leaf_grads) >= set(before.leaf_grads)
        assert now.hooks_fired[: len(before.hooks_fired)] == before.hooks_fired
        assert now != before
        before = now


@pytest.mark.parametrize(("case", "index"), all_passes())
def test_node_stops_forward_and_back_are_the_same(case: str, index: int) -> None:
    trace, pass_ = pick(case, index)
    cursor = Cursor(trace, pass_)
    forwards = [cursor.position]
    while cursor.step():
        forwards.append(cursor.position)
    assert cursor.at_end
    assert not cursor.step()
    backwards = [cursor.position]
    while cursor.step_back():
        backwards.append(cursor.position)
    assert cursor.at_start
    assert not cursor.step_back()
    assert backwards == forwards[::-1]
    assert forwards[0] == pass_.first


# -------------------------------------------------------------------------------------------------------------- stepping
def test_stepping_visits_nodes_in_execution_order() -> None:
    trace = trace_of("product_of_sums")
    cursor = trace.replay()
    visited: list[int] = []
    while cursor.step():
        event = trace.events[cursor.position]
        if isinstance(event, NodeFinished):
            visited.append(event.node)
            assert cursor.pass_.arrays.node[cursor.state.current] == event.node
            assert cursor.nodes_run == len(visited)
    assert visited == cursor.pass_.nodes
    assert isinstance(cursor.state.event, BackwardEnded)


def test_stepping_halts_at_an_error() -> None:
    trace = trace_of("inplace_error")
    cursor = trace.replay()
    stops = []
    while cursor.step():
        stops.append(type(trace.events[cursor.position]).__name__)
    assert stops == ["NodeFinished", "ErrorRaised", "BackwardEnded"]


def test_run_to_node_goes_both_ways() -> None:
    trace = trace_of("product_of_sums")
    cursor = trace.replay()
    assert cursor.run_to_node(1)
    last_leaf = cursor.position
    assert cursor.run_to_node(5)
    assert cursor.position < last_leaf
    assert isinstance(cursor.state.event, NodeFinished)
    assert not cursor.run_to_node(999)
    assert cursor.state.event.node == 5


def test_run_to_a_node_that_failed_or_never_ran() -> None:
    cursor = trace_of("inplace_error").replay()
    assert cursor.run_to_node(2)
    assert type(cursor.state.event).__name__ == "ErrorRaised"
    assert not cursor.run_to_node(1), "it never ran"


def test_run_to_event_types() -> None:
    trace = trace_of("hooks")
    cursor = trace.replay()
    fired = trace.events.ids(HookFired).tolist()
    seen = []
    while cursor.run_to(HookFired, GradientAccumulated):
        seen.append(cursor.position)
    assert seen == sorted([*fired, *trace.events.ids(GradientAccumulated).tolist()])
    assert cursor.run_to(HookFired, back=True)
    assert cursor.position == fired[-2]
    assert not cursor.run_to(RunEnded), "outside the pass"
    assert not cursor.run_to()


def test_run_to_next() -> None:
    trace = trace_of("product_of_sums")
    cursor = trace.replay()

    def is_leaf_start(event: Event) -> bool:
        return isinstance(event, NodeStarted) and trace.nodes[event.node].is_leaf

    assert cursor.run_to_next(is_leaf_start)
    first = cursor.position
    assert cursor.run_to_next(is_leaf_start)
    assert not cursor.run_to_next(is_leaf_start)
    assert cursor.run_to_next(is_leaf_start, back=True)
    assert cursor.position == first
    assert not cursor.run_to_next(is_leaf_start, back=True)


def test_run_to_nonfinite() -> None:
    trace = trace_of("nonfinite")
    cursor = trace.replay()
    assert cursor.run_to_nonfinite()
    assert cursor.position == cursor.pass_.first_nonfinite()
    assert not cursor.run_to_nonfinite(back=True)
    assert not trace_of("product_of_sums").replay().run_to_nonfinite()


def test_seek_stays_inside_the_pass() -> None:
    cursor = trace_of("two_steps").replay(0)
    cursor.seek(10_000)
    assert cursor.position == cursor.pass_.last
    cursor.seek(-5)
    assert cursor.position == cursor.pass_.first


# ----------------------------------------------------------------------------------------------------------------- states
def test_status_of_nodes_and_edges_along_the_way() -> None:
    trace = trace_of("product_of_sums")
    cursor = trace.replay()
    assert cursor.state.status.tolist() == [PENDING] * 5
    assert cursor.state.current == -1
    assert cursor.run_to(NodeStarted)
    assert cursor.state.status.tolist() == [PENDING] * 4 + [RUNNING]
    cursor.step()
    assert cursor.state.status.tolist() == [PENDING] * 4 + [DONE]
    assert cursor.state.edge_status.tolist() == [EdgeStatus.PENDING] * 5
    cursor.run_to(GradientFlowed)
    assert cursor.state.edge_status.tolist() == [0, 0, 0, EdgeStatus.FLOWING, 0]
    cursor.run_to(NodeStarted)
    assert cursor.state.edge_status.tolist() == [0, 0, 0, EdgeStatus.FLOWED, EdgeStatus.FLOWING], "what b receives"
    cursor.to_end()
    assert cursor.state.current == -1
    assert cursor.state.edge_status.tolist() == [EdgeStatus.FLOWED] * 5
    assert cursor.state.status.tolist() == [DONE] * 5


def test_a_failed_node_stays_failed() -> None:
    cursor = trace_of("inplace_error").replay()
    arrays = cursor.pass_.arrays
    cursor.to_end()
    assert cursor.state.status.tolist() == [PENDING, FAILED, DONE]
    assert arrays.node[cursor.state.current] == 2


def test_an_error_without_a_node_fails_what_was_running() -> None:
    events = [event for event in CASES["inplace_error"]() if type(event).__name__ != "ErrorRaised"]
    cursor = Trace.from_events(events).replay()
    cursor.to_end()
    assert cursor.state.status.tolist() == [PENDING, FAILED, DONE]


def test_an_unfinished_pass_ends_as_it_was() -> None:
    script = EventScript()
    y = script.node("ExpBackward0", [script.leaf("w")])
    script.backward(y)
    started = next(event.id for event in script.events if isinstance(event, NodeStarted))
    cursor = Trace.from_events(script.events[: started + 1]).replay()
    cursor.to_end()
    assert cursor.state.status.tolist() == [PENDING, RUNNING]
    assert cursor.run_to_node(y)
    assert cursor.position == started


def test_gradients_received_so_far() -> None:
    trace = trace_of("squared")
    cursor = trace.replay()
    leaf = cursor.pass_.find("AccumulateGrad")
    assert cursor.state.gradient(leaf) is None
    seen = []
    while cursor.step_event():
        if isinstance(cursor.state.event, GradientFlowed | GradientAccumulated):
            seen.append(mean(cursor.state.gradient(leaf)))
    assert seen == [None, 3.0, 6.0, 6.0]


def test_gradient_of_edge() -> None:
    cursor = trace_of("product_of_sums").replay()
    assert cursor.gradient_of_edge(0) is None
    cursor.to_end()
    assert mean(cursor.gradient_of_edge(0)) == 3.0
    cursor.to_start()
    assert cursor.gradient_of_edge(0) is None


def test_leaf_gradients_over_the_whole_run() -> None:
    trace = trace_of("accumulation")
    ends = []
    for pass_ in trace.passes:
        cursor = Cursor(trace, pass_)
        cursor.to_end()
        ends.append(mean(cursor.state.grad_of(1)))
        assert mean(cursor.state.leaf_grads[1]) == ends[-1]
    assert ends == [1.0, 3.0, 6.0]
    resets = [event.id for event in trace.events if type(event).__name__ == "GradReset"]
    zeroed, gone = (ReplayState(trace.forward, event) for event in resets)
    assert mean(zeroed.grad_of(1)) == 0.0
    assert zeroed.leaf_grads[1] == zeroed.grad_of(1)
    assert gone.grad_of(1) is None
    assert gone.leaf_grads == {1: None}


def test_zeroing_what_is_none_leaves_none() -> None:
    script = EventScript()
    w = script.leaf("w")
    first = script.zero_grad(w, to="zero")
    script.backward(script.node("ExpBackward0", [w]))
    script.zero_grad(w, to="none")
    second = script.zero_grad(w, to="zero")
    script.backward(script.node("ExpBackward0", [w]))
    script.zero_grad(w, to="zero")
    third = script.zero_grad(w, to="zero")
    trace = Trace.from_events(script.events)
    assert [mean(trace.leaf_gradients.of(1, event)) for event in (first, second, third)] == [None, None, 0.0]


def test_versions_and_bumps() -> None:
    trace = trace_of("inplace_error")
    a = trace.nodes[2].outputs[0].tensor
    (bump,) = [event.id for event in trace.events if type(event).__name__ == "VersionBumped"]
    assert ReplayState(trace.forward, bump - 1).versions[a] == 0
    assert ReplayState(trace.forward, bump).versions[a] == 1
    assert [ReplayState(trace.forward, event).version_of(a) for event in (0, bump - 1, bump)] == [-1, 0, 1]
    assert ReplayState(trace.forward, bump).version_of(999) == -1
    assert ReplayState(trace.forward, bump).bumps == [bump]
    cursor = trace.replay()
    assert cursor.state.versions[a] == 1
    assert cursor.state.bumps == [], "it was written before the pass"


def test_freed_by_an_earlier_pass() -> None:
    script = EventScript()
    y = script.node("ExpBackward0", [script.leaf("w")], saves=("result",))
    script.backward(y)
    script.backward(y, fail_at=y)
    trace = Trace.from_events(script.events)
    assert trace.replay(0).state.saved_freed == set()
    assert trace.replay(1).state.saved_freed == {y}


def test_the_forward_pass_replays_the_making_of_the_graph() -> None:
    trace = trace_of("no_backward")
    cursor = trace.replay()
    assert cursor.pass_ is trace.forward
    assert cursor.state.status.tolist() == [PENDING] * 3
    assert cursor.run_to_node(2)
    assert cursor.state.status.tolist() == [DONE, DONE, PENDING]
    assert cursor.pass_.arrays.node[cursor.state.current] == 2


def test_a_trace_without_events_can_be_shown() -> None:
    cursor = trace_of("no_events").replay()
    assert cursor.position == -1
    assert cursor.state.event.id == -1
    assert cursor.state.leaf_grads == {}
    assert [move() for move in (cursor.step, cursor.step_back, cursor.step_event, cursor.step_event_back)] == [False] * 4


def test_states_of_different_moments_and_passes_differ() -> None:
    trace = trace_of("two_steps")
    first, second = trace.replay(0).state, trace.replay(1).state
    assert first != second
    assert first == ReplayState(trace.passes[0], first.position)
    assert len({first, ReplayState(trace.passes[0], first.position), second}) == 2
    assert first != "something else"
