"""Draw the pictures of the window in this folder: ``python docs/images/make.py``. Needs no display.

The programs are recorded anew, so the pictures show the window as it is; durations differ from run to run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Qt reads the platform when it is imported, so all that needs it comes after.

from gradtrace.gui.main_window import MainWindow
from gradtrace.gui.viewer import QtViewer
from gradtrace.samples import find

HERE = Path(__file__).parent


def in_the_middle(window: MainWindow) -> None:
    """Half of the backward pass is done, and the last layer is selected."""
    session = window.session
    pass_ = session.pass_
    assert pass_ is not None
    session.to_start()
    session.run_to_node(pass_.find("TanhBackward0"))
    session.select(pass_.find("AddmmBackward0"))


def at_the_cause(window: MainWindow) -> None:
    """As the window opens after a failure, with the table that names the cause."""
    window.bottom_tabs.setCurrentWidget(window.problems)


PICTURES: tuple[tuple[str, str, str, Callable[[MainWindow], None]], ...] = (
    ("window.png", "mlp_cross_entropy", "light", in_the_middle),
    ("window-dark.png", "detach_inplace_error", "dark", at_the_cause),
)
"""File, sample, theme, and what a user has done before the picture is taken."""


def main() -> None:
    """Record every sample and draw its picture."""
    with tempfile.TemporaryDirectory() as folder:
        for file, sample, theme, arrange in PICTURES:
            trace = Path(folder, f"{sample}.gtrace")
            command = [sys.executable, "-m", "gradtrace", "run", "--quiet", "--output", str(trace), str(find(sample).path)]
            subprocess.run(command, check=False, capture_output=True)  # some samples fail on purpose
            QtViewer(theme).screenshot(trace, HERE / file, arrange=arrange)
            print(HERE / file)


if __name__ == "__main__":
    main()
