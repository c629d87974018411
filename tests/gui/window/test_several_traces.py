"""The ranks of a run in one window: going over to another keeps the place, as far as the other has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gradtrace
import gradtrace.core as torch
import pytest
from gradtrace.gui.main_window import MainWindow
from gradtrace.tracer.model import Trace
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

Program = Callable[[int], None]


def train(rank: int, scale: float = 1.0, extra: bool = False) -> None:
    """Two passes over a small graph; the ids of rank 1 are others than those of rank 0."""
    for _ in range(3 * rank):
        torch.tensor(1.0, requires_grad=True).exp()
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    for parameter in net.parameters():
        parameter.data.fill_(0.5)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        out = net(torch.ones(4, 2))
        loss = (out * 1.0 if extra else out).mean() * scale
        loss.backward()
        optimizer.step()


@pytest.fixture
def record_ranks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Path]]:
    """Record a program once for each rank of a run."""

    def record(program: Program = train, ranks: int = 2) -> list[Path]:
        paths = []
        for rank in range(ranks):
            monkeypatch.setenv("RANK", str(rank))
            monkeypatch.setenv("WORLD_SIZE", str(ranks))
            try:
                with gradtrace.record(tmp_path / "run.gtrace") as recording:
                    program(rank)
            except RuntimeError:
                pass
            paths.append(recording.path)
        return paths

    return record


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until nothing is being read, laid out or compared."""
    qtbot.waitUntil(lambda: window.session.trace is not None and not window.session.worker.busy, timeout=60_000)


def open_all(qtbot: QtBot, window: MainWindow, *paths: Path) -> None:
    window.session.open(*paths)
    settle(qtbot, window)


def go_to(qtbot: QtBot, window: MainWindow, number: int) -> Trace:
    """Choose a trace as a user does."""
    with qtbot.waitSignal(window.session.trace_changed, timeout=60_000):
        window.trace_selector.setCurrentIndex(number)
        window.trace_selector.activated.emit(number)
    settle(qtbot, window)
    trace = window.session.trace
    assert trace is not None
    return trace


def selector_texts(window: MainWindow) -> list[str]:
    return [window.trace_selector.itemText(number) for number in range(window.trace_selector.count())]


def name_of(window: MainWindow, node: int) -> tuple[str, str]:
    assert window.session.trace is not None
    record = window.session.trace.nodes[node]
    return window.session.trace.node_name(node), record.scope


def test_a_single_trace_needs_no_selector(qtbot: QtBot, window: MainWindow, recorded: Path) -> None:
    assert not window.trace_selector.isVisible()
    open_all(qtbot, window, recorded)
    assert not window.trace_selector.isVisible()
    assert not window.actions_by_name["next_trace"].isEnabled()
    assert window.windowTitle() == "run.gtrace – gradtrace"
    window.change_trace(1)
    assert not window.session.worker.busy


def test_one_rank_brings_the_others_with_it(qtbot: QtBot, window: MainWindow, record_ranks: Callable[..., list[Path]]) -> None:
    paths = record_ranks(ranks=3)
    open_all(qtbot, window, paths[1])
    assert window.trace_selector.isVisible()
    assert selector_texts(window) == ["rank 0", "rank 1", "rank 2"]
    assert window.trace_selector.currentIndex() == 1
    assert window.windowTitle() == "run.rank1.gtrace – rank 1 of 3 – gradtrace"
    assert "same gradients: in all 4 leaves at all 2 optimizer steps" in window.trace_selector.toolTip()
    assert window.notices.ranks.isHidden()
    go_to(qtbot, window, 2)
    assert window.windowTitle() == "run.rank2.gtrace – rank 2 of 3 – gradtrace"
    assert window.settings.recent_files == [paths[1]]


def test_pass_moment_selection_and_breakpoints_are_kept(
    qtbot: QtBot, window: MainWindow, record_ranks: Callable[..., list[Path]]
) -> None:
    open_all(qtbot, window, record_ranks()[0])
    session = window.session
    with qtbot.waitSignal(session.pass_changed, timeout=60_000):
        session.set_pass(0)
    settle(qtbot, window)
    pass_ = session.pass_
    assert pass_ is not None
    tanh, addmm = pass_.find("TanhBackward0"), pass_.find("AddmmBackward0")
    session.run_to_node(tanh)
    session.select(addmm)
    session.toggle_breakpoint(tanh)
    here = (session.pass_index, session.position, name_of(window, session.current), name_of(window, session.selected))

    trace = go_to(qtbot, window, 1)
    there = (session.pass_index, session.position, name_of(window, session.current), name_of(window, session.selected))
    assert trace.started is not None
    assert trace.started.rank == 1
    assert (there[0], *there[2:]) == (here[0], *here[2:])
    assert there[1] != here[1]  # the events of rank 1 have other ids
    assert [name_of(window, node) for node in session.breakpoints] == [("TanhBackward0", here[2][1])]
    assert session.selected != addmm

    go_to(qtbot, window, 0)
    assert (session.position, session.selected, session.breakpoints) == (here[1], addmm, {tanh})


def test_every_moment_is_found_again(qtbot: QtBot, window: MainWindow, record_ranks: Callable[..., list[Path]]) -> None:
    open_all(qtbot, window, record_ranks()[0])
    session = window.session
    pass_ = session.pass_
    assert pass_ is not None
    for event in range(pass_.first, pass_.last + 1, 7):
        session.seek(event)
        what = session.trace.describe(event) if session.trace else ""
        trace = go_to(qtbot, window, 1)
        assert trace.describe(session.position).split(" in ")[0] == what.split(" in ")[0]  # but for durations
        go_to(qtbot, window, 0)
        assert session.position == event


def test_folded_groups_stay_folded(qtbot: QtBot, window: MainWindow, record_ranks: Callable[..., list[Path]]) -> None:
    open_all(qtbot, window, record_ranks()[0])
    window.session.close_all_groups()
    settle(qtbot, window)
    closed = window.session.collapsed
    assert closed
    go_to(qtbot, window, 1)
    assert window.session.collapsed == closed


def test_what_the_other_trace_lacks_is_not_selected(
    qtbot: QtBot, window: MainWindow, record_ranks: Callable[..., list[Path]]
) -> None:
    open_all(qtbot, window, record_ranks(lambda rank: train(rank, extra=rank == 0))[0])
    session = window.session
    assert session.pass_ is not None
    session.select(session.pass_.find("MulBackward0"))
    session.run_to_node(session.pass_.find("TanhBackward0"))
    assert window.notices.ranks.level == "info"
    assert "after 2 nodes alike rank 0 runs MulBackward0, rank 1 AddmmBackward0" in window.notices.ranks.text
    go_to(qtbot, window, 1)
    assert session.selected == 0
    assert name_of(window, session.current)[0] == "TanhBackward0"


def test_a_rank_that_failed_is_marked_and_shows_its_error(
    qtbot: QtBot, window: MainWindow, record_ranks: Callable[..., list[Path]]
) -> None:
    def program(rank: int) -> None:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x.exp()
        if rank == 1:
            y.mul_(2.0)
        y.sum().backward()

    open_all(qtbot, window, record_ranks(program)[0])
    assert selector_texts(window) == ["rank 0", "rank 1  (raised)"]
    assert window.notices.error.isHidden()
    assert window.notices.ranks.level == "warning"
    assert window.notices.ranks.text.startswith("The traces differ in outcome: rank 0 ran to its end, rank 1 ended with")
    session = window.session
    trace = go_to(qtbot, window, 1)
    error = trace.passes[0].error
    assert error is not None
    assert (session.position, session.selected) == (error.id, error.node)
    assert not window.notices.error.isHidden()
    go_to(qtbot, window, 0)
    assert window.notices.error.isHidden()


def test_from_where_one_rank_failed_to_where_the_other_did(
    qtbot: QtBot, window: MainWindow, record_ranks: Callable[..., list[Path]]
) -> None:
    def program(rank: int) -> None:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x.exp()
        z = y.sigmoid()
        (y if rank else z).mul_(2.0)
        z.sum().backward()

    paths = record_ranks(program)
    open_all(qtbot, window, *reversed(paths))
    session = window.session
    assert name_of(window, session.selected)[0] == "ExpBackward0"
    go_to(qtbot, window, 1)
    assert name_of(window, session.selected)[0] == "SigmoidBackward0"
    go_to(qtbot, window, 0)
    session.run_to_node(session.pass_.find("SigmoidBackward0") if session.pass_ else 0)
    go_to(qtbot, window, 1)
    assert name_of(window, session.current)[0] == "SigmoidBackward0"  # the last that both have begun


def test_a_difference_can_be_gone_to(qtbot: QtBot, window: MainWindow, record_ranks: Callable[..., list[Path]]) -> None:
    open_all(qtbot, window, record_ranks(lambda rank: train(rank, scale=1.0 + rank))[0])
    banner = window.notices.ranks
    assert banner.text.startswith("The traces differ in gradients: at optimizer step #1 in 4 of 4 leaves")
    assert "outcome: each ran to its end" in banner.details
    fact = next(fact for fact in window.session.traces.facts if not fact.alike)
    with qtbot.waitSignal(window.session.trace_changed, timeout=60_000):
        banner.button.click()
    settle(qtbot, window)
    assert window.session.traces.current == 1
    assert window.session.shown_event == fact.event
    banner.button.click()  # there already
    assert window.session.traces.current == 1


def test_a_rank_that_cannot_be_read_is_told_when_it_is_wanted(
    qtbot: QtBot, window: MainWindow, record_ranks: Callable[..., list[Path]]
) -> None:
    paths = record_ranks(ranks=3)
    open_all(qtbot, window, *paths)
    paths[2].write_bytes(b"spoilt")
    open_all(qtbot, window, *paths)
    assert window.notices.message.text == ""
    before = window.session.trace
    with qtbot.waitSignal(window.session.message, timeout=60_000):
        window.trace_selector.setCurrentIndex(2)
        window.trace_selector.activated.emit(2)
    assert "run.rank2.gtrace" in window.notices.message.text
    assert window.session.trace is before
    assert window.trace_selector.currentIndex() == 0
    assert [fact.alike for fact in window.session.traces.facts] == [True, True, True]  # of the two that can be read


def test_traces_that_are_chosen_or_dropped_together_share_the_window(
    qtbot: QtBot, window: MainWindow, recorded: Path, record_ranks: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    rank = record_ranks(ranks=1)[0].rename(recorded.parent / "other.gtrace")
    with gradtrace.record(recorded):
        train(0)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(recorded), str(rank)], ""))
    window.actions_by_name["open"].trigger()
    settle(qtbot, window)
    assert selector_texts(window) == ["run.gtrace", "other.gtrace"]
    assert window.windowTitle() == "run.gtrace (1 of 2) – gradtrace"

    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in (rank, recorded, rank)])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    drop = QDropEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, left, none)
    with qtbot.waitSignal(window.session.opened, timeout=60_000):
        window.dropEvent(drop)
    settle(qtbot, window)
    assert selector_texts(window) == ["other.gtrace", "run.gtrace"]


def test_keys_go_from_trace_to_trace(qtbot: QtBot, window: MainWindow, record_ranks: Callable[..., list[Path]]) -> None:
    open_all(qtbot, window, record_ranks()[0])
    following, previous = window.actions_by_name["next_trace"], window.actions_by_name["previous_trace"]
    with qtbot.waitSignal(window.session.trace_changed, timeout=60_000):
        following.trigger()
    settle(qtbot, window)
    assert window.session.traces.current == 1
    following.trigger()  # there is no other
    assert not window.session.worker.busy
    with qtbot.waitSignal(window.session.trace_changed, timeout=60_000):
        previous.trigger()
    settle(qtbot, window)
    assert window.session.traces.current == 0


def test_traces_with_different_passes_meet_in_the_last_one(
    qtbot: QtBot, window: MainWindow, recorded: Path, tmp_path: Path
) -> None:
    short = tmp_path / "short.gtrace"
    with gradtrace.record(short):
        x = torch.tensor(2.0, requires_grad=True)
        (x * x).backward()
    empty = tmp_path / "empty.gtrace"
    with gradtrace.record(empty):
        pass
    open_all(qtbot, window, recorded, short, empty)
    assert window.session.pass_index == 1
    go_to(qtbot, window, 1)
    assert window.session.pass_index == 0
    go_to(qtbot, window, 2)
    assert window.session.pass_index == -1
    go_to(qtbot, window, 0)
    assert window.session.pass_index == -1


def test_the_view_stays_where_the_other_graph_looks_the_same(
    qtbot: QtBot, window: MainWindow, record_ranks: Callable[..., list[Path]]
) -> None:
    open_all(qtbot, window, *record_ranks(lambda rank: train(rank, extra=rank == 2), ranks=3))
    graph = window.graph
    fitted = graph.scale
    graph.zoom_in()
    qtbot.waitUntil(lambda: graph.scale > 1.2 * fitted and not graph._camera.gliding, timeout=60_000)
    zoomed, seen = graph.scale, graph.visible_rect()
    go_to(qtbot, window, 1)
    assert (graph.scale, graph.visible_rect()) == (zoomed, seen)
    go_to(qtbot, window, 2)
    assert graph.scale < zoomed
