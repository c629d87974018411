"""Every test of the window runs off screen, in one style, one font and one scale: the same pixels on every machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_SCALE_FACTOR", "1")
os.environ.setdefault("QT_ENABLE_HIGHDPI_SCALING", "0")
os.environ.setdefault("QT_FONT_DPI", "96")

pytest.importorskip("PySide6", reason="the window needs the extra 'gui'")

# Qt reads the platform when it is imported, so all that needs it comes after.

from gradtrace.gui.fonts import interface_font, load_fonts
from gradtrace.gui.views.canvas import GraphView
from PySide6.QtWidgets import QApplication

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The off-screen platform complains about every window that is shown, and Qt about the locale C; nothing else may warn."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", 'Detected locale "'))


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["gradtrace-tests", "-style", "Fusion"]


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    assert load_fonts()
    qapp.setFont(interface_font())
    return qapp


@pytest.fixture(autouse=True)
def _no_glides(monkeypatch: pytest.MonkeyPatch) -> None:
    """The camera is where it is going at once; tests of the gliding switch it on again."""
    monkeypatch.setattr(GraphView, "animated", False)
