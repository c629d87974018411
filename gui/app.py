"""Start-up: the application object, what happens to uncaught exceptions, and ``main``."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from types import TracebackType

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from .._version import __version__
from .main_window import MainWindow
from .settings import Settings


def application(arguments: Sequence[str] = ()) -> QApplication:
    """The one QApplication of this process, made when there is none."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QCoreApplication.setApplicationName("gradtrace")
    QCoreApplication.setOrganizationName("gradtrace")
    QCoreApplication.setApplicationVersion(__version__)
    app = QApplication(["gradtrace", *arguments])
    app.setApplicationDisplayName("gradtrace")
    return app


class ExceptionHandler:
    """Takes the place of ``sys.excepthook`` while the window is open: a mistake of ours becomes a message, not a crash.

    The message can be copied, with the traceback as its details; the traceback also goes to stderr for those who started us there.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._previous = sys.excepthook
        sys.excepthook = self

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Report an uncaught exception."""
        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(details)
        window = self._window
        text = window.tr("Something went wrong inside gradtrace: {error}").format(error=error or kind.__name__)
        window.notices.message.say("error", text)
        if window.interactive:
            box = QMessageBox(QMessageBox.Icon.Critical, "gradtrace", text, QMessageBox.StandardButton.Close, window)
            box.setInformativeText(
                window.tr("Your trace is untouched, and you can go on. Please report this with the details below.")
            )
            box.setDetailedText(details)
            box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            box.open()

    def uninstall(self) -> None:
        """Put the previous hook back."""
        if sys.excepthook is self:
            sys.excepthook = self._previous


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window, with the traces that the arguments name; returns the exit status when it is closed."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    app = application()
    window = MainWindow(Settings.of_user(), interactive=True)
    handler = ExceptionHandler(window)
    window.show()
    if arguments:
        window.session.open(*arguments)
    try:
        return app.exec()
    finally:
        handler.uninstall()
