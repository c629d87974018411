"""The PyTorch back-end: an unmodified PyTorch program tells the same events as one written for gradtrace's core.

============== ===========================================================================================================
``calls``       what the program calls (a function mode): nodes, in-place writes, cuts, hooks
``graph``       which nodes a call made: the new part of the graph behind its results; their saved tensors (``saved``)
``nodes``       what happens at a node in a backward pass (hooks on the node)
``engine``      calls into the engine (a stand-in for it): passes, roots, errors
``hooks``       the program's own hooks on tensors; ``node_hooks`` those on nodes, and where ours stand among them
``modules``     scopes and parameter names
``optimizers``  steps and resets of gradients; ``aside`` keeps the function mode out of their way
``replicas``    gradients averaged over several processes (DistributedDataParallel); ``sharding`` those that are scattered (FSDP)
``memory``      who else has the memory of a tensor, and has written there (``shared_arrays``)
``naming``      names of leaves without one: ``variables`` and where they are looked for (``namespaces``)
``loops``       steps of programs without an optimizer
``explaining``  what is added to an exception of the engine
``dormant``     hooks on nodes that outlive a step, while the recording pauses
``switch``      what is taken out while the recording pauses
``compiling``   what becomes of ``torch.compile``
``threads``     threads that the program starts
``patches``     how all of this is put in and taken out
``probing``     which of PyTorch's private names there are, and what is lost without them
``coverage``    what is not recorded
``session``     what all of these share; beginning and end (``install``)
============== ===========================================================================================================

Nothing here imports PyTorch: the modules above are imported once the program has.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from ....core.events import Sink
from ...marks import NOT_COVERED
from ..importing import after_import
from ..options import Compile

if TYPE_CHECKING:
    from .install import Installation

__all__ = ["TorchBackend"]


class TorchBackend:
    """Watches PyTorch."""

    name = "torch"

    def start(self, sink: Sink, level: str, compile: Compile = "opaque") -> TorchCapture:
        """See :class:`~gradtrace.tracer.capture.CaptureBackend`."""
        return TorchCapture(sink, level, compile)


def _installed(sink: Sink, level: str, compile: Compile) -> Installation | None:
    """The capture, put into PyTorch; None when this PyTorch lacks what nothing can be recorded without."""
    try:
        from .probing import missing_essentials  # noqa: PLC0415  needs PyTorch, which the program has just loaded

        lacking = missing_essentials()
        if not lacking:
            from .install import Installation  # noqa: PLC0415  as above

            return Installation(sink, level, compile)
        reason = f"it has no {', '.join(lacking)}"
    except Exception as error:  # noqa: BLE001  the guard: the program has only imported something
        reason = f"{type(error).__name__}: {error}"
    version = getattr(sys.modules.get("torch"), "__version__", "of an unknown version")
    sentence = f"PyTorch {version} is not recorded: {reason}"
    sink.marked(f"version: {sentence}", NOT_COVERED)
    with suppress(Exception):  # stderr may be closed, or None
        print(f"gradtrace: {sentence}. The program goes on.", file=sys.stderr)
    return None


class TorchCapture:
    """Waits for PyTorch, and is installed in it from then on; see :class:`~gradtrace.tracer.capture.Capture`."""

    def __init__(self, sink: Sink, level: str, compile: Compile) -> None:
        self._installation: Installation | None = None
        self._paused = False

        def begin() -> None:
            self._installation = _installed(sink, level, compile)
            if self._paused and self._installation is not None:
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
