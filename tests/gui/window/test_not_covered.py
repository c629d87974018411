"""What a recording does not cover, as the window shows it."""

from __future__ import annotations

import pytest
from gradtrace.core.events import Marked
from gradtrace.gui.main_window import MainWindow
from gradtrace.gui.models.problems import MESSAGE
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.handmade import EventScript


def with_gaps(*texts: str) -> Trace:
    script = EventScript()
    w = script.leaf("w")
    for text in texts:
        script.add(Marked, text=text, kind="not covered", source=script.position())
    script.backward(script.node("MulBackward0", [w], target="y"))
    return Trace.from_events(script.end())


def test_the_status_bar_counts_and_lists_them_and_leads_there(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    button = window.status.not_covered
    assert not button.isVisible()
    trace = with_gaps("transforms: nothing inside vmap is recorded", "threads: R&D")
    window.session.show_trace(trace)
    assert button.isVisible()
    assert button.text() == "not covered: 2"
    assert "• Nothing inside vmap is recorded\n• R&D" in button.toolTip()
    first, second = button.menu().actions()
    assert (first.text(), second.text()) == ("Nothing inside vmap is recorded", "R&&D")
    visited: list[int] = []
    monkeypatch.setattr(type(window.session), "go_to_event", lambda _, event: visited.append(event))
    second.trigger()
    assert visited == [trace.not_covered[1].event]
    window.session.show_trace(with_gaps())
    assert not button.isVisible()


def test_they_are_notes_among_the_problems(window: MainWindow) -> None:
    window.session.show_trace(with_gaps("transforms: nothing inside vmap is recorded"))
    model = window.problems.model
    texts = [model.text(row, MESSAGE) for row in range(model.row_count())]
    assert "nothing inside vmap is recorded" in texts
    assert model.problem(texts.index("nothing inside vmap is recorded")).severity == "info"
