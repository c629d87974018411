"""``gradtrace run``: record a script or a module without changing a line of it."""

from __future__ import annotations

import argparse
import atexit
import contextlib
import os
import shlex
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ..capture.options import COMPILE
from ..ranks import RankName
from ..record import Recording
from ..recorder import LEVELS
from .launcher import UNDERSTOOD, launch
from .program import Program, execute
from .recording import open_recording
from .selecting import add_selection, selection_of
from .spawned import Spawned
from .verb import OK, Verb
from .viewer import ViewerFactory

SUFFIX = ".gtrace"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``gradtrace run``."""
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT.gtrace", help="where to put the trace (default: SCRIPT.gtrace, here)"
    )
    parser.add_argument(
        "--level",
        choices=LEVELS,
        default="values",
        help="how much to record of each gradient: its shape; statistics too; the array too (default: values)",
    )
    add_selection(parser)
    parser.add_argument(
        "--compile",
        choices=COMPILE,
        default="opaque",
        help="what becomes of torch.compile: compiled code runs as ever and is one node; or it runs uncompiled and is all recorded "
        "(default: opaque)",
    )
    parser.add_argument("--no-sources", action="store_true", help="leave the program's source files out of the trace")
    parser.add_argument("-q", "--quiet", action="store_true", help="do not say at the end where the trace is")
    parser.add_argument(
        "-m",
        dest="module",
        nargs=argparse.REMAINDER,
        metavar="MODULE",
        help="run a module, as python -m does; all that follows is its own",
    )
    parser.add_argument("program", nargs=argparse.REMAINDER, metavar="SCRIPT [ARGS ...]", help="the script, and its own arguments")


def run(args: argparse.Namespace, viewer: ViewerFactory) -> int:  # noqa: ARG001 - every verb is called alike
    """Run the program under the recorder. Its own exit status is the command's: ``SystemExit`` and exceptions pass through."""
    program = _program(args)
    if program.short_name in UNDERSTOOD:
        launch(program, args)
        return OK
    output = args.output or Path(program.stem + SUFFIX)
    options = {"level": args.level, "sources": not args.no_sources, "compile": args.compile, **selection_of(args)}
    record_program(program, output, quiet=args.quiet, **options)
    return OK


def record_program(program: Program, output: Path, *, quiet: bool = False, **options: Any) -> None:
    """Check both ends, then run ``program`` and record it into ``output``. ``options`` are those of :func:`gradtrace.record`."""
    program.check()
    sys.argv[:] = program.command  # for the trace; while the program runs it is what Python makes of it
    recording = ExitStack()
    started = open_recording(recording, output, script=None if program.is_module else Path(program.name), **options)
    spawned = Spawned(output, options)
    spawned.start()
    recording.callback(spawned.stop)
    if not quiet:
        _announce_at_exit(started, spawned)
    execute(program, recording)


def _program(args: argparse.Namespace) -> Program:
    parser: argparse.ArgumentParser = args.parser
    words = args.module if args.module is not None else args.program
    if args.module is not None and args.program:
        parser.error("a script or -m MODULE, not both")
    if not words:
        parser.error("-m needs the name of a module" if args.module is not None else "nothing to run: name a script, or -m MODULE")
    return Program(words[0], tuple(words[1:]), is_module=args.module is not None)


def _announce_at_exit(recording: Recording, spawned: Spawned) -> None:
    """Say where the trace is, after whatever the program and the interpreter still have to say (a traceback, most of all)."""
    process, folder = os.getpid(), recording.path.absolute().parent  # the program may change folders

    def announce() -> None:
        if os.getpid() != process:  # a forked child runs this too
            return
        path = folder / recording.path.name  # a rank that became known later moves it
        what, file = recording.last_words, str(recording.path)
        if recording.keeps_last:
            file = recording.name_of(recording.files[-1]) if recording.files else ""
        elif path.exists():
            what = f"recorded a part of the run in {file}" if recording.failure else f"recorded {file}"
            if not hasattr(sys, "last_type"):  # no exception: that has its own notes, and the interpreter is on its way out
                _say_in_brief(path)
        first = path.with_name(str(RankName(path.stem, path.suffix, 0)))
        if spawned.count and first.exists():
            file = recording.name_of(first)
            what = f"recorded the {spawned.count} processes that the program started, the first one in {file}"
        if what:
            following = f"  (next: gradtrace open {shlex.quote(file)})" if file else ""
            with contextlib.suppress(OSError, ValueError):  # standard error may be closed by now
                print(f"gradtrace: {what}{following}", file=sys.stderr)

    atexit.register(announce)


def _say_in_brief(trace: Path) -> None:
    """What is wrong with a run that ended well, by all appearances."""
    with contextlib.suppress(Exception):  # a courtesy, after the program has ended
        from ..explanations import in_brief  # noqa: PLC0415  the model of a trace, which recording does not need

        for line in in_brief(trace):
            print(f"gradtrace: {line}", file=sys.stderr)


VERB = Verb(
    add_arguments,
    run,
    "Run a Python program as python itself would, and record what its autograd does into a trace.",
    usage="gradtrace run [options] SCRIPT [args ...]\n       gradtrace run [options] -m MODULE [args ...]",
    epilog="Exit status, output and traceback are the program's own. Exit status 2: there was nothing to run or nowhere to write.",
    prints=False,
)
