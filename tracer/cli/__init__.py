"""The command line: ``gradtrace VERB``. One verb per file; the table below is all there is.

:func:`main` is the one place that turns any failure into a message: what, where, what to try. ``GRADTRACE_DEBUG=1`` adds the
traceback.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence

from ..._version import __version__
from . import demo, export, info, open, run, samples
from .verb import FAILED, CommandError, ProgramRaisedError, Verb
from .viewer import Viewer, ViewerFactory, ViewerUnavailableError, no_viewer

__all__ = ["VERBS", "CommandError", "Verb", "Viewer", "ViewerFactory", "ViewerUnavailableError", "main", "no_viewer"]

VERBS: tuple[Verb, ...] = (run.VERB, open.VERB, info.VERB, export.VERB, demo.VERB, samples.VERB)
"""Every verb, in the order ``gradtrace --help`` lists them."""

INTERRUPTED = 130
"""Exit code after Ctrl+C, as shells have it."""

_EXIT_CODES = "Exit status: 0 all went well; 1 the program or something else failed; 2 bad usage or a file that cannot be used."


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line, with one sub-parser per verb."""
    parser = argparse.ArgumentParser(
        prog="gradtrace",
        description="Record a program's autograd, open it, step it, explain it.",
        epilog=_EXIT_CODES,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"gradtrace {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb in VERBS:
        sub = verbs.add_parser(
            verb.name, help=verb.summary, description=verb.description or verb.summary, epilog=verb.epilog, allow_abbrev=False
        )
        verb.add_arguments(sub)
        sub.set_defaults(run=verb.run, prints=verb.prints, parser=sub)
    return parser


def main(argv: Sequence[str] | None = None, *, viewer: ViewerFactory = no_viewer) -> int:
    """Run one verb; ``argv`` is without the program's name (default: ``sys.argv[1:]``). Returns the exit status.

    Raises ``SystemExit`` on bad usage and after ``--help``, and whatever a recorded program raises.
    """
    args = build_parser().parse_args(argv)
    try:
        status: int = args.run(args, viewer)
        if args.prints:
            sys.stdout.flush()  # a closed pipe shows here, not in the interpreter's last breath
        return status
    except ProgramRaisedError as ended:
        program = ended
    except CommandError as error:
        return _fail(error, str(error), error.hint, error.status)
    except ViewerUnavailableError as error:
        return _fail(error, str(error), error.hint, FAILED)
    except BrokenPipeError:
        # Whoever read our output has seen enough. Nothing more can be written, not even by the interpreter's last flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the edge that faces the user
        return _fail(error, f"{type(error).__name__}: {error}", "This is a bug. GRADTRACE_DEBUG=1 shows where.", FAILED)
    raise program.error


def _fail(error: BaseException, message: str, hint: str, status: int) -> int:
    if os.environ.get("GRADTRACE_DEBUG"):
        traceback.print_exception(error)
    print(f"gradtrace: error: {message}", file=sys.stderr)
    for line in hint.splitlines():
        print(f"  {line}", file=sys.stderr)
    return status
