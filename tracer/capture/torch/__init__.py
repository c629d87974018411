"""The PyTorch back-end: an unmodified PyTorch program tells the same events as one written for gradtrace's core.

============== ========================================================================================================
``calls``       what the program calls (a function mode): nodes, in-place writes, cuts, hooks
``graph``       which nodes a call made: the new part of the graph behind its results; their saved tensors (``saved``)
``nodes``       what happens at a node in a backward pass (hooks on the node)
``engine``      calls into the engine (a stand-in for it): passes, roots, errors
``hooks``       the program's own hooks on tensors
``modules``     scopes and parameter names
``optimizers``  steps and resets of gradients
``explaining``  what is added to an exception of the engine
``session``     what all of these share; beginning and end (``install``)
============== ========================================================================================================

Nothing here imports PyTorch: the modules above are imported once the program has.
"""

from __future__ import annotations

from collections.abc import Callable

from ....core.events import Sink
from ..importing import after_import

__all__ = ["TorchBackend"]


class TorchBackend:
    """Watches PyTorch."""

    name = "torch"

    def start(self, sink: Sink, level: str) -> Callable[[], None]:
        """See :class:`~gradtrace.tracer.capture.CaptureBackend`."""
        uninstall: list[Callable[[], None]] = []

        def begin() -> None:
            from .install import install  # noqa: PLC0415  needs PyTorch, which the program has just loaded

            uninstall.append(install(sink, level))

        call_off = after_import("torch", begin)

        def stop() -> None:
            call_off()
            while uninstall:
                uninstall.pop()()

        return stop
