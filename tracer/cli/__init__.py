"""The command line: ``gradtrace VERB``. One verb per file; the table below is all there is.

:func:`main` is the one place that turns any failure into a message: what, where, what to try. ``GRADTRACE_DEBUG=1`` adds the
traceback.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module

from ..._version import __version__
from .verb import FAILED, CommandError, ProgramRaisedError, Verb
from .viewer import Viewer, ViewerFactory, ViewerUnavailableError, no_viewer

__all__ = ["VERBS", "CommandError", "Verb", "Viewer", "ViewerFactory", "ViewerUnavailableError", "main", "no_viewer"]

VERBS: Mapping[str, str] = {
    "run": "record a script or module",
    "open": "open a trace in the window",
    "info": "print what is in a trace",
    "export": "write a backward pass as JSON, DOT, GraphML, SVG or PNG",
    "demo": "record a sample and open it in the window",
    "samples": "list the sample programs; show, record or copy one",
}
"""Every verb, with its line in ``gradtrace --help``. Its module here, of the same name, defines ``VERB``."""

INTERRUPTED = 130
"""Exit code after Ctrl+C, as shells have it."""

_EXIT_CODES = "Exit status: 0 all went well; 1 the program or something else failed; 2 bad usage or a file that cannot be used."


def load_verb(name: str) -> Verb:
    """The verb of this name. Only the one asked for is imported: ``run`` must not load graphs into the program it records."""
    verb: Verb = import_module(f".{name}", __name__).VERB
    return verb


def build_parser(chosen: str | None = None) -> argparse.ArgumentParser:
    """The parser of the whole command line, with the arguments of the verb ``chosen``."""
    parser = argparse.ArgumentParser(
        prog="gradtrace",
        description="Record a program's autograd, open it, step it, explain it.",
        epilog=_EXIT_CODES,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"gradtrace {__version__}")
    parsers = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, summary in VERBS.items():
        if name != chosen:
            parsers.add_parser(name, help=summary)
            continue
        verb = load_verb(name)
        sub = parsers.add_parser(
            name, help=summary, usage=verb.usage, description=verb.description, epilog=verb.epilog, allow_abbrev=False
        )
        verb.add_arguments(sub)
        sub.set_defaults(implementation=verb, parser=sub)
    return parser


def main(argv: Sequence[str] | None = None, *, viewer: ViewerFactory = no_viewer) -> int:
    """Run one verb; ``argv`` is without the program's name (default: ``sys.argv[1:]``). Returns the exit status.

    Raises ``SystemExit`` on bad usage and after ``--help``, and whatever a recorded program raises.
    """
    words = sys.argv[1:] if argv is None else argv
    try:
        args = build_parser(words[0] if words else None).parse_args(words)
        verb: Verb = args.implementation
        status = verb.run(args, viewer)
        if verb.prints:
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
