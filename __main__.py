"""Composition root: the one module that may see both the command line and the window."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec

from .tracer import cli
from .tracer.cli.viewer import Viewer, no_viewer


def make_viewer() -> Viewer:
    """The window, loaded when a verb first asks for it."""
    if find_spec("PySide6") is None or find_spec("pyqtgraph") is None:
        return no_viewer()
    from .gui.viewer import QtViewer  # noqa: PLC0415 - Qt is optional, and slow to import

    return QtViewer()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    return cli.main(argv, viewer=make_viewer)


if __name__ == "__main__":
    sys.exit(main())
