"""Large graphs open with groups closed; long searches show their first rows at once and can be given up."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from gradtrace.gui import event_filter
from gradtrace.gui.event_filter import EventFilter, matching_ids, parse
from gradtrace.gui.grouping import LARGE, READABLE, all_groups, closed_at_first
from gradtrace.gui.main_window import MainWindow
from gradtrace.gui.worker import Token, Worker
from gradtrace.tracer.layout import BoxKind
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.handmade import EventScript
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot


def deep_model(blocks: int, fail: bool = False) -> Trace:
    """A chain of blocks of two layers with 8 operations each, a weight in every layer, and a loss outside."""
    script = EventScript()
    h, broken = script.leaf("x"), 0
    with script.scope("Net"):
        for block in range(blocks):
            with script.scope(f"block{block}"):
                for layer in ("attention", "linear"):
                    with script.scope(layer):
                        h = script.node("MulBackward0", [h, script.leaf(f"{block}.{layer}")])
                        for _ in range(8):
                            h = script.node("TanhBackward0", [h])
            broken = h if block == blocks // 2 else broken
    with script.scope("Loss"):
        loss = script.node("MeanBackward0", [script.node("PowBackward0", [h])], target="loss")
    script.backward(loss, fail_at=broken if fail else 0)
    return Trace.from_events(script.end())


# --------------------------------------------------------------------------------------------------------------- groups
def test_small_graphs_are_drawn_open(window: MainWindow) -> None:
    window.session.show_trace(deep_model(2))
    assert window.session.collapsed == frozenset()
    assert not window.actions_by_name["expand_all"].isEnabled()


@pytest.mark.parametrize("blocks", [26, 40, 200])
def test_large_graphs_open_with_a_readable_number_of_boxes(blocks: int) -> None:
    arrays = deep_model(blocks).passes[0].arrays
    closed = closed_at_first(arrays)
    assert closed
    assert closed < all_groups(arrays) or blocks == 200
    from gradtrace.tracer.layout import draw  # noqa: PLC0415

    drawing = draw(arrays, collapsed=closed)
    assert len(drawing.x) <= READABLE


def test_graph_without_scopes_is_drawn_as_it_is() -> None:
    script = EventScript()
    h = script.leaf("x")
    for _ in range(LARGE + 10):
        h = script.node("TanhBackward0", [h])
    script.backward(h)
    assert closed_at_first(Trace.from_events(script.end()).passes[0].arrays) == frozenset()


def test_failing_node_is_in_sight(window: MainWindow) -> None:
    window.session.show_trace(deep_model(40, fail=True))
    pass_, drawing = window.session.pass_, window.session.drawing
    assert pass_ is not None
    assert drawing is not None
    assert pass_.error is not None
    (box,) = drawing.box_of_node(pass_.arrays.index(pass_.error.node))
    assert drawing.kind[box] != BoxKind.GROUP


def test_groups_open_one_by_one_and_all_at_once(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.show_trace(deep_model(26))
    QApplication.processEvents()
    assert session.drawing is not None
    before = len(session.drawing.x)
    group = next(box for box in range(before) if session.drawing.kind[box] == BoxKind.GROUP)
    assert session.pass_ is not None
    node = int(session.pass_.arrays.node[session.drawing.node[group]])
    with qtbot.waitSignal(session.drawing_changed, timeout=60_000):
        window.graph.node_activated.emit(node)
    assert before < len(session.drawing.x) <= before + 20
    with qtbot.waitSignal(session.drawing_changed, timeout=60_000):
        window.actions_by_name["expand_all"].trigger()
    assert len(session.drawing.x) > LARGE
    assert not session.collapsed
    assert not window.actions_by_name["expand_all"].isEnabled()
    with qtbot.waitSignal(session.drawing_changed, timeout=60_000):
        window.actions_by_name["collapse_all"].trigger()
    assert len(session.drawing.x) <= 3
    assert not window.actions_by_name["collapse_all"].isEnabled()


def test_arrow_keys_move_the_selection(qtbot: QtBot, window: MainWindow) -> None:
    window.session.show_trace(deep_model(1))
    QApplication.processEvents()
    trace = window.session.trace
    assert trace is not None
    names = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down):
        qtbot.keyClick(window.graph._viewport, key)
        names.append(trace.node_name(window.session.selected))
    assert names == ["MeanBackward0", "PowBackward0", "MeanBackward0"]
    qtbot.keyClick(window.graph._viewport, Qt.Key.Key_Escape)
    assert window.session.selected == 0


# --------------------------------------------------------------------------------------------------------------- filter
def test_search_reports_what_it_has_found_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_filter, "FIRST_REPORT_S", 0.0)
    monkeypatch.setattr(event_filter, "REPORT_EVERY_S", 0.0)
    trace = deep_model(20)
    parts: list[np.ndarray] = []
    ids = matching_ids(trace, parse("tanh"), found=parts.append)
    assert len(parts) > 1
    told = np.concatenate(parts)
    assert np.array_equal(told, ids[: len(told)])
    assert len(told) < len(ids) or len(ids) % event_filter.CHECK_EVERY == 0


def test_first_rows_are_shown_while_the_search_goes_on(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = deep_model(20)
    window.session.show_trace(trace)
    go_on, whole = threading.Event(), matching_ids(trace, parse("tanh"))

    def slow(_trace: Trace, _rule: object, check: object, found: object) -> np.ndarray:
        found(whole[:10])  # type: ignore[operator]
        found(whole[10:15])  # type: ignore[operator]
        go_on.wait(60)
        return whole

    monkeypatch.setattr("gradtrace.gui.views.events.matching_ids", slow)
    events = window.events
    events.line.setText("tanh")
    qtbot.waitUntil(lambda: events.model.row_count() == 15, timeout=60_000)
    assert "so far" in events._count.text()
    go_on.set()
    qtbot.waitUntil(lambda: events.model.row_count() == len(whole), timeout=60_000)
    assert [events.model.id_of(row) for row in range(20)] == whole[:20].tolist()
    assert "so far" not in events._count.text()


def test_typing_on_gives_the_search_up_at_once(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    started, stopped = threading.Event(), threading.Event()

    def endless(trace: Trace, rule: EventFilter, check: Callable[[], None], found: Callable[[np.ndarray], None]) -> np.ndarray:
        if started.is_set():  # this is the next search already
            return matching_ids(trace, rule, check, found)
        started.set()
        try:
            while True:
                check()
                stopped.wait(0.005)
        finally:
            stopped.set()

    window.session.show_trace(deep_model(1))
    with monkeypatch.context() as patch:
        patch.setattr("gradtrace.gui.views.events.matching_ids", endless)
        window.events.line.setText("tan")
        qtbot.waitUntil(started.is_set, timeout=60_000)
        window.events.line.setText("nothing like it")
        qtbot.waitUntil(stopped.is_set, timeout=60_000)
    qtbot.waitUntil(lambda: window.events.model.row_count() == 0, timeout=60_000)


def fail(error: Exception) -> None:
    raise AssertionError(error)


def test_parts_of_cancelled_work_are_not_delivered(qtbot: QtBot, qapp: QApplication) -> None:
    worker, go_on = Worker(), threading.Event()
    parts: list[int] = []

    def halting(token: Token) -> None:
        token.report(1)
        go_on.wait(60)
        token.report(2)

    def more(token: Token) -> None:
        token.report(3)

    try:
        worker.submit("a", halting, lambda _: None, fail, parts.append)
        qtbot.waitUntil(lambda: parts == [1], timeout=60_000)
        worker.cancel("a")
        go_on.set()
        worker.submit("b", more, lambda _: None, fail, parts.append)
        qtbot.waitUntil(lambda: not worker.busy, timeout=60_000)
        assert parts == [1, 3]
    finally:
        worker.close()
