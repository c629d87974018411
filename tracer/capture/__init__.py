"""Capture back-ends: they watch other autograd libraries and tell the same events as gradtrace's own core.

:data:`BACKENDS` lists the built-in ones. A recording starts all of them; a back-end whose library the program never imports costs
nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ...core.events import Sink
from .torch import TorchBackend

__all__ = ["BACKENDS", "CaptureBackend", "start_all"]


class CaptureBackend(Protocol):
    """Watches one library."""

    name: str

    def start(self, sink: Sink, level: str) -> Callable[[], None]:
        """Tell ``sink`` what the library does from now on, or from when the program imports it.

        ``level`` is that of the recording: at ``"structure"`` only shape and dtype of a gradient are looked at. Returns a
        function that stops watching and puts back all that was changed. Must not raise, and must not import the library.
        """


BACKENDS: tuple[CaptureBackend, ...] = (TorchBackend(),)
"""The built-in back-ends."""


def start_all(sink: Sink, level: str) -> Callable[[], None]:
    """Start every back-end; the returned function stops them, the last one first."""
    stops = [backend.start(sink, level) for backend in BACKENDS]

    def stop() -> None:
        while stops:
            stops.pop()()

    return stop
