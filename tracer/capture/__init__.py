"""Capture back-ends: they watch other autograd libraries and tell the same events as gradtrace's own core, which needs only names.

:data:`BACKENDS` lists the built-in ones. A recording starts all of them; a back-end whose library the program never imports costs
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from ...core.events import Sink
from .core import CoreBackend
from .options import Compile
from .torch import TorchBackend

__all__ = ["BACKENDS", "Capture", "CaptureBackend", "Captures", "start_all"]


class Capture(Protocol):
    """A library being watched. None of these may raise."""

    def pause(self) -> None:
        """Nothing will be recorded for a while: cost the program as little as possible. The sink still listens at this moment."""

    def resume(self) -> None:
        """Watch again; what was known before the pause still is."""

    def stop(self) -> None:
        """Stop watching, and put back all that was changed."""


class CaptureBackend(Protocol):
    """Watches one library."""

    name: str

    def start(self, sink: Sink, level: str, compile: Compile = "opaque") -> Capture:
        """Tell ``sink`` what the library does from now on, or from when the program imports it.

        ``level`` is that of the recording: at ``"structure"`` nodes are not observed (``sink.observes_nodes``), and of gradients
        that hooks see only shape and dtype are looked at. ``compile`` says what becomes of compiled code. Must not raise, and must
        not import the library.
        """


BACKENDS: tuple[CaptureBackend, ...] = (CoreBackend(), TorchBackend())
"""The built-in back-ends."""


class Captures:
    """All back-ends at once; the last one started stops first."""

    def __init__(self, captures: Sequence[Capture] = ()) -> None:
        self._captures = list(captures)

    def pause(self) -> None:
        """See :class:`Capture`."""
        for capture in reversed(self._captures):
            capture.pause()

    def resume(self) -> None:
        """See :class:`Capture`."""
        for capture in self._captures:
            capture.resume()

    def stop(self) -> None:
        """See :class:`Capture`."""
        while self._captures:
            with suppress(Exception):  # the trace is yet to be completed
                self._captures.pop().stop()


def start_all(sink: Sink, level: str, compile: Compile = "opaque") -> Captures:
    """Start every back-end."""
    return Captures([backend.start(sink, level, compile) for backend in BACKENDS])
