"""``gradtrace demo``: record a sample and look at it, on any machine."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from ...samples import Sample
from .display import draw_off_screen, why_no_display
from .info import summary_text
from .samples import check_needs, find_sample
from .traces import load_trace
from .verb import FAILED, OK, CommandError, Verb
from .viewer import ViewerFactory

DEFAULT_SAMPLE = "mlp_cross_entropy"
DEFAULT_SCREENSHOT = Path("demo.png")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``gradtrace demo``."""
    parser.add_argument(
        "sample", nargs="?", default=DEFAULT_SAMPLE, metavar="SAMPLE", help=f"which sample (default: {DEFAULT_SAMPLE})"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT.gtrace", help="where to put the trace (default: a temporary file)"
    )
    parser.add_argument("--screenshot", type=Path, metavar="PNG", help="draw the window into this file instead of opening it")


def run(args: argparse.Namespace, viewer: ViewerFactory) -> int:
    """Record, summarise, show. Without a display the window is drawn into a file, which is as good an end as any."""
    sample = find_sample(args.sample)
    check_needs(sample)
    trace = args.output or Path(tempfile.mkdtemp(prefix="gradtrace-"), f"{sample.name}.gtrace")
    _record(sample, trace)
    print()
    print(summary_text(load_trace(trace)), flush=True)
    print()

    screenshot: Path | None = args.screenshot
    reason = "" if screenshot else why_no_display()
    if reason:
        screenshot = DEFAULT_SCREENSHOT
        print(f"No window can be opened here ({reason}), so it is drawn into a file.")
    if screenshot is None:
        return viewer().open(trace)
    draw_off_screen()
    viewer().screenshot(trace, screenshot)
    print(f"The window: {screenshot.absolute()}")
    print(f"The trace:  {trace}")
    return OK


def _record(sample: Sample, trace: Path) -> None:
    """Record the sample just as a user would: in a process of its own."""
    print(f"$ gradtrace run -o {trace} {sample.name}.py", flush=True)
    command = [sys.executable, "-P", "-m", "gradtrace", "run", "--quiet", "-o", str(trace), str(sample.path)]
    status = subprocess.run(command, check=False).returncode
    if not trace.exists():
        raise CommandError(f"the sample was not recorded (exit status {status})", status=FAILED)


VERB = Verb(
    add_arguments,
    run,
    "Record a sample and open it in the window. With no display the same window is drawn into demo.png.",
)
