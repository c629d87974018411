"""Which variable the result of each node was assigned to."""

from __future__ import annotations

import numpy as np

from ...core.events import NONE, NodeCreated, SourcePosition
from .events import EventLog
from .lookup import Ids


class Assignments:
    """The variables that hold what nodes made: ``y`` for the ``MulBackward0`` of ``y = a * b``.

    A call such as ``loss = cross_entropy(...)`` makes several nodes at one position, and only the last is the variable's. Positions
    come back in loops, so it is told by its name: that of the last node made at the position. An AccumulateGrad's position is that
    of its variable's first use; what is assigned there is not its own.
    """

    def __init__(self, log: EventLog, sources: list[SourcePosition | None]) -> None:
        columns = log.columns(NodeCreated)
        source, name = columns["source"].astype(np.int64), columns["name"]
        rows = np.flatnonzero(columns["variable"] == NONE)
        final_name = np.zeros(len(sources), name.dtype)
        final_name[source[rows]] = name[rows]  # of equal positions the last one stays
        assigned = rows[name[rows] == final_name[source[rows]]]
        self._source = np.zeros(len(source), np.int64)
        self._source[assigned] = source[assigned]
        self._targets: list[str] = [position.target if position is not None else "" for position in sources]

    def of_row(self, row: int) -> str:
        """The variable of the node in this row of ``NodeCreated``, or ``""``."""
        return self._targets[int(self._source[row])]

    def of_rows(self, rows: Ids) -> list[str]:
        """As :meth:`of_row`, for many; a negative row has none."""
        if not len(self._source):
            return [""] * len(rows)
        return [self._targets[number] for number in np.where(rows < 0, 0, self._source[rows]).tolist()]
