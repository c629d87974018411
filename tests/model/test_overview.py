"""The overview of a pass, on traces made by hand."""

from __future__ import annotations

import pytest
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.handmade import EventScript
from gradtrace.tracer.model.handmade_cases import CASES
from gradtrace.tracer.model.overview import PassOverview, overview


def of(name: str, index: int = 0) -> tuple[Trace, PassOverview]:
    trace = Trace.from_events(CASES[name]())
    return trace, overview(trace.passes[index])


def test_counts_of_nodes() -> None:
    assert (of("product_of_sums")[1].ran, of("product_of_sums")[1].not_run) == (5, 0)
    restricted = of("restricted")[1]
    assert (restricted.ran, restricted.not_run) == (1, 3)


def test_largest_and_smallest_leaf() -> None:
    _, look = of("product_of_sums")
    assert look.largest is not None
    assert look.smallest is not None
    assert (look.largest.name, look.largest.norm) == ("w", 6.0)
    assert (look.smallest.name, look.smallest.norm) == ("x", 3.0)
    assert of("nonfinite")[1].largest is None


def test_leaves_whose_gradient_stayed_none() -> None:
    assert [leaf.name for leaf in of("detached")[1].without_gradient] == ["w", "spare"]
    assert of("product_of_sums")[1].without_gradient == ()
    assert of("restricted")[1].without_gradient == ()


def test_hooks_and_what_they_changed() -> None:
    trace, look = of("hooks")
    assert {trace.hook_name(use.hook): (use.fired, use.changed) for use in look.hooks if use.kind != "retain_grad"} == {
        "clip": (1, 1),
        "watch": (1, 0),
        "after": (1, 0),
        "step_now": (1, 0),
    }
    assert all(trace.pass_of(use.event) is trace.passes[0] for use in look.hooks)


def test_writes_between_graph_and_pass() -> None:
    trace, look = of("inplace_error")
    assert [trace.describe(event) for event in look.writes] == ["mul_ wrote a: version 0 to 1"]
    assert of("product_of_sums")[1].writes == ()
    silent = of("silent_write")[1]
    assert len(silent.writes) == 1


def test_writes_of_the_engine_are_not_the_users() -> None:
    script = EventScript()
    w = script.leaf("w")
    y = script.node("MulBackward0", [w])
    script.backward(y, retain_graph=True)
    script.bump(w, "accumulate_grad")
    script.bump(w, "add_", before=1)
    script.backward(y)
    trace = Trace.from_events(script.end())
    assert len(overview(trace.passes[1]).writes) == 1


def test_origin_of_the_first_nan() -> None:
    assert of("product_of_sums")[1].nonfinite is None
    found = of("nonfinite")[1].nonfinite
    assert found is not None
    assert found.rule == "first-nonfinite"


@pytest.mark.parametrize("name", CASES)
def test_every_trace_has_overviews(name: str) -> None:
    trace = Trace.from_events(CASES[name]())
    for pass_ in (*trace.passes, trace.forward):
        look = overview(pass_)
        assert look.ran == len(pass_.nodes)
