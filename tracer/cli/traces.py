"""Opening traces for the command line: each way it can fail becomes one clear sentence."""

from __future__ import annotations

from glob import escape
from pathlib import Path

from ..model import Trace, load
from ..store.errors import TraceError
from .verb import CommandError, naming


def load_trace(path: Path) -> Trace:
    """The trace at ``path``. Raises :class:`CommandError` when it cannot be read; one that was cut off can be."""
    if path.is_dir():
        raise CommandError(f"{path} is a folder, not a trace", hint=_traces_in(path))
    if not path.exists():
        raise CommandError(f"there is no trace {path}", hint=_how_to_get_one(path))
    try:
        return load(path)
    except TraceError as error:
        raise CommandError(naming(path, str(error))) from error
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror or error}") from error


def _traces_in(folder: Path) -> str:
    names = sorted(entry.name for entry in folder.glob("*.gtrace"))[:5]
    return f"Traces in it: {', '.join(names)}" if names else "There is no trace in it."


def _how_to_get_one(path: Path) -> str:
    ranks = sorted(path.parent.glob(f"{escape(path.stem)}.rank*{path.suffix}")) if path.parent.is_dir() else []
    if ranks:
        return f"Each process of that run has a trace of its own:  {', '.join(map(str, ranks[:5]))}"
    script = path.with_suffix(".py")
    if script.exists():
        return f"To record one:  gradtrace run {script}"
    return _traces_in(path.parent) if path.parent.is_dir() and any(path.parent.glob("*.gtrace")) else ""
