"""The overview of a pass, which the inspector shows while there is no node to talk about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from gradtrace.core import events
from gradtrace.core.events import ErrorRaised
from gradtrace.gui.main_window import MainWindow
from gradtrace.gui.scene import ALL_NODES
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.handmade import EventScript
from gradtrace.tracer.record import record
from PySide6.QtWidgets import QApplication

WEIGHT, PRODUCT, LOSS = 1, 2, 3


def shown(window: MainWindow, name: str) -> str:
    """The text of one part of the overview, empty while it is hidden."""
    label = getattr(window.inspector.overview, name)
    return "" if label.parentWidget().isHidden() else label.text()


def overview_is_shown(window: MainWindow) -> bool:
    return window.inspector.overview.isVisible()


def test_start_of_a_pass_shows_its_overview(window: MainWindow, recorded: Path) -> None:
    window.session.open_now(recorded)
    assert overview_is_shown(window)
    view = window.inspector.overview
    assert view.header.name.text() == "backward #2"
    assert view.header.outcome.text() == "finished"
    assert "sink.backward_started" in view.source.code.toPlainText()
    assert view.source.code.line == window.session.pass_.source.line  # type: ignore[union-attr]
    assert "3 ran" in shown(window, "facts")
    assert "retain_graph=True" in shown(window, "facts")
    assert f"node:{LOSS}" in shown(window, "facts")
    assert f"node:{WEIGHT}" in shown(window, "leaves")
    assert "print" in shown(window, "events")
    assert "add_ wrote weight" in shown(window, "events")
    assert "F10" in shown(window, "keys")


def test_overview_gives_way_to_a_node_and_comes_back(window: MainWindow, recorded: Path) -> None:
    session = window.session
    session.open_now(recorded)
    session.select(PRODUCT)
    assert not overview_is_shown(window)
    session.clear_selection()
    assert overview_is_shown(window)
    session.step()
    assert not overview_is_shown(window)
    session.to_end()
    assert overview_is_shown(window)
    assert "Shift+F10" in shown(window, "keys")


def test_links_select_nodes_and_show_events(window: MainWindow, recorded: Path) -> None:
    window.session.open_now(recorded)
    window.inspector.overview.facts.linkActivated.emit(f"node:{LOSS}")
    assert window.session.selected == LOSS
    window.session.clear_selection()
    hook = window.inspector.overview._shown[1].hooks[0]  # type: ignore[index]
    window.inspector.overview.events.linkActivated.emit(f"event:{hook.event}")
    assert window.session.position == hook.event


@pytest.mark.parametrize(
    ("name", "part", "text"),
    [
        ("hooks", "events", "changed the gradient"),
        ("nonfinite", "events", "SqrtBackward0"),
        ("detached", "leaves", "spare"),
        ("restricted", "facts", "3 did not"),
        ("restricted", "facts", "inputs"),
        ("inplace_error", "facts", "failed at"),
        ("double_backward", "facts", "create_graph=True"),
        ("silent_write", "events", "unseen by autograd"),
    ],
)
def test_what_is_unusual_is_told(window: MainWindow, case: Callable[[str], Trace], name: str, part: str, text: str) -> None:
    window.session.show_trace(case(name), 0)
    window.session.to_start()
    window.session.clear_selection()
    assert text in shown(window, part)


def test_parts_without_content_are_hidden(window: MainWindow, case: Callable[[str], Trace]) -> None:
    window.session.show_trace(case("product_of_sums"))
    assert shown(window, "events") == ""
    assert "options" not in shown(window, "facts")
    assert "stayed None" not in shown(window, "leaves")


def test_all_nodes_and_empty_traces(window: MainWindow, case: Callable[[str], Trace]) -> None:
    window.session.show_trace(case("no_backward"))
    assert window.session.pass_index == ALL_NODES
    assert window.inspector.overview.header.name.text() == "All nodes"
    window.session.show_trace(case("no_events"))
    assert not overview_is_shown(window)
    assert "no graph" in window.inspector._empty.text()


def test_program_that_failed_before_there_was_a_graph_shows_its_error(window: MainWindow) -> None:
    script = EventScript()
    script.add(ErrorRaised, type="RuntimeError", message="Only Tensors of floating point", source=script.position())
    window.session.show_trace(Trace.from_events(script.end("raised")))
    view = window.inspector.overview
    assert overview_is_shown(window)
    assert view.header.name.text() == "RuntimeError"
    assert "floating point" in view.header.details.text()
    assert view.source.title.text() == "Raised here"


def test_inspector_leaves_no_gaps(window: MainWindow, recorded: Path) -> None:
    window.session.open_now(recorded)
    window.session.select(LOSS)
    QApplication.processEvents()
    source = window.inspector.source
    assert source.height() == source.sizeHint().height()


def test_a_pass_that_nobody_observed_says_how_it_is_known(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "run.gtrace"
    with record(path, level="structure"):
        sink = events.sink
        assert sink is not None
        sink.leaf_created(1, (2,), "float32", True, "weight")
        sink.node_created(WEIGHT, "AccumulateGrad", [], [], 2**63 - 1, 1)
        sink.node_created(PRODUCT, "MulBackward0", [(WEIGHT, 0)], [(2, (2,), "float32")], 1)
        for number, root in enumerate((PRODUCT, LOSS), start=1):
            sink.backward_started(number, "backward", [(root, 0)], True, False, [])
            sink.backward_ended(number, "finished")
    window.session.open_now(path, index=0)
    assert "2 ran" in shown(window, "facts")
    assert "order worked out from the engine" in shown(window, "facts")
    window.session.open_now(path, index=1)
    assert "its graph was not recorded" in shown(window, "facts")
    assert " ran" not in shown(window, "facts")
