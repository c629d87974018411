"""The PyTorch back-end: an unmodified PyTorch program tells the same events as one written for gradtrace's core.

============== ========================================================================================================
``calls``       what the program calls (a function mode): nodes, in-place writes, cuts, hooks
``graph``       which nodes a call made: the new part of the graph behind its results; their saved tensors (``saved``)
``nodes``       what happens at a node in a backward pass (hooks on the node)
``engine``      calls into the engine (a stand-in for it): passes, roots, errors
``hooks``       the program's own hooks on tensors
``modules``     scopes and parameter names
``optimizers``  steps and resets of gradients
``replicas``    gradients averaged over several processes (DistributedDataParallel)
``explaining``  what is added to an exception of the engine
``switch``      what is taken out while the recording pauses
``session``     what all of these share; beginning and end (``install``)
============== ========================================================================================================

Nothing here imports PyTorch: the modules above are imported once the program has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....core.events import Sink
from ..importing import after_import

if TYPE_CHECKING:
    from .install import Installation

__all__ = ["TorchBackend"]


class TorchBackend:
    """Watches PyTorch."""

    name = "torch"

    def start(self, sink: Sink, level: str) -> TorchCapture:
        """See :class:`~gradtrace.tracer.capture.CaptureBackend`."""
        return TorchCapture(sink, level)


class TorchCapture:
    """Waits for PyTorch, and is installed in it from then on; see :class:`~gradtrace.tracer.capture.Capture`."""

    def __init__(self, sink: Sink, level: str) -> None:
        self._installation: Installation | None = None
        self._paused = False

        def begin() -> None:
            from .install import Installation  # noqa: PLC0415  needs PyTorch, which the program has just loaded

            self._installation = Installation(sink, level)
            if self._paused:
                self._installation.pause()

        self._call_off = after_import("torch", begin)

    def pause(self) -> None:
        """Take out what costs time."""
        self._paused = True
        if self._installation is not None:
            self._installation.pause()

    def resume(self) -> None:
        """Put it back."""
        self._paused = False
        if self._installation is not None:
            self._installation.resume()

    def stop(self) -> None:
        """Leave PyTorch as it was."""
        self._call_off()
        if self._installation is not None:
            self._installation.stop()
            self._installation = None
