"""Which earlier event made an error inevitable?"""

from __future__ import annotations

from collections import deque

from ..core.events import NONE

__all__ = ["Causes"]

_BUMPS_KEPT = 64  # per storage: optimizers bump every parameter in every step
_STORAGES_KEPT = 1 << 14
_FREED_KEPT = 1 << 16


class Causes:
    """Remembers the in-place writes and freed buffers that an error can go back to; bounded."""

    def __init__(self) -> None:
        self._bumps: dict[int, deque[tuple[int, int]]] = {}
        self._freed: dict[int, tuple[int, int]] = {}

    def bumped(self, event: int, storage: int, before: int) -> None:
        """Event ``event`` moved the version of ``storage`` on from ``before``."""
        bumps = self._bumps.get(storage)
        if bumps is None:
            if len(self._bumps) >= _STORAGES_KEPT:
                del self._bumps[next(iter(self._bumps))]
            bumps = self._bumps[storage] = deque(maxlen=_BUMPS_KEPT)
        bumps.append((before, event))

    def freed(self, event: int, node: int, pass_: int) -> None:
        """Event ``event`` freed what ``node`` had saved."""
        self._freed[node] = (pass_, event)
        if len(self._freed) > _FREED_KEPT:
            del self._freed[next(iter(self._freed))]

    def of_error(self, pass_: int, node: int, storage: int, version: int) -> int:
        """The event behind an error at ``node``, or -1.

        With a ``storage``: the write that moved it on from the expected ``version`` (the last write when that one is not known).
        Otherwise the freeing of the node's saved tensors in an earlier pass.
        """
        if storage != NONE:
            bumps = tuple(self._bumps.get(storage, ()))  # other threads may go on adding
            exact = [event for before, event in bumps if before == version]
            return exact[-1] if exact else max((event for _, event in bumps), default=-1)
        freed_by, event = self._freed.get(node, (pass_, -1))
        return event if freed_by != pass_ else -1
