"""From a value to the rows of a column that hold it, by one sort and then binary searches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Lookup:
    """Rows of ``keys`` by key, ascending; the sort happens once, here. ``keys``: int64[n]."""

    def __init__(self, keys: Ids) -> None:
        self._order: Ids = np.argsort(keys, kind="stable").astype(np.int64)
        self._sorted: Ids = np.asarray(keys, np.int64)[self._order]

    def rows(self, key: int) -> Ids:
        """Every row whose key is ``key``, in ascending order; int64[k], k may be 0."""
        first, last = np.searchsorted(self._sorted, key, "left"), np.searchsorted(self._sorted, key, "right")
        return self._order[first:last]

    def first(self, keys: Ids) -> Ids:
        """For each of ``keys`` the first row that holds it, or -1; int64[len(keys)]."""
        if not len(self._sorted):
            return np.full(len(keys), -1, np.int64)
        place = np.minimum(np.searchsorted(self._sorted, keys, "left"), len(self._sorted) - 1)
        return np.where(self._sorted[place] == keys, self._order[place], -1)

    def row(self, key: int) -> int:
        """The first row that holds ``key``, or -1."""
        return int(self.first(np.array([key], np.int64))[0])

    def __contains__(self, key: object) -> bool:
        return isinstance(key, int) and self.row(key) >= 0

    def keys(self) -> Ids:
        """Every key once, ascending."""
        return np.unique(self._sorted)


class LastBefore:
    """Per key, which row was the last one up to a moment: the state of many things at any event, in one vectorised search.

    ``keys``: int64[n] what each row is about; ``events``: int64[n] when it happened.
    """

    def __init__(self, keys: Ids, events: Ids) -> None:
        order = np.lexsort((events, keys))
        self.keys: Ids = np.unique(keys).astype(np.int64)
        """Every key once, ascending."""
        self._rows: Ids = order.astype(np.int64)
        rank = np.searchsorted(self.keys, keys[order]).astype(np.int64)
        self._span = int(events.max()) + 2 if len(events) else 2
        self._places: Ids = rank * self._span + events[order] + 1
        self._starts: Ids = np.arange(len(self.keys), dtype=np.int64) * self._span

    def at(self, event: int) -> Ids:
        """For each of :attr:`keys` the row of its last event up to and including ``event``, or -1; int64[len(keys)]."""
        moment = min(max(event, -1), self._span - 2) + 1
        found = np.searchsorted(self._places, self._starts + moment, "right") - 1
        rows = self._rows[found] if len(self._rows) else found
        begun = (found >= 0) & (self._places[found] > self._starts) if len(self._rows) else np.zeros(0, bool)
        return np.where(begun, rows, -1).astype(np.int64)
