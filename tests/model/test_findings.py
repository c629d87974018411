"""Findings: each rule has traces that it speaks about and traces that it keeps silent about."""

from __future__ import annotations

import contextlib
import json
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from gradtrace.core.events import NONE, GraphCut
from gradtrace.samples import find
from gradtrace.tracer.model import Finding, Trace
from gradtrace.tracer.model.findings import RULES, SEVERITIES, leaves_never_reached, nonfinite_origin
from gradtrace.tracer.model.handmade import EventScript
from gradtrace.tracer.model.handmade_cases import CASES
from gradtrace.tracer.model.missing import MissingGradients
from gradtrace.tracer.record import record

TRIGGERS = {
    "overwritten-saved": ("inplace_error", "detach_inplace_error"),
    "freed-buffers": ("freed_buffers", "freed_buffers"),
    "first-nonfinite": ("nonfinite", "first_nan"),
    "silent-write": ("silent_write", "data_inplace_silent"),
    "no-gradient": ("detached", None),
    "never-updated": ("not_in_optimizer", None),
    "never-cleared": ("not_cleared", None),
}
"""For each rule a hand-made trace and a sample program that it finds something in."""

OF_TRAINING = {
    "made-anew",
    "never-stepped",
    "cleared-before-step",
    "clipped-after-step",
    "always-zero",
    "exploding",
    "vanishing",
    "loss-of-probabilities",
    "every-pair",
    "graphs-kept",
    "reaching-back",
}
"""Rules about whole training loops: ``tests/capture/test_findings_of_training.py`` has a program for each."""


def handmade(name: str) -> Trace:
    return Trace.from_events(CASES[name]())


@pytest.fixture
def sample(tmp_path: Path) -> Callable[[str], Trace]:
    def recorded(name: str) -> Trace:
        path = tmp_path / f"{name}.gtrace"
        with contextlib.suppress(RuntimeError), record(path):  # some samples fail on purpose
            runpy.run_path(str(find(name).path), run_name="__main__")
        return Trace.load(path)

    return recorded


def only(trace: Trace, rule: str) -> Finding:
    (finding,) = [finding for finding in trace.findings() if finding.rule == rule]
    return finding


def test_every_rule_has_its_traces() -> None:
    assert {*TRIGGERS, *OF_TRAINING} == set(RULES)
    assert not OF_TRAINING & set(TRIGGERS)


@pytest.mark.parametrize("rule", TRIGGERS)
def test_rule_finds_its_case_and_nothing_in_the_others(rule: str) -> None:
    finding = next(found for found in handmade(TRIGGERS[rule][0]).findings() if found.rule == rule)
    assert finding.severity in SEVERITIES
    assert finding.detail.endswith(".")
    assert finding.source is None or finding.source.file.endswith("train.py")
    assert not [found for found in handmade("product_of_sums").findings() if found.rule == rule]
    assert not [found for found in handmade("two_steps").findings() if found.rule == rule]


@pytest.mark.parametrize(("rule", "name"), [(rule, names[1]) for rule, names in TRIGGERS.items() if names[1]])
def test_rule_finds_its_sample(rule: str, name: str, sample: Callable[[str], Trace]) -> None:
    trace = sample(name)
    finding = only(trace, rule)
    assert [found.rule for found in trace.findings()] == [rule]
    assert finding.event >= 0
    assert finding.source is not None
    assert name in finding.source.file


@pytest.mark.parametrize("name", ["mlp_cross_entropy", "linear_sgd", "accumulate_twice", "create_graph"])
def test_sound_programs_have_no_findings(name: str, sample: Callable[[str], Trace]) -> None:
    assert sample(name).findings() == []


@pytest.mark.parametrize("rule", OF_TRAINING)
@pytest.mark.parametrize("name", CASES)
def test_rules_of_training_keep_silent_about_single_passes(rule: str, name: str) -> None:
    assert list(RULES[rule](handmade(name))) == []


def test_overwritten_tensor_is_told_with_both_lines() -> None:
    script = EventScript()
    w = script.leaf("w")
    a = script.node("ExpBackward0", [w], target="a")
    y = script.node("MulBackward0", [a], saves=("self",))
    script.backward(y, fail_at=y, cause=script.bump(a, "mul_"))
    trace = Trace.from_events(script.end("raised"))
    finding = only(trace, "overwritten-saved")
    error = trace.passes[0].error
    assert error is not None
    assert (finding.event, finding.cause, finding.node) == (error.id, error.cause, error.node)
    assert finding.detail == "mul_ at train.py:4 wrote a, which MulBackward0 (train.py:3) had saved at version 0."


def test_freed_buffers_name_both_passes() -> None:
    detail = only(handmade("freed_buffers"), "freed-buffers").detail
    assert detail.startswith(
        "backward #1 (train.py:3) freed what ExpBackward0 (train.py:2) had saved, and backward #2 (train.py:4)"
    )


def test_first_nonfinite_is_the_node_that_got_finite_gradients() -> None:
    trace = handmade("nonfinite")
    finding = only(trace, "first-nonfinite")
    assert trace.nodes[finding.node].op == "Sqrt"
    assert finding.event == trace.passes[0].first_nonfinite()
    assert "zeros in its input" in finding.detail


def test_hook_that_makes_nan_is_blamed() -> None:
    trace = handmade("hook_breaks")
    finding = nonfinite_origin(trace.passes[0])
    assert finding is not None
    assert "hook normalise at MulBackward0" in finding.detail
    assert nonfinite_origin(handmade("hooks").passes[0]) is None


def test_nan_in_many_passes_is_told_once() -> None:
    script = EventScript()
    w = script.leaf("w")
    for factor in (1.0, float("nan"), float("inf")):
        y = script.node("MulBackward0", [w], target="y")
        script.backward(y, factors={(y, 0): factor})
    finding = only(Trace.from_events(script.end()), "first-nonfinite")
    assert "backward #2" in finding.title
    assert "2 of 3 passes" in finding.detail


def test_write_after_the_backward_is_harmless() -> None:
    finding = only(handmade("silent_write"), "silent-write")
    assert finding.detail.startswith("sigmoid_ at train.py:3 wrote w unseen by autograd after MulBackward0 (train.py:2)")


def test_missing_gradients_are_told_with_their_reason() -> None:
    unused, apart = handmade("detached").findings()
    assert unused.detail.startswith("spare requires a gradient")
    assert unused.detail.endswith("Nothing was computed from it.")
    assert apart.detail.startswith("w requires a gradient")
    assert apart.detail.endswith("a left the graph by detach() at train.py:5.")


def test_parameters_that_no_optimizer_knows() -> None:
    (finding,) = handmade("not_in_optimizer").findings()
    assert finding.detail == (
        "second.weight (first used at train.py:2) gets gradients, and no optimizer step ever changed it: "
        "no optimizer that stepped knows it."
    )
    assert finding.severity == "warning"


def test_reasons_for_a_missing_gradient() -> None:
    script = EventScript()
    w, v, u, x = script.leaf("w"), script.leaf("v"), script.leaf("u"), script.leaf("x")
    a = script.node("ExpBackward0", [w, v], target="a")
    b = script.node("MulBackward0", [a], target="b")  # where the graph of w and v ends
    script.add(GraphCut, tensor=script.tensor_of(a), result=99, how="non_differentiable", source=script.position())
    c = script.node("ReluBackward0", [u], target="c")
    script.add(GraphCut, tensor=script.tensor_of(c), result=NONE, how="item", source=script.position())
    script.backward(script.node("MulBackward0", [x], target="y"))
    trace = Trace.from_events(script.end())
    missing = MissingGradients(trace)
    (both, dead), (one, taken) = missing.of_leaves(leaves_never_reached(trace))
    assert [leaf.name for leaf in both] == ["w", "v"]  # a still has a use: cutting it is not what ended the way
    assert dead.text == "No backward began at anything computed from it; the last such was MulBackward0 (train.py:6)."
    assert [leaf.name for leaf in one] == ["u"]
    assert taken.text.startswith("c left the graph by item() at train.py:")
    assert missing.unreached([script.tensor_of(w), script.tensor_of(b), script.tensor_of(x)], [b]) == [script.tensor_of(x)]


def test_where_trap_and_divergence() -> None:
    script = EventScript()
    w = script.leaf("w")
    for factor in (1.0, 1e6, 1e12, float("nan")):
        log = script.node("LogBackward0", [w], target="log")
        chosen = script.node("WhereBackward0", [log], target="chosen")
        script.backward(chosen, factors={(log, 0): factor})
    detail = only(Trace.from_events(script.end()), "first-nonfinite").detail
    assert "Gradients had grown before: the largest norm was 1.0 in backward #1 and 1e+12 in backward #3." in detail
    script = EventScript()
    log = script.node("LogBackward0", [script.leaf("w")], target="log")
    chosen = script.node("WhereBackward0", [log], target="chosen")
    script.backward(chosen, factors={(log, 0): float("nan")})
    detail = only(Trace.from_events(script.end()), "first-nonfinite").detail
    assert "It lies behind WhereBackward0 (train.py:3): the elements that where() did not choose" in detail


def test_same_finding_again_is_counted() -> None:
    script = EventScript()
    w = script.leaf("w")
    y = script.node("ExpBackward0", [w], saves=("result",))
    bump = script.bump(w)
    for _ in range(3):
        script.line = 10
        script.backward(y, fail_at=y, cause=bump)
    assert only(Trace.from_events(script.end()), "overwritten-saved").detail.endswith("(3 times.)")


def test_summary_has_the_findings_as_plain_data() -> None:
    (found,) = handmade("nonfinite").summary()["findings"]
    assert (found["rule"], found["severity"], found["node"]) == ("first-nonfinite", "warning", "SqrtBackward0")
    assert found["source"]["line"] == 3
    assert found["cause"] is None
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_tensors_taken_of_others_are_named_after_them() -> None:
    trace = handmade("detached")
    assert trace.tensor_name(77) == "a.detach()"
