"""Every sample program: record it, open it, walk it to the end and back, click a node, look at every panel."""

from __future__ import annotations

import contextlib
import runpy
from pathlib import Path

import gradtrace.samples
import pytest
from gradtrace.gui.main_window import MainWindow
from gradtrace.tracer.record import record
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

FOLDER = Path(gradtrace.samples.__file__).parent
SAMPLES = sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.filterwarnings("ignore")  # some samples are about programs that deserve one
def test_sample_can_be_walked_in_the_window(qtbot: QtBot, window: MainWindow, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.gtrace"
    with contextlib.suppress(RuntimeError), record(path):  # some samples fail on purpose
        runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
    session = window.session
    with qtbot.waitSignal(session.opened, timeout=60_000):
        session.open(path)
    QApplication.processEvents()
    pass_, trace = session.pass_, session.trace
    assert pass_ is not None
    assert trace is not None
    assert trace.problems == []
    if pass_.error is not None:
        assert session.selected == pass_.error.node
        assert not window.notices.error.isHidden()

    session.to_start()
    first = session.state
    steps = 0
    while not session.at_end:
        session.step()
        steps += 1
    assert steps >= min(len(pass_.nodes), 1)
    while not session.at_start:
        session.step_back()
    assert session.state == first

    session.to_end()
    for node in pass_.nodes[:3]:
        where = window.graph.position_of(node).toPoint()
        target = window.graph.childAt(where)
        assert target is not None
        qtbot.mouseClick(target, Qt.MouseButton.LeftButton, pos=target.mapFrom(window.graph, where))
        assert session.selected == node
        gradient = session.state.gradient(node) if session.state is not None else None
        shown = window.inspector.gradient.facts.text()
        assert ("dtype" in shown or "float" in shown) == (gradient is not None)
    for tab in range(window.bottom_tabs.count()):
        window.bottom_tabs.setCurrentIndex(tab)
        QApplication.processEvents()
