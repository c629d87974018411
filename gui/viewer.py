"""The window as the command line asks for it: opened for a user, or drawn into a picture without any display."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from ..tracer.model import Trace
from . import app as app_module
from .main_window import MainWindow
from .pictures import save_png
from .scene import prepare
from .settings import Settings
from .theme import THEMES, apply_theme
from .views.canvas import GraphView

WINDOW_SIZE = (1440, 900)


class QtViewer:
    """Implements the command line's ``Viewer``. ``theme`` is that of pictures; the window remembers its own."""

    def __init__(self, theme: str = "light") -> None:
        self._theme = THEMES[theme]

    def open(self, *paths: Path) -> int:
        """Open the traces in one window, return the exit status when the window is closed."""
        return app_module.main([str(path) for path in paths])

    def render_png(self, trace: Trace, pass_index: int, path: Path, size: tuple[int, int]) -> None:
        """Draw the graph of one pass (-1: the one the window would show) off screen into a PNG of ``size`` pixels.

        Raises:
            OSError: the picture cannot be written there.
        """
        apply_theme(offscreen_application(), self._theme)
        scene = prepare(trace, pass_index if pass_index >= 0 else None, collapsed=())
        if scene.drawing is None:
            raise OSError(scene.failure)
        view = GraphView(self._theme)
        view.set_graph(scene.pass_.arrays, scene.drawing)
        save_png(view.render_image(*size), path)

    def screenshot(
        self,
        trace_path: Path,
        png_path: Path,
        size: tuple[int, int] = WINDOW_SIZE,
        arrange: Callable[[MainWindow], None] = lambda _: None,
    ) -> None:
        """Write a picture of the whole window showing the trace, drawn off screen; ``arrange`` may use the window before.

        Raises:
            TraceError: the trace cannot be read.
            OSError: the picture cannot be written there.
        """
        app = offscreen_application()
        with quiet_platform():
            self._draw_window(app, trace_path, png_path, size, arrange)

    def _draw_window(
        self, app: QApplication, trace_path: Path, png_path: Path, size: tuple[int, int], arrange: Callable[[MainWindow], None]
    ) -> None:
        settings = Settings.forgetful()
        settings.theme = self._theme.name
        window = MainWindow(settings)
        try:
            window.resize(*size)
            window.show()
            window.session.open_now(trace_path)
            arrange(window)
            app.processEvents()
            save_png(window.grab().toImage(), png_path)
        finally:
            window.close()
            window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@contextmanager
def quiet_platform() -> Iterator[None]:
    """Hold back what the off-screen platform says about every window that has a smallest size: it cannot do anything about it."""

    def pass_on(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if "propagateSizeHints" in text:
            return
        if previous is not None:
            previous(kind, context, text)
        else:
            sys.stderr.write(f"{text}\n")

    previous = qInstallMessageHandler(pass_on)
    try:
        yield
    finally:
        qInstallMessageHandler(previous)


def offscreen_application() -> QApplication:
    """An application that needs no display; one that exists already is used as it is."""
    if QApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return app_module.application()
