"""Opening traces: what is shown first, what happens with files that are no good, and what stays open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from gradtrace.gui.main_window import MainWindow
from gradtrace.gui.scene import ALL_NODES
from gradtrace.gui.settings import Settings
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.handmade_cases import CASES
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot


def open_and_wait(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    with qtbot.waitSignal(window.session.opened, timeout=60_000):
        window.session.open(path)


def test_window_without_a_trace_welcomes_and_offers_nothing_to_step(window: MainWindow) -> None:
    assert window.panel.currentWidget() is window.panel.welcome
    assert window.actions_by_name["open"].isEnabled()
    assert not window.actions_by_name["step"].isEnabled()
    assert not window.actions_by_name["export"].isEnabled()
    assert window.status.position.text() == "No trace open"


def test_finished_program_opens_at_the_start_of_its_last_pass(qtbot: QtBot, window: MainWindow, recorded: Path) -> None:
    open_and_wait(qtbot, window, recorded)
    session = window.session
    assert session.trace is not None
    assert session.pass_index == 1
    assert session.position == session.trace.passes[1].first
    assert window.panel.currentWidget() is window.graph
    assert recorded.name in window.windowTitle()
    assert window.notices.error.isHidden()


def test_failed_program_opens_at_the_error_with_the_failing_node_selected(window: MainWindow, case: Callable[[str], Trace]) -> None:
    trace = case("inplace_error")
    window.session.show_trace(trace)
    error = trace.passes[0].error
    assert error is not None
    assert window.session.position == error.id
    assert window.session.selected == error.node
    assert "mul_ at train.py:4 wrote" in window.notices.error.text
    assert "inplace operation" in window.notices.error.details
    assert window.inspector.header.status.text() == "failed"


def test_banner_shows_the_cause(window: MainWindow, case: Callable[[str], Trace]) -> None:
    trace = case("inplace_error")
    window.session.show_trace(trace)
    window.session.to_start()
    window.session.clear_selection()
    window.notices.error.button.click()
    error = trace.passes[0].error
    assert error is not None
    assert window.session.selected == error.node
    assert window.session.shown_event == error.cause
    assert window.bottom_tabs.currentWidget() is window.events
    assert window.events.table.currentIndex().row() == error.cause


@pytest.mark.parametrize("content", [b"", b"no trace at all, only text\n" * 20], ids=["empty", "foreign"])
def test_unreadable_file_gives_a_message_and_leaves_the_open_trace(
    qtbot: QtBot, window: MainWindow, recorded: Path, tmp_path: Path, content: bytes
) -> None:
    open_and_wait(qtbot, window, recorded)
    before = window.session.trace
    bad = tmp_path / "bad.gtrace"
    bad.write_bytes(content)
    with qtbot.waitSignal(window.session.message, timeout=60_000) as heard:
        window.session.open(bad)
    assert heard.args is not None
    assert heard.args[0] == "error"
    assert "bad.gtrace" in window.notices.message.text
    assert window.session.trace is before
    assert not window.session.worker.busy


def test_missing_file_gives_a_message(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    with qtbot.waitSignal(window.session.message, timeout=60_000):
        window.session.open(tmp_path / "gone.gtrace")
    assert "No such file" in window.notices.message.text
    assert window.panel.currentWidget() is window.panel.welcome


def test_truncated_file_opens_with_a_warning(qtbot: QtBot, window: MainWindow, recorded: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gtrace"
    cut.write_bytes(recorded.read_bytes()[:-150])
    open_and_wait(qtbot, window, cut)
    assert window.session.trace is not None
    assert window.session.trace.problems
    assert window.notices.message.level == "warning"
    assert "problem" in window.notices.message.text
    assert window.problems.model.row_count() >= 1


def test_newest_of_two_requests_wins(qtbot: QtBot, window: MainWindow, recorded: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.gtrace"
    second.write_bytes(recorded.read_bytes())
    opened: list[str] = []
    window.session.opened.connect(opened.append)
    window.session.open(recorded)
    window.session.open(second)
    qtbot.waitUntil(lambda: bool(opened) and not window.session.worker.busy, timeout=60_000)
    assert opened == [str(second)]


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_kind_of_trace_can_be_opened_and_walked(window: MainWindow, case: Callable[[str], Trace], name: str) -> None:
    session = window.session
    session.show_trace(case(name))
    for index in (*range(len(session.trace.passes) if session.trace else 0), ALL_NODES):
        session.show_trace(session.trace, index)  # type: ignore[arg-type]
        session.to_start()
        first = session.state
        while not session.at_end:
            session.step()
        assert session.position == session.pass_.last  # type: ignore[union-attr]
        while not session.at_start:
            session.step_back()
        assert session.state == first
    for tab in range(window.bottom_tabs.count()):
        window.bottom_tabs.setCurrentIndex(tab)
        QApplication.processEvents()


def test_trace_without_a_graph_says_so(window: MainWindow, case: Callable[[str], Trace]) -> None:
    window.session.show_trace(case("no_events"))
    assert window.panel.currentWidget() is not window.graph
    assert window.panel.currentWidget() is not window.panel.welcome
    assert window.status.position.text() == "This trace holds no events"


def test_run_without_backward_shows_all_nodes(window: MainWindow, case: Callable[[str], Trace]) -> None:
    window.session.show_trace(case("no_backward"))
    assert window.session.pass_index == ALL_NODES
    assert window.pass_selector.currentText() == "All nodes (forward)"
    window.session.step()
    assert window.inspector.header.status.text() == "made"


def drop(window: MainWindow, path: Path) -> bool:
    """Drag a file over the window and drop it; tells whether the window welcomed it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    common = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(400, 300), *common)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPoint(400, 300), *common))
    return enter.isAccepted()


def test_dropped_trace_is_opened_and_other_files_are_refused(
    qtbot: QtBot, window: MainWindow, recorded: Path, tmp_path: Path
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    assert not drop(window, text)
    with qtbot.waitSignal(window.session.opened, timeout=60_000):
        assert drop(window, recorded)


def test_recent_files_and_theme_are_remembered(
    qtbot: QtBot, make_window: Callable[..., MainWindow], recorded: Path, tmp_path: Path
) -> None:
    store = tmp_path / "settings.ini"
    first = make_window(Settings.in_file(store))
    open_and_wait(qtbot, first, recorded)
    name = first.theme.name
    first.actions_by_name["theme"].trigger()
    assert first.theme.name != name
    first.docks.by_name["passes"].close()
    first.close()

    again = make_window(Settings.in_file(store))
    assert again.settings.recent_files == [recorded]
    assert again.theme.name != name
    assert again.docks.by_name["passes"].isHidden()
    again.reset_layout()
    assert not again.docks.by_name["passes"].isHidden()
    again.toggle_theme()  # the application is shared with other tests
