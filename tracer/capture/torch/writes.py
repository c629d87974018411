"""The in-place writes that an error of the engine may go back to."""

from __future__ import annotations

from collections import deque
from types import CodeType
from typing import NamedTuple

__all__ = ["Write", "Writes"]

_Place = tuple[CodeType, int] | None

_WRITES_KEPT = 16  # per storage
_STORAGES_KEPT = 1 << 14


class Write(NamedTuple):
    """What moved a version counter on, and where: a code object and the offset of the instruction."""

    before: int
    after: int
    op: str
    place: _Place


class Writes:
    """The latest in-place writes to each storage; bounded."""

    def __init__(self) -> None:
        self._of: dict[int, deque[tuple[int, int, str, _Place]]] = {}

    def add(self, storage: int, before: int, after: int, op: str, place: _Place) -> None:
        """An in-place write."""
        known = self._of.get(storage)
        if known is None:
            if len(self._of) >= _STORAGES_KEPT:
                self._of.pop(next(iter(self._of)), None)
            known = self._of[storage] = deque(maxlen=_WRITES_KEPT)
        known.append((before, after, op, place))

    def since(self, storage: int, version: int) -> list[Write]:
        """The writes that moved ``storage`` on from ``version``, oldest first."""
        return [Write(*write) for write in tuple(self._of.get(storage, ())) if write[1] > version]
