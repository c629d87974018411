"""The events of a run with more of them between: ids are given anew, and what speaks of an id is changed with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.events import ErrorRaised
from .packing import Columns
from .schema import SCHEMAS
from .tables import Chunk, Tables

__all__ = ["insert_events"]

_ERROR = SCHEMAS[ErrorRaised].number

ErrorFields = Mapping[int, tuple[int, int]]
"""By the new id of an ``ErrorRaised``: its node, and the new id of its cause."""


def insert_events(
    tables: Tables, after: NDArray[np.int64], common: Columns, own: Mapping[int, Columns], errors: ErrorFields, texts: Sequence[str]
) -> Tables:
    """``tables`` with more events, of which the ``i``-th follows event ``after[i]`` (and those given before it there).

    ``after`` is ascending. ``common`` holds the common columns of the new events but for ``id``, ``own`` those of each event type
    (by its number), both in order. ``texts`` are the strings beyond those of ``tables`` that they speak of. ``errors`` are changes.
    """
    chunks: list[Chunk] = [_Moved(chunk, after, errors) for chunk in tables.chunks]
    chunks.append(_Inserted({**common, "id": after + 1 + np.arange(len(after), dtype=np.int64)}, own))
    return tables.with_chunks(chunks, [*tables.strings, *texts])


def moved(ids: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.int64]:
    """The new ids of events; -1 stays -1."""
    return np.where(ids < 0, ids, ids + np.searchsorted(after, ids, "left"))


class _Inserted:
    """Events made up from others."""

    def __init__(self, common: Columns, own: Mapping[int, Columns]) -> None:
        self.common = common
        self.own: Mapping[int, Mapping[str, NDArray[Any]]] = own


class _Moved(Mapping[int, Mapping[str, NDArray[Any]]]):
    """Events whose ids have moved; as a mapping it gives their own columns, as the chunk behind it does."""

    def __init__(self, chunk: Chunk, after: NDArray[np.int64], errors: ErrorFields) -> None:
        self._chunk = chunk
        self._after = after
        self._errors = errors
        self.common: Columns = {**chunk.common, "id": moved(chunk.common["id"], after)}

    @property
    def own(self) -> Mapping[int, Mapping[str, NDArray[Any]]]:
        """The own columns by the number of the event type."""
        return self

    def __getitem__(self, number: int) -> Mapping[str, NDArray[Any]]:
        columns = self._chunk.own[number]
        return self._errors_moved(columns) if number == _ERROR else columns

    def __iter__(self) -> Iterator[int]:
        return iter(self._chunk.own)

    def __len__(self) -> int:
        return len(self._chunk.own)

    def _errors_moved(self, columns: Mapping[str, NDArray[Any]]) -> Mapping[str, NDArray[Any]]:
        changed = dict(columns)
        if "cause" in changed:
            changed["cause"] = moved(changed["cause"], self._after)
        for row, event in enumerate(self.common["id"][self.common["kind"] == _ERROR].tolist()):
            if event in self._errors:
                for name, value in zip(("node", "cause"), self._errors[event], strict=True):
                    if name in changed:
                        changed[name] = changed[name].copy()
                        changed[name][row] = value
        return changed
