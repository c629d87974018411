"""The sink of a recording that does not record everything: it stands before the recorder and lets through what is wanted.

Its methods are the recorder's own, plugged in and out, so that what is let through costs nothing extra.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.events import NONE, Sink

__all__ = ["SINK_METHODS", "Switchboard"]

SINK_METHODS = tuple(name for name in vars(Sink) if not name.startswith("_") and callable(getattr(Sink, name)))
"""The names of a sink's methods."""

_OPTIONAL = ("node_recorded", "node_ran", "position", "lacks_name")
"""What a sink may have besides."""

_BEFORE_FIRST = (
    "position",
    "leaf_created",
    "leaf_named",
    "lacks_name",
    "hook_registered",
    "hook_removed",
    "scope_entered",
    "scope_exited",
)


class Switchboard:
    """Implements :class:`gradtrace.core.events.Sink` by the methods of others. ``source`` gets what is wanted.

    ``passes`` counts the backward passes it has heard begin and not end; ``between_passes`` is called whenever none is left.
    """

    scope_entered: Callable[[str], None]
    scope_exited: Callable[[str], None]

    def __init__(self, source: Any) -> None:
        self._source = source
        self._methods = SINK_METHODS + tuple(name for name in _OPTIONAL if hasattr(source, name))
        self.observes_nodes = getattr(source, "observes_nodes", True)
        self.takes_measured = getattr(source, "takes_measured", False)
        self.passes = 0
        self.between_passes: Callable[[], None] = lambda: None
        self.record_all()

    def record_all(self) -> None:
        """Let everything through."""
        for name in self._methods:
            setattr(self, name, getattr(self._source, name))
        self.backward_started, self.backward_ended = self._started, self._ended

    def record_leaves(self) -> None:
        """Let through only what later steps cannot do without: leaves with their names, scopes and accumulators, and hooks."""
        for name in self._methods:
            setattr(self, name, getattr(self._source, name) if name in _BEFORE_FIRST else _ignore)
        self.node_created, self.node_recorded = self._accumulator, self._recorded
        self.marked = self._marked
        self.backward_started, self.backward_ended = self._unheard_start, self._unheard_end

    def _started(self, *args: Any, **kwargs: Any) -> None:
        self.passes += 1
        self._source.backward_started(*args, **kwargs)

    def _ended(self, *args: Any, **kwargs: Any) -> None:
        self._source.backward_ended(*args, **kwargs)
        self._unheard_end()

    def _unheard_start(self, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        self.passes += 1

    def _unheard_end(self, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        self.passes = max(0, self.passes - 1)
        if not self.passes:
            self.between_passes()

    def _accumulator(
        self, node: int, name: str, edges: Any, outputs: Any, sequence_nr: int, variable: int = NONE, *more: Any, **named: Any
    ) -> None:
        if variable != NONE:
            self._source.node_created(node, name, edges, outputs, sequence_nr, variable, *more, **named)

    def _recorded(
        self, node: int, name: str, edges: Any, outputs: Any, sequence_nr: int, saved: Any, variable: int = NONE, *more: Any
    ) -> None:
        if variable != NONE:
            self._source.node_recorded(node, name, edges, outputs, sequence_nr, saved, variable, *more)

    def _marked(self, text: str, kind: str = "note") -> None:
        if kind not in ("note", "step"):  # about the recording as a whole, and told once
            self._source.marked(text, kind)


def _ignore(*args: Any, **kwargs: Any) -> None:
    """An event that is not wanted."""
