"""How the window tells what went wrong: banners and the table of problems."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gradtrace.gui.lookups import headline
from gradtrace.gui.main_window import MainWindow
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.handmade import EventScript
from pytestqt.qtbot import QtBot


def nan_in_the_second_of_three() -> Trace:
    script = EventScript()
    w = script.leaf("w")
    for factor in (1.0, float("nan"), float("nan")):
        a = script.node("SqrtBackward0", [w], target="a")
        y = script.node("SumBackward0", [a], target="y")
        script.backward(y, factors={(a, 0): factor})
    return Trace.from_events(script.end())


# ---------------------------------------------------------------------------------------------------------- first NaN/Inf
def test_nan_is_told_in_a_banner_that_leads_to_its_node(qtbot: QtBot, window: MainWindow, case: Callable[[str], Trace]) -> None:
    window.session.show_trace(case("nonfinite"))
    banner = window.notices.nonfinite
    assert banner.level == "warning"
    assert "SqrtBackward0 (train.py:3) got finite gradients and gave +Inf" in banner.text
    banner.button.click()
    pass_ = window.session.pass_
    assert pass_ is not None
    assert window.session.position == pass_.first_nonfinite()
    assert window.inspector.header.name.text() == "SqrtBackward0"


def test_finite_passes_have_no_such_banner(window: MainWindow, case: Callable[[str], Trace]) -> None:
    window.session.show_trace(case("nonfinite"))
    window.session.show_trace(case("product_of_sums"))
    assert window.notices.nonfinite.isHidden()
    assert window.notices.error.isHidden()


def test_run_with_nan_opens_at_its_first_broken_pass(window: MainWindow) -> None:
    trace = nan_in_the_second_of_three()
    window.session.show_trace(trace)
    assert window.session.pass_index == 1
    window.session.show_trace(trace, 0)
    assert window.notices.nonfinite.isHidden()


# ----------------------------------------------------------------------------------------------------------------- errors
def test_error_banner_says_the_cause_and_keeps_the_message_for_later(window: MainWindow, case: Callable[[str], Trace]) -> None:
    window.session.show_trace(case("freed_buffers"))
    banner = window.notices.error
    assert "backward #1 (train.py:3) freed what ExpBackward0" in banner.text
    assert "\n" not in banner.text
    assert banner._details.isHidden()
    banner.more.click()
    assert not banner._details.isHidden()
    assert "modified by an inplace operation" in banner.details
    window.session.show_trace(case("freed_buffers"))
    assert banner._details.isHidden()


def test_first_sentence_of_a_message() -> None:
    assert headline("It failed. Hint: try again. And again.") == "It failed."
    assert headline("  mat1 and mat2 (2x3 and 4.5)\nmore ") == "mat1 and mat2 (2x3 and 4.5)"
    assert headline("") == ""


# ---------------------------------------------------------------------------------------------------------------- table
@pytest.mark.parametrize(
    ("name", "kind", "tone", "text"),
    [
        ("inplace_error", "Saved tensor overwritten", "error", "mul_ at train.py:4 wrote"),
        ("freed_buffers", "Saved tensors already freed", "error", "retain_graph=True"),
        ("nonfinite", "First NaN/Inf in backward #1", "warning", "SqrtBackward0"),
        ("silent_write", "Gradient silently wrong", "warning", "sigmoid_ at train.py:3"),
        ("detached", "No gradient", "warning", "spare"),
    ],
)
def test_findings_are_listed(window: MainWindow, case: Callable[[str], Trace], name: str, kind: str, tone: str, text: str) -> None:
    window.session.show_trace(case(name))
    model = window.problems.model
    assert model.text(0, 0) == kind
    assert model.tone(0, 0) == tone
    assert text in model.text(0, 1)
    place = window.bottom_tabs.indexOf(window.problems)
    assert window.bottom_tabs.tabText(place) == f"Problems ({model.row_count()})"


def test_explained_exception_is_one_row_with_its_own_words_in_the_tip(window: MainWindow, case: Callable[[str], Trace]) -> None:
    window.session.show_trace(case("inplace_error"))
    model = window.problems.model
    assert model.row_count() == 1
    assert "modified by an inplace operation" in model.tip(0, 1)


def test_exception_nobody_can_explain_is_listed_as_it_is(window: MainWindow) -> None:
    script = EventScript()
    y = script.node("ExpBackward0", [script.leaf("w")])
    script.backward(y, fail_at=y)
    window.session.show_trace(Trace.from_events(script.end("raised")))
    model = window.problems.model
    assert model.text(0, 0) == "RuntimeError"
    assert model.text(0, 1).startswith("ExpBackward0: one of the variables")


def test_row_leads_to_event_and_node(qtbot: QtBot, window: MainWindow) -> None:
    trace = nan_in_the_second_of_three()
    window.session.show_trace(trace, 0)
    with qtbot.waitSignal(window.session.pass_changed, timeout=60_000):
        window.problems.table.clicked.emit(window.problems.model.index(0, 1))
    assert window.session.pass_index == 1
    assert window.session.position == trace.passes[1].first_nonfinite()
    assert trace.nodes[window.session.selected].op == "Sqrt"


def test_missing_gradient_leads_to_the_leaf(window: MainWindow, case: Callable[[str], Trace]) -> None:
    trace = case("detached")
    window.session.show_trace(trace)
    row = next(row for row in range(2) if window.problems.model.problem(row).message.startswith("w "))
    window.problems.table.clicked.emit(window.problems.model.index(row, 1))
    assert trace.node_name(window.session.selected) == "AccumulateGrad of w"


def test_notes_of_the_recorder_are_listed_and_not_counted(
    window: MainWindow, case: Callable[[str], Trace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Trace, "notes", property(lambda _: ["3 arrays were larger than the limit"]))
    window.session.show_trace(case("product_of_sums"))
    model = window.problems.model
    assert (model.text(0, 0), model.tone(0, 0)) == ("Note", "info")
    assert "larger than the limit" in model.text(0, 1)
    assert window.bottom_tabs.tabText(window.bottom_tabs.indexOf(window.problems)) == "Problems"
