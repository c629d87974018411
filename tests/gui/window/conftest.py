"""Fixtures of the window's tests: a window that remembers nothing, traces made by hand, and a recorded file with arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from gradtrace.core import events
from gradtrace.gui.main_window import MainWindow
from gradtrace.gui.settings import Settings
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.handmade_cases import CASES
from gradtrace.tracer.record import record, scope
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

WEIGHT, PRODUCT, LOSS = 1, 2, 3
"""Node ids in the recorded file."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The off-screen platform says so whenever a window has a smallest size, and Qt of the locale C; that is no fault of ours."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints", 'Detected locale "'))


@pytest.fixture
def make_window(qapp: QApplication) -> Iterator[Callable[..., MainWindow]]:
    """Makes windows, and closes them when the test is over."""
    windows: list[MainWindow] = []

    def make(settings: Settings | None = None) -> MainWindow:
        window = MainWindow(settings or Settings.forgetful())
        windows.append(window)
        window.show()
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(make_window: Callable[..., MainWindow]) -> MainWindow:
    """A window with nothing open."""
    return make_window()


@pytest.fixture
def case() -> Callable[[str], Trace]:
    """A hand-made trace by name."""
    return lambda name: Trace.from_events(CASES[name]())


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A file with two passes over a small graph, with arrays, a scope, a hook and an in-place write after each pass."""
    path = tmp_path / "run.gtrace"
    gradient = np.arange(12, dtype=np.float32).reshape(3, 4) - 5
    with record(path):
        sink = events.sink
        assert sink is not None
        sink.leaf_created(1, (3, 4), "float32", True, "weight")
        sink.node_created(WEIGHT, "AccumulateGrad", [], [], 2**63 - 1, 1)
        with scope("layer"):
            sink.node_created(PRODUCT, "MulBackward0", [(WEIGHT, 0)], [(2, (3, 4), "float32")], 1)
        sink.tensor_saved(PRODUCT, "other", 1, 1, 0, (3, 4), "float32", 48)
        sink.node_created(LOSS, "SumBackward0", [(PRODUCT, 0)], [(3, (), "float32")], 2)
        sink.hook_registered(1, "tensor", 2, 0, print)
        one = np.ones((), np.float32)
        for pass_ in (1, 2):
            sink.backward_started(pass_, "backward", [(LOSS, 0)], True, False, [])
            sink.gradient_flowed(pass_, 0, 0, LOSS, 0, one)
            sink.node_started(pass_, LOSS, "it is a root")
            sink.node_finished(pass_, LOSS, 1000)
            sink.gradient_flowed(pass_, LOSS, 0, PRODUCT, 0, gradient)
            sink.node_started(pass_, PRODUCT, "its gradient has arrived")
            sink.hook_fired(pass_, 1, "tensor", PRODUCT, False, gradient, None)
            sink.node_finished(pass_, PRODUCT, 2000)
            sink.gradient_flowed(pass_, PRODUCT, 0, WEIGHT, 0, gradient * pass_)
            sink.node_started(pass_, WEIGHT, "its gradient has arrived")
            before = None if pass_ == 1 else gradient
            sink.gradient_accumulated(pass_, 1, WEIGHT, before, gradient * pass_, gradient * (2 * pass_ - 1))
            sink.node_finished(pass_, WEIGHT, 3000)
            sink.backward_ended(pass_, "finished")
            sink.version_bumped(1, 1, "add_", pass_ - 1, pass_)
    return path
