"""Inspector, tables, filter, themes and exports, used as a user does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from gradtrace.gui.actions import ACTIONS
from gradtrace.gui.main_window import MainWindow
from gradtrace.gui.viewer import QtViewer
from gradtrace.tracer.model import Trace
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeySequence
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

WEIGHT, PRODUCT, LOSS = 1, 2, 3


@pytest.fixture
def opened(window: MainWindow, recorded: Path) -> MainWindow:
    window.session.open_now(recorded)
    QApplication.processEvents()
    return window


def click_node(qtbot: QtBot, window: MainWindow, node: int) -> None:
    """Click the middle of a node's box on the canvas."""
    position = window.graph.position_of(node).toPoint()
    target = window.graph.childAt(position)
    assert target is not None
    qtbot.mouseClick(target, Qt.MouseButton.LeftButton, pos=target.mapFrom(window.graph, position))


# ------------------------------------------------------------------------------------------------------------ inspector
def test_click_on_the_canvas_shows_the_gradient_in_the_inspector(qtbot: QtBot, opened: MainWindow) -> None:
    opened.session.to_end()
    click_node(qtbot, opened, PRODUCT)
    assert opened.session.selected == PRODUCT
    inspector = opened.inspector
    assert inspector.header.name.text() == "MulBackward0"
    assert "layer" in inspector.header._details.text()
    facts = inspector.gradient.facts.text()
    assert "(3, 4)" in facts
    assert "-5.0" in facts
    numbers = inspector.gradient.numbers
    assert (numbers.rowCount(), numbers.columnCount()) == (3, 4)
    assert numbers.text(0, 0) == "-5"
    assert numbers.text(2, 3) == "6"


def test_gradient_comes_with_the_cursor(opened: MainWindow) -> None:
    opened.session.select(WEIGHT)
    assert "arrives later" in opened.inspector.gradient.facts.text()
    opened.session.to_end()
    assert "norm" in opened.inspector.gradient.facts.text()


def test_picture_and_histogram_are_drawn(opened: MainWindow) -> None:
    opened.session.to_end()
    opened.session.select(PRODUCT)
    gradient = opened.inspector.gradient
    gradient.tabs.setCurrentWidget(gradient.picture)
    assert gradient.picture.image.image.shape == (3, 4)
    gradient.tabs.setCurrentWidget(gradient.histogram)
    assert gradient.histogram.plot.listDataItems() or gradient.histogram.plot.getPlotItem().items


def test_links_lead_to_neighbours_and_events(opened: MainWindow) -> None:
    opened.session.to_end()
    opened.session.select(PRODUCT)
    tensors = opened.inspector.tensors.label
    assert f"node:{WEIGHT}" in tensors.text()
    tensors.linkActivated.emit(f"node:{WEIGHT}")
    assert opened.session.selected == WEIGHT


def test_stale_saved_tensor_is_told_with_its_cause(opened: MainWindow) -> None:
    opened.session.select(PRODUCT)
    text = opened.inspector.saved.label.text()
    assert opened.theme.error in text
    assert "add_" in text
    assert "event:" in text


def test_hook_is_listed_with_the_event_it_fired_at(opened: MainWindow) -> None:
    opened.session.select(PRODUCT)
    assert "not yet" in opened.inspector.hooks.label.text()
    opened.session.to_end()
    assert "event:" in opened.inspector.hooks.label.text()


def test_source_line_is_shown_with_its_surroundings(opened: MainWindow) -> None:
    trace = opened.session.trace
    assert trace is not None
    source = trace.nodes[PRODUCT].source
    assert source is not None
    opened.session.select(PRODUCT)
    code = opened.inspector.source.code
    assert code.line == source.line
    assert "node_created(PRODUCT" in code.toPlainText()
    assert code.blockCount() == 7
    opened.bottom_tabs.setCurrentWidget(opened.source)
    assert opened.source.code.line == source.line
    assert opened.source.code.toPlainText() == trace.source_text(source.file)


def test_selection_stays_while_the_cursor_moves_and_escape_lets_go(qtbot: QtBot, opened: MainWindow) -> None:
    opened.session.select(LOSS)
    opened.session.step()
    opened.session.step()
    assert opened.inspector.header.name.text() == "SumBackward0"
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    assert opened.inspector.header.name.text() == "MulBackward0"


def test_nonfinite_gradient_is_counted_first(window: MainWindow, case: Callable[[str], Trace]) -> None:
    trace = case("nonfinite")
    window.session.show_trace(trace)
    window.session.to_end()
    bad = [int(node) for node, wrong in zip(trace.passes[0].arrays.node, trace.passes[0].arrays.nonfinite, strict=True) if wrong]
    window.session.select(bad[0])
    assert "not finite" in window.inspector.gradient.facts.text()


def test_every_output_of_a_node_has_its_gradient(window: MainWindow, case: Callable[[str], Trace]) -> None:
    trace = case("split")
    window.session.show_trace(trace)
    window.session.to_end()
    received = trace.passes[0].received
    several = next(i for i in range(len(trace.passes[0].arrays)) if len(received.inputs(i)) > 1)
    window.session.select(int(trace.passes[0].arrays.node[several]))
    assert "output 1" in window.inspector.gradient.facts.text()


# --------------------------------------------------------------------------------------------------------------- tables
def test_filter_keeps_kinds_and_words(qtbot: QtBot, opened: MainWindow) -> None:
    events, trace = opened.events, opened.session.trace
    assert trace is not None
    events.line.setText("HookFired")
    qtbot.waitUntil(lambda: events.model.row_count() == 2, timeout=60_000)
    events.line.setText("gradient /Mul.*Acc/")
    qtbot.waitUntil(lambda: events.model.row_count() == 2 and "Mul" in events.model.text(0, 3), timeout=60_000)
    events.line.setText("/unclosed[/")
    qtbot.waitUntil(lambda: "unclosed" in events._count.text(), timeout=60_000)
    events.line.setText("no such event anywhere")
    qtbot.waitUntil(lambda: events.model.row_count() == 0, timeout=60_000)
    assert not events._hint.isHidden()
    events.line.clear()
    qtbot.waitUntil(lambda: events.model.row_count() == len(trace.events), timeout=60_000)


def test_click_on_a_row_moves_the_cursor(opened: MainWindow) -> None:
    target = opened.session.position + 4
    opened.events.table.row_chosen.emit(opened.events.model.row_of(target))
    assert opened.session.position == target


def test_nodes_sort_by_gradient(opened: MainWindow) -> None:
    table, model = opened.nodes.table, opened.nodes.model
    table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    assert model.id_of(0) == WEIGHT
    table.sortByColumn(4, Qt.SortOrder.AscendingOrder)
    assert model.id_of(0) == LOSS


def test_rows_can_be_copied(opened: MainWindow) -> None:
    opened.leaves.table.selectRow(0)
    opened.leaves.table.copy()
    assert QApplication.clipboard().text().startswith("weight\t(3, 4)")


def test_problem_leads_to_its_cause(window: MainWindow, case: Callable[[str], Trace]) -> None:
    trace = case("inplace_error")
    window.session.show_trace(trace)
    problems = window.problems
    problems.table.clicked.emit(problems.model.index(0, 3))
    error = trace.passes[0].error
    assert error is not None
    assert window.session.shown_event == error.cause


# ---------------------------------------------------------------------------------------------------------------- looks
def test_theme_switch_recolours_the_window(opened: MainWindow) -> None:
    before = opened.grab().toImage().pixelColor(20, 400)
    opened.actions_by_name["theme"].trigger()
    after = opened.grab().toImage().pixelColor(20, 400)
    assert abs(before.lightness() - after.lightness()) > 100
    opened.actions_by_name["theme"].trigger()


def test_long_messages_do_not_widen_the_window(window: MainWindow, case: Callable[[str], Trace]) -> None:
    width = window.width()
    window.session.show_trace(case("inplace_error"))
    window.notices.message.say("error", "word " * 400)
    window.status.position.setText("word " * 400)
    QApplication.processEvents()
    assert window.width() == width


def test_shortcuts_are_unique_and_known_to_qt() -> None:
    keys = [QKeySequence(spec.shortcut).toString() for spec in ACTIONS if spec.shortcut]
    assert all(keys)
    assert len(keys) == len(set(keys))


def test_gradient_colours_are_a_toggle_that_is_remembered(opened: MainWindow) -> None:
    opened.actions_by_name["gradient_colours"].trigger()
    assert opened.settings.gradient_colours
    opened.actions_by_name["gradient_colours"].trigger()
    assert not opened.settings.gradient_colours


# --------------------------------------------------------------------------------------------------------------- export
@pytest.mark.parametrize("name", ["svg", "json", "dot", "graphml", "png"])
def test_pass_is_exported(qtbot: QtBot, opened: MainWindow, tmp_path: Path, name: str) -> None:
    target = tmp_path / f"graph.{name}"
    with qtbot.waitSignal(opened.session.message, timeout=60_000) as heard:
        opened.exporter.write(name, target)
    assert heard.args is not None
    assert heard.args[0] == "info", heard.args
    assert str(target) in opened.notices.message.text
    if name == "png":
        assert not QImage(str(target)).isNull()
    elif name == "json":
        json.loads(target.read_text())
    elif name in ("svg", "graphml"):
        assert ElementTree.parse(target).getroot() is not None
    else:
        assert "digraph" in target.read_text()


def test_export_that_cannot_be_written_gives_a_message(qtbot: QtBot, opened: MainWindow, tmp_path: Path) -> None:
    for name in ("svg", "png"):
        with qtbot.waitSignal(opened.session.message, timeout=60_000) as heard:
            opened.exporter.write(name, tmp_path / "no" / "such" / f"folder.{name}")
        assert heard.args is not None
        assert heard.args[0] == "error"


def test_viewer_draws_pictures_off_screen(recorded: Path, tmp_path: Path) -> None:
    viewer = QtViewer("dark")
    viewer.render_png(Trace.load(recorded), 0, tmp_path / "graph.png", (640, 480))
    graph = QImage(str(tmp_path / "graph.png"))
    assert (graph.width(), graph.height()) == (640, 480)
    viewer.screenshot(recorded, tmp_path / "window.png", (1200, 800))
    window = QImage(str(tmp_path / "window.png"))
    assert (window.width(), window.height()) == (1200, 800)
    QtViewer("light").screenshot(recorded, tmp_path / "light.png")
