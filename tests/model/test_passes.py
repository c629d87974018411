"""Passes: their nodes, graphs, arrays and gradients, on hand-made traces."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from gradtrace.core.events import Array, Edge, Gradient, GradientFlowed, GradientStatistics
from gradtrace.tracer.model import BEFORE_RECORDING, Trace
from gradtrace.tracer.model.graph import EDGE_ATTRIBUTES, NODE_ATTRIBUTES
from gradtrace.tracer.model.handmade import EventScript
from gradtrace.tracer.model.handmade_cases import CASES


def trace_of(case: str) -> Trace:
    return Trace.from_events(CASES[case]())


def means(gradients: Iterable[Gradient | None]) -> list[float | None]:
    return [gradient.statistics.mean if gradient and gradient.statistics else None for gradient in gradients]


def norm_of(trace: Trace, name: str, pass_index: int = 0) -> float:
    pass_ = trace.passes[pass_index]
    gradient = pass_.gradient(pass_.find(name))
    assert gradient is not None
    assert gradient.statistics is not None
    return gradient.statistics.norm


@pytest.mark.parametrize("case", CASES)
def test_every_case_opens_and_builds(case: str) -> None:
    trace = trace_of(case)
    for pass_ in (*trace.passes, trace.forward):
        arrays = pass_.arrays
        assert np.all(arrays.dst < arrays.src), "inputs come first"
        assert set(pass_.nodes) <= set(arrays.node.tolist())
        assert sorted(pass_.graph.nodes) == sorted(arrays.node.tolist())
        assert sum(len(slots) for _, _, slots in pass_.graph.edges(data="slots")) == len(arrays.src)


def test_arrays_of_the_first_example() -> None:
    trace = trace_of("product_of_sums")
    arrays = trace.passes[0].arrays
    assert arrays.name == ["AccumulateGrad", "AccumulateGrad", "AddBackward0", "AddBackward0", "MulBackward0"]
    assert arrays.op == ["AccumulateGrad", "AccumulateGrad", "Add", "Add", "Mul"]
    assert arrays.variable_name == ["w", "x", "", "", ""]
    assert arrays.target == ["", "", "a", "b", "y"]
    assert arrays.is_leaf.tolist() == [True, True, False, False, False]
    assert arrays.is_root.tolist() == [False, False, False, False, True]
    assert arrays.src.tolist() == [2, 2, 3, 4, 4]
    assert arrays.dst.tolist() == [0, 1, 0, 2, 3]
    assert arrays.output_nr.tolist() == [0, 1, 0, 0, 1]
    assert arrays.order.tolist() == [4, 3, 2, 1, 0]
    assert arrays.norm.tolist() == [6.0, 3.0, 3.0, 3.0, 1.0]
    assert arrays.edge_norm.tolist() == [3.0] * 5
    assert not arrays.nonfinite.any()
    for edge, event_id in enumerate(arrays.flowed.tolist()):
        event = trace.events[event_id]
        assert isinstance(event, GradientFlowed)
        assert event.node == arrays.node[arrays.src[edge]]
        assert event.next_node == arrays.node[arrays.dst[edge]]


def test_graph_has_exactly_the_documented_attributes() -> None:
    for case in CASES:
        for pass_ in trace_of(case).passes:
            for _, attributes in pass_.graph.nodes(data=True):
                assert tuple(attributes) == NODE_ATTRIBUTES
            for _, _, attributes in pass_.graph.edges(data=True):
                assert tuple(attributes) == EDGE_ATTRIBUTES


def test_graph_attributes() -> None:
    pass_ = trace_of("product_of_sums").passes[0]
    product = pass_.graph.nodes[pass_.find("MulBackward0")]
    assert product["code_target"] == "y"
    assert (product["kind"], product["executed"], product["order"]) == ("op", True, 0)
    assert product["line"] > 0
    assert product["file"].endswith("train.py")
    assert product["duration_ns"] == 1500
    w = pass_.graph.nodes[pass_.nodes[-1]]
    assert (w["kind"], w["variable_name"], w["grad_norm"], w["grad_nan"]) == ("leaf", "w", 6.0, 0)


def test_parallel_edges_share_one_graph_edge() -> None:
    pass_ = trace_of("squared").passes[0]
    ((_, _, attributes),) = pass_.graph.edges(data=True)
    assert [slot["output_nr"] for slot in attributes["slots"]] == [0, 1]
    assert attributes["grad_norm"] == pytest.approx(math.sqrt(18))
    assert pass_.arrays.norm.tolist() == [6.0, 1.0]


def test_contributions_are_added() -> None:
    pass_ = trace_of("inplace_error").passes[0]
    node = pass_.find("ExpBackward0")
    assert means(part.gradient for part in pass_.contributions(node)) == [1.0, 1.0]
    assert means([pass_.gradient(node)]) == [2.0]


def test_a_sum_without_arrays_has_no_made_up_statistics() -> None:
    trace = wide_sum({})
    pass_ = trace.passes[0]
    assert pass_.gradient(2) == Gradient((2,), "float32")
    index = pass_.arrays.index(2)
    assert not pass_.arrays.norm_exact[index]
    assert pass_.arrays.norm[index] == pytest.approx(5 + 5), "an upper bound"


def test_a_sum_of_recorded_arrays_is_exact() -> None:
    trace = wide_sum({1: np.array([3, 4], np.float32), 2: np.array([-3, 4], np.float32)})
    pass_ = trace.passes[0]
    gradient = pass_.gradient(2)
    assert gradient is not None
    assert gradient.statistics is not None
    assert (gradient.statistics.zeros, gradient.statistics.norm) == (1, 8.0)
    assert pass_.gradient_array(2) == pytest.approx(np.array([0, 8]))
    index = pass_.arrays.index(2)
    assert pass_.arrays.norm_exact[index]
    assert pass_.arrays.norm[index] == 8.0


def wide_sum(values: dict[int, Array]) -> Trace:
    """Node 2 receives two gradients of norm 5: the given arrays, or unknown ones."""
    script = EventScript()
    inner = script.node("ExpBackward0", [script.leaf("w")])
    root = script.node("MulBackward0", [inner, inner])
    script.backward(root)
    statistics = GradientStatistics(count=2, nan=0, pos_inf=0, neg_inf=0, zeros=0, min=-3.0, max=4.0, mean=2.0, norm=5.0)
    events = script.end()
    flows = [event for event in events if isinstance(event, GradientFlowed) and event.node == root]
    for number, flow in enumerate(flows, start=1):
        wide = Gradient((2,), "float32", statistics, value=number if values else 0)
        events[flow.id] = replace(flow, gradient=wide)
    return Trace.from_events(events, values=values)


def test_hooks_change_what_a_node_receives() -> None:
    trace = trace_of("hooks")
    pass_ = trace.passes[0]
    assert norm_of(trace, "MulBackward0") == 10.0, "the tensor hook replaced 1 by 10"
    assert means(part.gradient for part in pass_.contributions(2)) == [1.0]
    assert norm_of(trace, "AccumulateGrad") == 20.0, "not what the post-accumulate hook saw of .grad"
    kinds = {hook.kind: len(hook.fired) for hook in trace.hooks.values()}
    assert kinds == dict.fromkeys(("tensor", "node_pre", "retain_grad", "node_post", "post_accumulate_grad"), 1)
    assert {hook.kind for hook in trace.nodes[2].hooks} == {"tensor", "node_pre", "retain_grad", "node_post"}


def test_inputs_of_a_node_with_several_outputs_are_kept_apart() -> None:
    pass_ = trace_of("split").passes[0]
    node = pass_.find("SplitBackward0")
    index = pass_.arrays.index(node)
    assert pass_.received.inputs(index) == [0, 1, 2]
    assert means(pass_.gradient(node, nr) for nr in range(3)) == [3.0, 4.0, None], "the last is undefined"
    assert pass_.arrays.norm[index] == pytest.approx(5.0)


def test_nonfinite_comes_first() -> None:
    trace = trace_of("nonfinite")
    pass_ = trace.passes[0]
    first = trace.events[pass_.first_nonfinite()]
    assert isinstance(first, GradientFlowed)
    assert trace.nodes[first.node].name == "SqrtBackward0"
    assert dict(zip(pass_.arrays.name, pass_.arrays.nonfinite.tolist(), strict=True)) == {
        "AccumulateGrad": True,
        "MulBackward0": True,
        "SqrtBackward0": False,
        "SumBackward0": False,
    }
    assert trace_of("product_of_sums").passes[0].first_nonfinite() == -1


def test_nodes_made_before_recording_are_placeholders_joined_by_what_flowed() -> None:
    pass_ = trace_of("made_before").passes[0]
    arrays = pass_.arrays
    assert arrays.name == ["AccumulateGrad", BEFORE_RECORDING, BEFORE_RECORDING, "MulBackward0"]
    assert arrays.node.tolist()[1:3] == [902, 901], "inputs first, although 901 < 902"
    assert arrays.is_placeholder.tolist() == [False, True, True, False]
    assert arrays.created.tolist()[1:3] == [-1, -1]
    assert pass_.graph.has_edge(901, 902)
    assert pass_.graph.nodes[902]["executed"]
    assert norm_of(trace_of("made_before"), "AccumulateGrad") == 2.0


def test_nodes_that_did_not_run_are_in_the_graph() -> None:
    pass_ = trace_of("restricted").passes[0]
    assert pass_.call == "grad"
    assert pass_.arrays.order.tolist() == [-1, -1, -1, 0]
    assert pass_.arrays.started.tolist()[:3] == [-1, -1, -1]
    assert [data["executed"] for _, data in pass_.graph.nodes(data=True)] == [False, False, False, True]
    assert np.isnan(pass_.arrays.norm[:2]).all()


def test_only_what_the_roots_reach_is_in_the_graph() -> None:
    trace = trace_of("two_steps")
    assert [len(pass_.arrays) for pass_ in trace.passes] == [3, 3]
    assert len(trace.forward.arrays) == 5
    assert trace.passes[1].arrays.scope == ["", "model/layer", "model"]


def test_a_pass_may_run_through_nodes_of_an_earlier_one() -> None:
    first, second = trace_of("double_backward").passes
    assert (first.call, first.create_graph, second.call) == ("grad", True, "backward")
    assert set(first.arrays.node.tolist()) < set(second.arrays.node.tolist())
    shared = first.arrays.node[0]
    assert first.arrays.started[0] != second.arrays.started[second.arrays.index(int(shared))]


def test_outcomes_and_errors() -> None:
    assert trace_of("product_of_sums").passes[0].outcome == "finished"
    raised = trace_of("inplace_error").passes[0]
    assert raised.outcome == "raised"
    assert raised.error is not None
    assert raised.error.node == raised.nodes[-1]
    cut = trace_of("cut_off").passes[0]
    assert (cut.outcome, cut.error, len(cut.nodes)) == ("unfinished", None, 1)
    assert cut.last == len(trace_of("cut_off").events) - 1


def test_labels() -> None:
    trace = trace_of("double_backward")
    assert [pass_.label for pass_ in trace.passes] == ["grad #1 · train.py:3", "backward #2 · train.py:5"]
    assert trace.forward.label == "all nodes"


def test_find_names_close_matches() -> None:
    pass_ = trace_of("product_of_sums").passes[0]
    assert pass_.find("Mul") == pass_.find("MulBackward0")
    assert pass_.find("AddBackward0") == 4, "b ran before a"
    with pytest.raises(KeyError, match=r"did you mean MulBackward0"):
        pass_.find("MulBackward")


def test_a_nested_pass_keeps_its_events_to_itself() -> None:
    """A pass that runs inside another one (a hook that calls backward) lies within its events, and is not part of it."""
    script = EventScript()
    w, v = script.leaf("w"), script.leaf("v")
    outer = script.node("MulBackward0", [w])
    inner = script.node("ExpBackward0", [v])
    script.backward(outer, cut_after=1)
    script.backward(inner)
    script.add(type(script.events[-1]), pass_=1)
    trace = Trace.from_events(script.events)
    assert [pass_.nodes for pass_ in trace.passes] == [[outer], [inner, v]]
    assert trace.passes[0].last > trace.passes[1].last
    assert inner not in trace.passes[0].graph
    middle = trace.passes[1].first
    assert trace.pass_of(middle) is trace.passes[1]
    assert trace.pass_of(trace.passes[0].last) is trace.passes[0]


def test_a_pass_whose_start_was_lost() -> None:
    events = [event for event in CASES["product_of_sums"]() if type(event).__name__ != "BackwardStarted"]
    trace = Trace.from_events(events)
    (pass_,) = trace.passes
    assert pass_.outcome == "finished"
    assert len(pass_.nodes) == 5
    assert pass_.roots == ()
    assert len(pass_.arrays) == 5
    assert trace.describe(10) == "(this event was lost)"


def test_deep_chains_do_not_recurse() -> None:
    """100,000 nodes in a row of which one ran: the rest has to be found by walking."""
    script = EventScript()
    node = script.leaf("w")
    for _ in range(100_000):
        node = script.node("SinBackward0", [node])
    script.backward(node, cut_after=1)
    arrays = Trace.from_events(script.events).passes[0].arrays
    assert len(arrays) == 100_001
    assert int((arrays.order >= 0).sum()) == 1


def test_edges_to_nothing_are_no_edges() -> None:
    script = EventScript()
    w = script.leaf("w")
    y = script.node("AddBackward0", [Edge(0, 0), Edge(w, 0)])
    script.backward(y)
    arrays = Trace.from_events(script.events).passes[0].arrays
    assert arrays.output_nr.tolist() == [1]
    assert arrays.flowed.tolist() != [-1]
