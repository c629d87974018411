"""gradtrace: record a program's autograd, open it, step it, explain it.

    import gradtrace

    with gradtrace.record("run.gtrace", level="stats"):
        train()
    trace = gradtrace.load("run.gtrace")
    trace.passes[-1].graph  # a networkx.DiGraph

Every name below is looked up when it is first used: ``import gradtrace`` alone costs next to nothing, and what a recorded program
has not asked for is not loaded into it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import _compiled
from ._version import __version__

_compiled.install()

if TYPE_CHECKING:
    from .tracer.model import Trace, load
    from .tracer.record import dump, mark, record, scope, step
    from .tracer.store.errors import TraceError, TraceFormatError

_HOME = {
    "Trace": ".tracer.model",
    "TraceError": ".tracer.store.errors",
    "TraceFormatError": ".tracer.store.errors",
    "dump": ".tracer.record",
    "load": ".tracer.model",
    "mark": ".tracer.record",
    "record": ".tracer.record",
    "scope": ".tracer.record",
    "step": ".tracer.record",
}
"""Where each public name lives."""

__all__ = ["Trace", "TraceError", "TraceFormatError", "__version__", "dump", "load", "mark", "record", "scope", "step"]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home, __name__), name)
    globals()[name] = value  # the next look-up does not come here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
