"""The text of `gradtrace info`, from hand-made traces: each thing a user has to know must be in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from gradtrace.core.events import Event
from gradtrace.tracer.cli.info import MOST_ROWS, summary_text
from gradtrace.tracer.model import Trace, handmade_cases
from gradtrace.tracer.model.handmade import EventScript


def text_of(events: list[Event]) -> str:
    return summary_text(Trace.from_events(events))


def test_a_simple_run_names_passes_leaves_and_gradient_norms() -> None:
    text = text_of(handmade_cases.product_of_sums())
    lines = [line.split() for line in text.splitlines()]
    assert any(line[:2] == ["#1", "backward"] and line[-1] == "finished" for line in lines)
    (leaf,) = [line for line in lines if line[:1] == ["w"]]
    assert leaf[1:6] == ["scalar", "float32", ".grad", "norm", "6.0"]
    assert "Errors" not in text
    assert "Problems" not in text


def test_an_in_place_error_names_its_cause() -> None:
    text = text_of(handmade_cases.inplace_error())
    errors = text.split("Errors\n")[1].split("\n\n")[0]
    assert "RuntimeError in" in errors
    assert "caused by:" in errors
    assert "version" in errors


def test_findings_have_a_section_of_their_own() -> None:
    findings = text_of(handmade_cases.silent_write()).split("Findings\n")[1].split("\n\n")[0]
    assert findings.startswith("  warning: Gradient silently wrong. sigmoid_ at train.py:3 wrote w")
    assert "Findings" not in text_of(handmade_cases.product_of_sums())


def test_none_and_zero_gradients_are_told_apart() -> None:
    assert ".grad is all zeros" in text_of(handmade_cases.two_steps()) or ".grad norm" in text_of(handmade_cases.two_steps())
    assert ".grad is None" in text_of(handmade_cases.accumulation())


def test_non_finite_gradients_are_shown_with_the_event_where_they_begin() -> None:
    text = text_of(handmade_cases.nonfinite())
    assert "NaN or Inf from event" in text


@pytest.mark.parametrize("case", [handmade_cases.empty_run, handmade_cases.no_events])
def test_a_run_with_nothing_in_it_says_so(case: Callable[[], list[Event]]) -> None:
    text = text_of(case())
    assert "none: no backward() was recorded" in text
    assert "none: no tensor that requires a gradient was seen" in text


def test_a_run_that_was_cut_off_says_so() -> None:
    text = text_of(handmade_cases.cut_off())
    assert "was cut off" in text
    assert "unfinished" in text


def test_a_long_table_keeps_both_ends() -> None:
    script = EventScript()
    for index in range(3 * MOST_ROWS):
        script.leaf(f"w{index}")
    text = summary_text(Trace.from_events(script.events))
    assert f"Leaves ({3 * MOST_ROWS})" in text
    assert f"… {2 * MOST_ROWS} more; --json has all …" in text
    assert f"w{3 * MOST_ROWS - 1} " in text
    assert f"w{MOST_ROWS} " not in text


@pytest.mark.parametrize(
    "name", [name for name in vars(handmade_cases) if isinstance(getattr(handmade_cases, name), type(text_of))]
)
def test_every_hand_made_run_has_a_text_and_strict_json(name: str) -> None:
    case: Any = getattr(handmade_cases, name)
    if case.__module__ != handmade_cases.__name__ or name.startswith("_"):
        pytest.skip("not a case")
    trace = Trace.from_events(case())
    for line in summary_text(trace).splitlines():
        assert line == line.rstrip()
    json.dumps(trace.summary(), allow_nan=False)
