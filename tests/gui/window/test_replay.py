"""Stepping, running and choosing passes: one cursor, and every view follows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from gradtrace.gui.main_window import MainWindow
from gradtrace.gui.scene import ALL_NODES
from gradtrace.tracer.model import Trace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

WEIGHT, PRODUCT, LOSS = 1, 2, 3


@pytest.fixture
def opened(window: MainWindow, recorded: Path) -> MainWindow:
    window.session.open_now(recorded)
    return window


def current_event_of_table(window: MainWindow) -> int:
    return window.events.model.id_of(window.events.model.current_row)


def test_shortcuts_step_as_debuggers_do(qtbot: QtBot, opened: MainWindow) -> None:
    session = opened.session
    start, first = session.position, session.state
    press = lambda key, modifier=Qt.KeyboardModifier.NoModifier: qtbot.keyClick(opened, key, modifier)  # noqa: E731
    press(Qt.Key.Key_F10)
    assert session.current == LOSS
    press(Qt.Key.Key_F11)
    press(Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    assert session.current == LOSS
    press(Qt.Key.Key_End)
    assert session.at_end
    press(Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    assert session.current == WEIGHT
    press(Qt.Key.Key_Home)
    assert session.position == start
    assert session.state == first


def test_every_view_follows_the_cursor(opened: MainWindow) -> None:
    session = opened.session
    session.step()
    session.step()
    position = session.position
    assert current_event_of_table(opened) == position
    assert opened.nodes.model.id_of(opened.nodes.model.current_row) == PRODUCT
    assert opened.inspector.header.name.text() == "MulBackward0"
    assert f"event {position} of" in opened.status.position.text()
    assert "MulBackward0 finished" in opened.status.position.text()


def test_leaf_gradients_are_those_of_the_moment(opened: MainWindow) -> None:
    model = opened.leaves.model
    opened.session.show_trace(opened.session.trace, 0)  # type: ignore[arg-type]
    assert model.text(0, 2) == "None"
    assert model.tone(0, 2) == "muted"
    opened.session.to_end()
    assert float(model.text(0, 2)) == pytest.approx(12.083, abs=0.01)


def test_none_and_zero_look_different(window: MainWindow, case: Callable[[str], Trace]) -> None:
    window.session.show_trace(case("two_steps"))
    model = window.leaves.model
    assert (model.text(0, 2), model.tone(0, 2)) == ("zero", "warning")
    window.session.show_trace(window.session.trace, 0)  # type: ignore[arg-type]
    assert (model.text(0, 2), model.tone(0, 2)) == ("None", "muted")


def test_run_stops_at_breakpoints_in_both_directions(opened: MainWindow) -> None:
    session = opened.session
    session.select(PRODUCT)
    opened.actions_by_name["breakpoint"].trigger()
    assert session.breakpoints == {PRODUCT}
    assert opened.inspector.header.breakpoint.isChecked()
    opened.actions_by_name["run"].trigger()
    assert session.current == PRODUCT
    assert not session.at_end
    opened.actions_by_name["run"].trigger()
    assert session.at_end
    opened.actions_by_name["run_back"].trigger()
    assert session.current == PRODUCT
    opened.actions_by_name["clear_breakpoints"].trigger()
    opened.actions_by_name["run_back"].trigger()
    assert session.at_start


def test_run_to_nan(window: MainWindow, case: Callable[[str], Trace]) -> None:
    window.session.show_trace(case("nonfinite"))
    window.actions_by_name["run_to_nonfinite"].trigger()
    assert not window.session.at_start
    window.session.to_end()
    window.session.run_to_nonfinite()
    assert "NaN" in window.notices.message.text


def test_actions_are_enabled_only_when_they_can_do_something(opened: MainWindow) -> None:
    actions = opened.actions_by_name
    assert actions["step"].isEnabled()
    assert not actions["step_back"].isEnabled()
    opened.session.to_end()
    assert not actions["step"].isEnabled()
    assert actions["step_back"].isEnabled()
    assert not actions["breakpoint"].isEnabled()
    opened.session.select(LOSS)
    assert actions["breakpoint"].isEnabled()


def test_passes_can_be_switched_in_every_way(qtbot: QtBot, opened: MainWindow) -> None:
    session = opened.session
    with qtbot.waitSignal(session.pass_changed, timeout=60_000):
        qtbot.keyClick(opened, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert session.pass_index == 0
    assert opened.pass_selector.currentIndex() == 0
    assert opened.passes.model.current_row == 0
    with qtbot.waitSignal(session.pass_changed, timeout=60_000):
        opened.passes.table.row_chosen.emit(1)
    assert session.pass_index == 1
    with qtbot.waitSignal(session.pass_changed, timeout=60_000):
        opened.pass_selector.activated.emit(opened.pass_selector.count() - 1)
    assert session.pass_index == ALL_NODES


def test_all_nodes_can_be_chosen_beside_passes(qtbot: QtBot, opened: MainWindow) -> None:
    with qtbot.waitSignal(opened.session.pass_changed, timeout=60_000):
        opened.session.set_pass(ALL_NODES)
    assert opened.pass_selector.currentText() == "All nodes (forward)"
    assert opened.timeline.height() > 0


def test_event_of_another_pass_switches_to_it(qtbot: QtBot, opened: MainWindow) -> None:
    trace = opened.session.trace
    assert trace is not None
    target = trace.passes[0].first + 3
    with qtbot.waitSignal(opened.session.pass_changed, timeout=60_000):
        opened.session.go_to_event(target)
    qtbot.waitUntil(lambda: opened.session.position == target, timeout=60_000)
    assert opened.session.pass_index == 0


def test_event_outside_any_pass_selects_its_node_and_leaves_the_cursor(opened: MainWindow) -> None:
    session, trace = opened.session, opened.session.trace
    assert trace is not None
    position = session.position
    created = trace.nodes[PRODUCT].created
    session.go_to_event(created)
    assert session.position == position
    assert session.selected == PRODUCT
    assert session.shown_event == created
    assert opened.events.table.currentIndex().row() == created


def test_click_in_the_timeline_moves_the_cursor_to_the_mark(qtbot: QtBot, opened: MainWindow) -> None:
    QApplication.processEvents()
    timeline, session = opened.timeline, opened.session
    hook = next(i for i in range(session.position, len(session.trace.events)) if "hook" in session.trace.describe(i))  # type: ignore
    where = QPoint(round(timeline.x_of(hook)) + 2, round(timeline.lane_y(2)) + 10)
    qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=where)
    assert session.position == hook
    overview = QPoint(round(timeline.x_of(session.pass_.last)), 12)  # type: ignore[union-attr]
    qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=overview)
    assert session.shown_event > hook


def test_search_goes_from_match_to_match(qtbot: QtBot, opened: MainWindow) -> None:
    opened.actions_by_name["find"].trigger()
    qtbot.keyClicks(opened.search, "backward0")
    assert set(opened.search.matches) == {PRODUCT, LOSS}
    first = opened.session.selected
    qtbot.keyClick(opened.search, Qt.Key.Key_Return)
    assert opened.session.selected != first
    qtbot.keyClick(opened.search, Qt.Key.Key_Return)
    assert opened.session.selected == first
    opened.search.selectAll()
    qtbot.keyClicks(opened.search, "mul")
    assert opened.session.selected == PRODUCT
    opened.search.selectAll()
    qtbot.keyClicks(opened.search, "nothing like this")
    assert opened.search.matches == []


def test_busy_session_can_be_cancelled(qtbot: QtBot, opened: MainWindow) -> None:
    opened.session.set_pass(0)
    opened.session.cancel()
    qtbot.wait(50)
    assert opened.session.pass_index == 1
    assert not opened.session.worker.busy
