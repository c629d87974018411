"""What a newcomer does first: read the welcome page, try a sample, look for help."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from gradtrace.gui.actions import ACTIONS, GESTURES
from gradtrace.gui.dialogs import TextDialog, keys_text
from gradtrace.gui.main_window import MainWindow
from gradtrace.gui.sampling import FIRST_SAMPLES, SampleRecorder, samples_in_order
from gradtrace.samples import SAMPLES, find
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot


@pytest.fixture
def window(window: MainWindow, tmp_path: Path) -> MainWindow:
    window.sample_recorder._folder = tmp_path / "samples"
    return window


def dialog_text(window: MainWindow, action: str) -> str:
    window.actions_by_name[action].trigger()
    (dialog,) = window.findChildren(TextDialog)
    text = dialog.text.text()
    dialog.close()
    return text


# -------------------------------------------------------------------------------------------------------------- samples
def test_every_sample_is_offered_and_first_ones_exist(window: MainWindow) -> None:
    offered = re.findall(r'href="([^"]+)"', window.panel.welcome.samples.text())
    assert sorted(offered) == sorted(sample.name for sample in SAMPLES)
    assert tuple(offered[: len(FIRST_SAMPLES)]) == FIRST_SAMPLES
    assert [sample.name for sample in samples_in_order()] == offered


def test_click_on_a_sample_records_and_opens_it(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.session.opened, timeout=60_000) as opened:
        window.panel.welcome.samples.linkActivated.emit("chain_add_mul")
        assert "chain_add_mul" in window.status.doing.text()
    assert opened.args is not None
    assert Path(opened.args[0]).name == "chain_add_mul.gtrace"
    assert window.session.trace is not None
    assert window.panel.currentWidget() is window.graph
    assert window.status.doing.text() == ""


def test_sample_that_fails_on_purpose_is_opened_too_and_can_be_recorded_again(qtbot: QtBot, window: MainWindow) -> None:
    for _ in range(2):  # the second time while the first trace is open
        with qtbot.waitSignal(window.session.opened, timeout=60_000):
            window.record_sample("freed_buffers")
        assert "freed" in window.notices.error.text


def test_sample_that_cannot_be_recorded_gives_a_message(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "samples").write_text("in the way")
    window.record_sample("chain_add_mul")
    assert "could not be recorded" in window.notices.message.text
    window.notices.message.dismiss()
    (tmp_path / "samples").unlink()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python-here"))
    with qtbot.waitSignal(window.sample_recorder.failed, timeout=60_000):
        window.record_sample("chain_add_mul")
    assert not window.sample_recorder.busy
    assert "could not be recorded" in window.notices.message.text


def test_newest_sample_wins(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    recorder = SampleRecorder(tmp_path)
    recorded: list[str] = []
    recorder.recorded.connect(recorded.append)
    recorder.record(find("mlp_cross_entropy"))
    recorder.record(find("chain_add_mul"))
    qtbot.waitUntil(lambda: not recorder.busy, timeout=60_000)
    assert [Path(path).stem for path in recorded] == ["chain_add_mul"]


def test_recorder_may_go_while_its_process_is_let_go_of(qapp: QApplication, tmp_path: Path) -> None:
    recorder = SampleRecorder(tmp_path)
    recorder.record(find("chain_add_mul"))
    assert recorder._process is not None
    assert recorder._process.waitForFinished(60_000)
    assert not recorder.busy
    del recorder  # what belongs to it must not be deleted twice
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


# ----------------------------------------------------------------------------------------------------------------- help
def test_every_shortcut_and_gesture_is_in_the_table(window: MainWindow) -> None:
    text = dialog_text(window, "shortcuts")
    for spec in ACTIONS:
        if spec.shortcut:
            assert f"<b>{keys_text(spec.shortcut).replace('&', '&amp;')}</b>" in text
    assert all(keys in text for keys, _ in GESTURES)


def test_about_names_versions(window: MainWindow) -> None:
    text = dialog_text(window, "about")
    assert "Qt 6" in text
    assert "Apache" in text
