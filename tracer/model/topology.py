"""Every node of a run and its edges as arrays, and what can be reached from where."""

from __future__ import annotations

import heapq

import numpy as np

from .lookup import Ids, Lookup


class Topology:
    """The run's backward graph over rows: row ``i`` is the ``i``-th ``NodeCreated``.

    ``ids``: int64[n] node ids. The edges of row ``i`` are entries ``offsets[i]:offsets[i + 1]`` of ``edge_node`` (a node id, 0 for
    none) and ``edge_input_nr``; ``edge_row`` is the row of ``edge_node``, or -1: there is none, or it was made before recording.
    """

    def __init__(self, ids: Ids, offsets: Ids, edge_node: Ids, edge_input_nr: Ids) -> None:
        self.ids = ids
        self.offsets = offsets
        self.edge_node = edge_node
        self.edge_input_nr = edge_input_nr
        self._lookup = Lookup(ids)
        self.edge_row = self.rows(edge_node)

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, node_ids: Ids) -> Ids:
        """The row of each node id, or -1 for ids the trace has no ``NodeCreated`` of."""
        return self._lookup.first(node_ids)

    def row(self, node_id: int) -> int:
        """The row of one node id, or -1."""
        return self._lookup.row(node_id)

    def reachable(self, start: Ids) -> Ids:
        """Rows that can be reached from rows ``start`` along edges, themselves included; ascending.

        Usually ``start`` holds nearly all of them already (every node that ran), so one vectorised look at their edges is most of
        the work; only what lies beyond is walked, with an explicit stack, whatever the depth.
        """
        marks = bytearray(len(self))
        seen = np.frombuffer(marks, np.bool_)
        seen[start] = True
        targets = self.edge_row[edge_entries(self.offsets, start)[0]]
        beyond = np.unique(targets[targets >= 0])
        pending: list[int] = beyond[~seen[beyond]].tolist()
        for row in pending:
            marks[row] = 1
        offsets, edge_row = self.offsets.data, self.edge_row.data
        while pending:
            row = pending.pop()
            for target in edge_row[offsets[row] : offsets[row + 1]]:
                if target >= 0 and not marks[target]:
                    marks[target] = 1
                    pending.append(target)
        return np.flatnonzero(seen)


def edge_entries(offsets: Ids, rows: Ids) -> tuple[Ids, Ids, Ids]:
    """The edges of ``rows``: their entries, for each the index into ``rows``, and its number among the row's edges."""
    counts = offsets[rows + 1] - offsets[rows]
    owner = np.repeat(np.arange(len(rows), dtype=np.int64), counts)
    before = np.cumsum(counts) - counts
    number = np.arange(len(owner), dtype=np.int64) - before[owner]
    return offsets[rows][owner] + number, owner, number


def inputs_first(count: int, src: Ids, dst: Ids) -> Ids:
    """A permutation of ``range(count)`` that puts ``dst`` before ``src`` for every edge, keeping the given order where it can.

    The given order is nearly always right already, since a node is created after its inputs; nodes made before recording and
    rewritten histories are the exceptions. Nodes on a cycle (which a whole trace cannot have, but a damaged one might) come last.
    """
    if not len(src) or bool(np.all(dst < src)):
        return np.arange(count, dtype=np.int64)
    waiting = np.bincount(src, minlength=count)
    by_input = np.argsort(dst, kind="stable")
    starts = np.searchsorted(dst[by_input], np.arange(count + 1)).tolist()
    users: list[int] = src[by_input].tolist()
    missing: list[int] = waiting.tolist()
    ready = np.flatnonzero(waiting == 0).tolist()  # sorted, hence a heap
    order: list[int] = []
    while ready:
        node = heapq.heappop(ready)
        order.append(node)
        for user in users[starts[node] : starts[node + 1]]:
            missing[user] -= 1
            if not missing[user]:
                heapq.heappush(ready, user)
    if len(order) < count:
        placed = set(order)
        order.extend(node for node in range(count) if node not in placed)
    return np.array(order, np.int64)
