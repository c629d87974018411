"""The export menu: one entry per format, a file dialog, and the writing in the background."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from ..tracer.export import EXPORTERS, ExportError
from ..tracer.store.errors import TraceError
from .pictures import save_png
from .scene import describe_failure
from .session import Session
from .settings import Settings
from .theme import Theme
from .views.canvas import GraphView
from .worker import Token

EXPORT = "export"
PNG_SCALE = 2
MOST_PIXELS = 12_000
MARGIN = 24


class Format(NamedTuple):
    """A format of the menu: its name for the exporter, what users call it, and the suffix of its files."""

    name: str
    title: str
    suffix: str


FORMATS = (
    Format("svg", "SVG", ".svg"),
    Format("png", "PNG", ".png"),
    Format("dot", "Graphviz DOT", ".dot"),
    Format("graphml", "GraphML", ".graphml"),
    Format("json", "JSON", ".json"),
)


class Exporter(QObject):
    """Writes the pass on show in any format."""

    def __init__(self, session: Session, settings: Settings, graph: GraphView, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._settings, self._graph, self._window = session, settings, graph, parent
        self._dark = False
        self.menu = QMenu(self.tr("&Export"), parent)
        for entry in FORMATS:
            action = self.menu.addAction(self.tr("{format} …").format(format=entry.title))
            action.triggered.connect(lambda _=False, entry=entry: self.ask(entry))

    def set_theme(self, theme: Theme) -> None:
        """Pictures are drawn in the colours of the window."""
        self._dark = theme.dark

    def ask(self, entry: Format) -> None:
        """Ask for a file name, then export."""
        trace = self._session.trace
        if trace is None:
            return
        stem = trace.path.stem if trace.path is not None else "trace"
        proposal = self._settings.directory / f"{stem}{entry.suffix}"
        title = self.tr("Export as {format}").format(format=entry.title)
        pattern = self.tr("{format} files (*{suffix})").format(format=entry.title, suffix=entry.suffix)
        name, _ = QFileDialog.getSaveFileName(self._window, title, str(proposal), pattern)
        if name:
            path = Path(name)
            self.write(entry.name, path if path.suffix else path.with_suffix(entry.suffix))

    def write(self, format_name: str, path: Path) -> None:
        """Write the pass on show to ``path``; a message says how it went."""
        trace, pass_ = self._session.trace, self._session.pass_
        if trace is None or pass_ is None:
            return
        if format_name == "png":  # painted by widgets, so it stays in this thread
            self._write_png(path)
            return

        options = {"collapsed": self._session.collapsed, "dark": self._dark} if format_name == "svg" else {}

        def work(token: Token) -> Path:
            token.check()
            EXPORTERS[format_name](trace, pass_, path, **options)
            return path

        self._session.worker.submit(EXPORT, work, self._done, lambda error: self._failed(path, error))

    def _write_png(self, path: Path) -> None:
        try:
            save_png(self._graph.render_image(*image_size(self._session)), path)
        except OSError as error:
            self._failed(path, error)
        else:
            self._done(path)

    def _done(self, path: Path) -> None:
        self._session.message.emit("info", self.tr("Exported to {path}").format(path=path))

    def _failed(self, path: Path, error: Exception) -> None:
        if not isinstance(error, ExportError | TraceError | OSError):
            raise error
        reason = describe_failure(error)
        self._session.message.emit("error", self.tr("Cannot export to {name}: {reason}").format(name=path.name, reason=reason))


def image_size(session: Session) -> tuple[int, int]:
    """Size of a picture of the pass on show, in pixels: twice the drawing's, within bounds."""
    drawing = session.drawing
    if drawing is None:
        return 800, 600
    left, top, right, bottom = drawing.bounds
    width, height = right - left + 2 * MARGIN, bottom - top + 2 * MARGIN
    scale = min(PNG_SCALE, MOST_PIXELS / max(width, height, 1))
    return max(round(width * scale), 64), max(round(height * scale), 64)
