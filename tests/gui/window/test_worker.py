"""Background work: results on the GUI thread, newest wins, cancelled work is never delivered."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from gradtrace.gui.worker import CancelledError, Token, Worker
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot


@pytest.fixture
def worker(qapp: QApplication) -> Iterator[Worker]:
    result = Worker(threads=1)
    yield result
    result.close()


def fail(error: Exception) -> None:
    raise AssertionError(error)


def test_result_arrives_on_the_gui_thread(qtbot: QtBot, worker: Worker) -> None:
    seen: list[tuple[int, bool, bool]] = []
    main = threading.get_ident()
    worker.submit(
        "sum",
        lambda _: (21 * 2, threading.get_ident() != main),
        lambda result: seen.append((*result, threading.get_ident() == main)),
        fail,
    )
    assert worker.busy
    qtbot.waitUntil(lambda: bool(seen), timeout=60_000)
    assert seen == [(42, True, True)]
    assert not worker.busy


def test_failure_is_handed_to_the_requester(qtbot: QtBot, worker: Worker) -> None:
    failures: list[Exception] = []

    def work(_: Token) -> None:
        raise KeyError("no such thing")

    worker.submit("bad", work, lambda _: fail(AssertionError("it cannot succeed")), failures.append)
    qtbot.waitUntil(lambda: bool(failures), timeout=60_000)
    assert isinstance(failures[0], KeyError)


def test_newest_request_of_a_kind_wins_and_other_kinds_are_left_alone(qtbot: QtBot, worker: Worker) -> None:
    started, gate = threading.Event(), threading.Event()
    delivered: list[str] = []
    stopped: list[str] = []

    def slow(token: Token) -> str:
        started.set()
        gate.wait(60)
        try:
            token.check()
        except CancelledError:
            stopped.append("old")
            raise
        return "old"

    worker.submit("layout", slow, delivered.append, fail)
    assert started.wait(60)
    worker.submit("other", lambda _: "other", delivered.append, fail)
    worker.submit("layout", lambda _: "middle", delivered.append, fail)
    worker.submit("layout", lambda _: "new", delivered.append, fail)
    gate.set()
    qtbot.waitUntil(lambda: not worker.busy, timeout=60_000)
    assert sorted(delivered) == ["new", "other"]
    assert stopped == ["old"]


def test_cancelled_request_is_not_delivered(qtbot: QtBot, worker: Worker) -> None:
    delivered: list[str] = []
    states: list[bool] = []
    worker.busy_changed.connect(states.append)
    worker.submit("a", lambda _: "a", delivered.append, fail)
    worker.cancel("a")
    assert not worker.busy
    worker.submit("b", lambda _: "b", delivered.append, fail)
    qtbot.waitUntil(lambda: not worker.busy, timeout=60_000)
    assert delivered == ["b"]
    assert states == [True, False, True, False]
