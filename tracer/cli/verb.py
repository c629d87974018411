"""What a verb of the command line is, and how it fails."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .viewer import ViewerFactory

OK, FAILED, USAGE = 0, 1, 2
"""Exit codes: all went well; the program or something else failed; the command line or a file it names cannot be used."""


@dataclass(frozen=True)
class Verb:
    """One verb: its arguments, and the function that does the work and returns the exit code."""

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, ViewerFactory], int]
    description: str
    """Text for ``gradtrace VERB --help``."""
    usage: str | None = None
    epilog: str = ""
    prints: bool = True
    """False: standard output belongs to the recorded program, and what becomes of it is the program's affair."""


class CommandError(Exception):
    """Ends the command with a message for its user; ``hint`` says what to try, ``status`` is the exit code."""

    def __init__(self, message: str, *, hint: str = "", status: int = USAGE) -> None:
        super().__init__(message)
        self.hint = hint
        self.status = status


class ProgramRaisedError(Exception):
    """The recorded program ended with ``error``, which is its own affair: to be raised again outside every handler of ours."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


def naming(path: Path, message: str) -> str:
    """The message, with the file in front when it does not name it itself."""
    return message if path.name in message else f"{path}: {message}"
