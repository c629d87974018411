"""Processes that a program starts by ``torch.multiprocessing.spawn()``: each is recorded, into a file of its number or rank."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ..capture.importing import after_import
from .recording import open_recording

__all__ = ["Spawned"]

_MODULE = "torch.multiprocessing.spawn"
_NAME = "start_processes"


class Spawned:
    """Sees to it that such processes are recorded with ``options``, those of :func:`gradtrace.record`, into files like ``output``.

    ``count`` is how many were started.
    """

    def __init__(self, output: Path, options: dict[str, Any]) -> None:
        self.count = 0
        self._output = str(output.absolute())  # the program may change folders
        self._options = options
        self._original: Any = None
        self._stand_in: Any = None
        self._call_off: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Wait for the program to load PyTorch."""
        self._call_off = after_import(_MODULE, self._loaded)

    def stop(self) -> None:
        """Leave PyTorch as it was."""
        self._call_off()
        for owner in _owners():
            if vars(owner).get(_NAME) is self._stand_in and self._original is not None:
                setattr(owner, _NAME, self._original)

    def _loaded(self) -> None:
        original = getattr(sys.modules.get(_MODULE), _NAME, None)
        if original is None:  # of another version
            return

        @functools.wraps(original)
        def start_processes(fn: Any, args: Any = (), nprocs: int = 1, *others: Any, **named: Any) -> Any:
            self.count += nprocs
            return original(RecordedFunction(fn, self._output, self._options), args, nprocs, *others, **named)

        self._original, self._stand_in = original, start_processes
        for owner in _owners():
            if vars(owner).get(_NAME) is original:
                setattr(owner, _NAME, start_processes)


class RecordedFunction:
    """What such a process runs instead of the program's function: the same, recorded."""

    def __init__(self, function: Any, output: str, options: dict[str, Any]) -> None:
        self._function = function
        self._output = output
        self._options = options

    def __call__(self, *args: Any) -> Any:
        """In the process that was started."""
        with ExitStack() as stack:
            recording = open_recording(stack, Path(self._output), script=None, **self._options)
            recording.quiet = not recording.keeps_last
            return self._function(*args)


def _owners() -> list[Any]:
    return [sys.modules[name] for name in (_MODULE, _MODULE.rpartition(".")[0]) if name in sys.modules]
