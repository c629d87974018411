"""What the command line asks of a window, without knowing any window toolkit.

The command line owns this interface; ``gui`` implements it and :mod:`gradtrace.__main__` brings the two together. Whoever has no
``gui`` extra gets :func:`no_viewer`, and every verb that draws nothing works all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..model import Trace


class Viewer(Protocol):
    """Shows traces, in a window or as pictures. Its methods may raise :class:`ViewerUnavailableError`."""

    def open(self, *paths: Path) -> int:
        """Open the traces in one window, return the exit status when the window is closed."""

    def render_png(self, trace: Trace, pass_index: int, path: Path, size: tuple[int, int]) -> None:
        """Draw the graph of one pass off screen: 0-based, or -1 for all nodes when the trace has no pass. ``size``: pixels."""

    def screenshot(self, trace_path: Path, png_path: Path) -> None:
        """Write a picture of the whole window showing the trace, drawn off screen: no display is needed."""


class ViewerUnavailableError(Exception):
    """There is no window to be had here; ``hint`` says what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


ViewerFactory = Callable[[], Viewer]
"""Makes the viewer when a verb first needs it: importing Qt takes longer than most verbs do."""


def no_viewer() -> Viewer:
    """The factory of an installation without a window: always raises :class:`ViewerUnavailableError`."""
    raise ViewerUnavailableError(
        "the window needs PySide6 and pyqtgraph, and they are not installed",
        hint="Install them with:  pip install 'gradtrace[gui]'   (in a checkout:  pip install -e '.[gui]')",
    )
