"""How findings lead to their place: the banner on opening, the table, the line in the source; a leaf's gradients over the run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gradtrace.core as torch
import pytest
from gradtrace import record
from gradtrace.core.events import NodeStarted, OptimizerStepped
from gradtrace.gui.main_window import MainWindow
from gradtrace.gui.models.problems import MESSAGE, SOURCE
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.handmade import EventScript
from gradtrace.tracer.model.history import leaf_history
from pytestqt.qtbot import QtBot


def cleared_too_early() -> Trace:
    """Three steps whose gradients are cleared before the optimizer can use them; the finding has a line and no node."""
    script = EventScript()
    w = script.leaf("w")
    for _ in range(3):
        script.backward(script.node("MulBackward0", [w], target="y"))
        script.zero_grad(w)
        script.add(OptimizerStepped, optimizer="SGD", source=script.position())
    return Trace.from_events(script.end(), source_texts={script.file: "\n".join(f"line_{number}()" for number in range(1, 20))})


@pytest.fixture
def softmax_twice(tmp_path: Path) -> Path:
    """A file in whose first pass the node of the finding ran; the last is on show when it is opened."""
    path = tmp_path / "run.gtrace"
    with record(path):
        logits = torch.zeros(2, 3, requires_grad=True)
        for _ in range(3):
            torch.nn.functional.cross_entropy(logits.softmax(1), torch.tensor([0, 1])).backward()
    return path


def test_worst_finding_is_told_on_opening_and_leads_to_its_line(qtbot: QtBot, window: MainWindow) -> None:
    window.session.show_trace(cleared_too_early())
    banner = window.notices.finding
    assert banner.level == "warning"
    assert banner.text.startswith("Gradients cleared too early: zero_grad() at train.py:4 cleared the gradient of w")
    banner.button.click()
    assert window.bottom_tabs.currentWidget() is window.source
    assert window.source.code.toPlainText().startswith("line_1()")
    assert window.source.code.line == 4
    window.session.step()
    assert window.source.code.line != 4  # it follows the cursor again


def test_finding_about_a_node_shows_the_pass_that_ran_it(qtbot: QtBot, window: MainWindow, softmax_twice: Path) -> None:
    session = window.session
    session.open_now(softmax_twice)
    assert session.pass_index == 2
    assert window.notices.finding.text.startswith("Loss of probabilities")
    window.notices.finding.button.click()
    qtbot.waitUntil(lambda: session.pass_index == 0, timeout=60_000)
    assert session.trace is not None
    assert session.trace.nodes[session.selected].op == "Softmax"
    assert session.trace.events.kind(session.position) is NodeStarted
    assert window.source.code.line == session.trace.findings()[0].source.line  # type: ignore[union-attr]


def test_table_of_problems_stays_in_front_unless_the_line_is_asked_for(window: MainWindow) -> None:
    window.session.show_trace(cleared_too_early())
    window.bottom_tabs.setCurrentWidget(window.problems)
    model, table = window.problems.model, window.problems.table
    table.clicked.emit(model.index(0, MESSAGE))
    assert window.bottom_tabs.currentWidget() is window.problems
    table.clicked.emit(model.index(0, SOURCE))
    assert window.bottom_tabs.currentWidget() is window.source
    assert window.source.code.line == 4


def test_other_findings_are_behind_more(window: MainWindow) -> None:
    script = EventScript()
    w, spare = script.leaf("w"), script.leaf("spare")
    assert spare
    for _ in range(3):
        script.backward(script.node("MulBackward0", [w], target="y"))
        script.zero_grad(w)
        script.add(OptimizerStepped, optimizer="SGD", source=script.position())
    window.session.show_trace(Trace.from_events(script.end()))
    banner = window.notices.finding
    assert banner.text.startswith("No gradient: spare requires a gradient")
    assert banner.details.startswith("Gradients cleared too early")


@pytest.mark.parametrize("name", ["nonfinite", "freed_buffers", "product_of_sums"])
def test_banner_does_not_repeat_what_others_say(window: MainWindow, case: Callable[[str], Trace], name: str) -> None:
    window.session.show_trace(case(name))
    assert window.notices.finding.isHidden()


# ---------------------------------------------------------------------------------------------------------- over the run
def growing(*factors: float) -> Trace:
    script = EventScript()
    w = script.leaf("w")
    for factor in factors:
        product = script.node("MulBackward0", [w], target="y")
        script.backward(product, factors={(product, 0): factor})
        script.zero_grad(w)
    return Trace.from_events(script.end())


def test_history_of_a_leaf() -> None:
    trace = growing(1.0, 0.0, float("nan"), 8.0)
    history = leaf_history(trace, 1)
    assert history.passes.tolist() == [1, 2, 3, 4]
    assert history.finite.tolist() == [1.0, 0.0, 8.0]
    assert history.nonfinite.tolist() == [False, False, True, False]
    assert len(leaf_history(trace, 99)) == 0


def test_gradients_of_a_leaf_over_the_run_lead_to_their_passes(qtbot: QtBot, window: MainWindow) -> None:
    window.session.show_trace(growing(1.0, 0.0, float("nan"), 1e6), 0)
    window.session.select_leaf(1)
    section = window.inspector.history
    assert not section.isHidden()
    assert "4 brought a gradient" in section.facts.text()
    assert "1e+06" in section.facts.text()
    section.choose(3.8)
    qtbot.waitUntil(lambda: window.session.pass_index == 3, timeout=60_000)
    assert window.session.position in leaf_history(window.session.trace, 1).events.tolist()  # type: ignore[arg-type]
    assert section._here.value() == 4


def test_no_history_of_what_is_no_leaf_or_came_once(window: MainWindow) -> None:
    window.session.show_trace(growing(1.0))
    window.session.select_leaf(1)
    assert window.inspector.history.isHidden()
    window.session.show_trace(growing(1.0, 2.0))
    assert window.session.pass_ is not None
    window.session.select(window.session.pass_.find("MulBackward0"))
    assert window.inspector.history.isHidden()
    window.session.select_leaf(1)
    assert not window.inspector.history.isHidden()


def test_pass_on_show_is_in_sight_in_the_table(qtbot: QtBot, window: MainWindow) -> None:
    """Also in a window that has been open for a while: the rows of the new trace are not laid out yet."""
    qtbot.waitExposed(window)
    window.session.show_trace(growing(*[1.0] * 60))
    table = window.passes.table
    row = window.passes.model.current_row
    assert row == 59
    assert table.viewport().rect().contains(table.visualRect(window.passes.model.index(row, 0)).center())
