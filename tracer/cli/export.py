"""``gradtrace export``: one backward pass as JSON, DOT, GraphML, SVG or PNG."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from ..export import EXPORTERS, ExportError, export
from ..model import Trace
from .display import draw_off_screen
from .traces import load_trace
from .verb import FAILED, OK, CommandError, Verb
from .viewer import ViewerFactory

PICTURE = "png"
PICTURE_SIZE = (1920, 1200)
STDOUT = Path("-")


def formats() -> tuple[str, ...]:
    """The formats there are: those that are written from the trace, and the one the window draws."""
    return (*EXPORTERS, PICTURE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``gradtrace export``."""
    parser.add_argument("trace", type=Path, metavar="TRACE", help="a .gtrace file")
    parser.add_argument("-f", "--format", choices=formats(), required=True, help="what to write")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="where (default: beside the trace; - for standard output)"
    )
    parser.add_argument(
        "--pass",
        dest="pass_number",
        type=int,
        default=-1,
        metavar="N",
        help="which backward pass: 1 is the first, -1 the last (default: -1); without any pass, all nodes",
    )
    parser.add_argument(
        "--size", type=_size, default=PICTURE_SIZE, metavar="WxH", help="pixels of a PNG (default: {}x{})".format(*PICTURE_SIZE)
    )


def run(args: argparse.Namespace, viewer: ViewerFactory) -> int:
    """Write the file and print its name."""
    trace = load_trace(args.trace)
    index = pass_index(trace, args.pass_number)
    output: Path = args.output or _default_output(args.trace, args.format)
    if args.format == PICTURE:
        if output == STDOUT:
            raise CommandError("a PNG is not text: name a file with -o")
        draw_off_screen()
        _written(output, lambda: viewer().render_png(trace, -1 if index is None else index, output, args.size))
    elif output == STDOUT:
        export(trace, sys.stdout, args.format, index)
        return OK
    else:
        _written(output, lambda: export(trace, output, args.format, index))
    print(output)
    return OK


def pass_index(trace: Trace, number: int) -> int | None:
    """The 0-based index of pass ``number``, which counts from 1, or from the end when negative; None: draw all nodes, no pass.

    Raises :class:`CommandError` when there is no such pass.
    """
    count = len(trace.passes)
    if count == 0 and number == -1:
        return None
    if number == 0 or abs(number) > count:
        there_are = {0: "the trace has no backward pass", 1: "the trace has one backward pass"}.get(
            count, f"passes are 1 to {count}"
        )
        raise CommandError(f"there is no pass {number}: {there_are}", hint="To see the passes:  gradtrace info TRACE")
    return number - 1 if number > 0 else count + number


def _default_output(trace: Path, format_name: str) -> Path:
    """Beside the trace, under its name; but never over a file the user may have made there (a plot, a configuration)."""
    output = trace.with_suffix("." + format_name)
    if output.exists():
        raise CommandError(f"{output} exists and stays as it is", hint=f"To write over it, name it:  -o {output}")
    return output


def _written(output: Path, write: Callable[[], None]) -> None:
    """Call ``write``; an output that cannot be written becomes a sentence."""
    if output.is_dir():
        raise CommandError(f"{output} is a folder: name a file with -o")
    if not output.parent.is_dir():
        raise CommandError(f"cannot write {output}: there is no folder {output.parent}")
    try:
        write()
    except ExportError as error:
        raise CommandError(str(error), status=FAILED) from error
    except OSError as error:
        raise CommandError(f"cannot write {output}: {error.strerror or error}") from error


def _size(text: str) -> tuple[int, int]:
    """``"1920x1200"`` as numbers. Raises ``ArgumentTypeError``, which argparse turns into a usage message."""
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isdecimal() and height.isdecimal() and 1 <= int(width) <= 16384 and 1 <= int(height) <= 16384):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write it as 1920x1200 (at most 16384 each way)")
    return int(width), int(height)


VERB = Verb(add_arguments, run, "Write the graph of one backward pass into a file, and print the file's name.")
