"""``gradtrace open``: look at a trace in the window."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from .display import OFFSCREEN_PLATFORMS, why_no_display
from .traces import load_trace
from .verb import FAILED, CommandError, Verb
from .viewer import ViewerFactory


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``gradtrace open``."""
    parser.add_argument(
        "traces",
        type=Path,
        nargs="+",
        metavar="TRACE",
        help="a .gtrace file; several, such as the ranks of a run, share one window",
    )


def run(args: argparse.Namespace, viewer: ViewerFactory) -> int:
    """Open the window on the traces; returns when it is closed."""
    traces: list[Path] = args.traces
    for trace in traces:
        load_trace(trace).close()  # what is wrong with a file is said here, where somebody reads it, not in an empty window
    window = viewer()
    if os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] not in OFFSCREEN_PLATFORMS:  # else: asked for by name
        require_display(traces[0])
    return window.open(*traces)


def require_display(trace: Path) -> None:
    """Raise :class:`CommandError` with the alternatives when no window can be opened here."""
    reason = why_no_display()
    if reason:
        raise CommandError(
            f"no window can be opened here: {reason}",
            hint=f"To draw the graph into a file instead:  gradtrace export -f png {trace}\n"
            "If there is a display after all, name Qt's platform for it:  QT_QPA_PLATFORM=xcb (or wayland)",
            status=FAILED,
        )


VERB = Verb(add_arguments, run, "Open traces in the window. A trace of one rank brings those of the other ranks with it.")
