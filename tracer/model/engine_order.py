"""In which order the engine runs the nodes of a graph.

A node is ready when the last of its gradients has arrived. Of those that are ready the one with the highest sequence number runs
first, which puts every AccumulateGrad before all else. Where numbers are equal the engines differ: gradtrace's core takes the one
that became ready first; PyTorch keeps its queue as a binary heap, in which equal elements come in whatever order the moves leave
them. Python's ``heapq`` makes the same moves as the heap of the GNU C++ library, which PyTorch uses on Linux, and so gives the same
order as long as it compares the numbers and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from .lookup import Floats, Ids, Mask


@dataclass(frozen=True)
class EngineGraph:
    """The graph of one call into the engine, its nodes numbered from 0.

    ``offsets``: int64[n + 1]; the edges of node ``i`` lead to ``targets[offsets[i]:offsets[i + 1]]``. ``priority``: float64[n],
    the sequence numbers. ``enters``: bool[n], nodes that run or have their gradient captured; ``runs``: bool[n], those that run.
    ``roots``: where gradients enter, in the order given. ``first_come``: among equals the one that became ready first is next.
    """

    offsets: Ids
    targets: Ids
    priority: Floats
    enters: Mask
    runs: Mask
    roots: Ids
    first_come: bool

    def uses(self) -> Ids:
        """How many gradients each node waits for; int64[n]."""
        count = len(self.priority)
        return (np.bincount(self.targets, minlength=count) + np.bincount(self.roots, minlength=count)).astype(np.int64)

    def key(self) -> tuple[object, ...]:
        """Equal for graphs whose nodes run in the same order."""
        rank = np.unique(self.priority, return_inverse=True)[1]
        arrays = (self.offsets, self.targets, rank, self.enters, self.runs, self.roots)
        return (self.first_come, *(array.tobytes() for array in arrays))


@dataclass(frozen=True)
class EngineOrder:
    """``nodes``: int64[k], as the engine takes them from its queue; ``waiting``: int64[k], how many are left there then."""

    nodes: Ids
    waiting: Ids


def engine_order(graph: EngineGraph) -> EngineOrder:
    """The order in which the engine takes the nodes of ``graph`` from its queue."""
    missing: list[int] = graph.uses().tolist()
    offsets: list[int] = graph.offsets.tolist()
    targets: list[int] = graph.targets.tolist()
    enters: list[bool] = graph.enters.tolist()
    runs: list[bool] = graph.runs.tolist()
    numbers: list[float] = (-graph.priority).tolist()
    queue: _InTurn | _Heap = _InTurn(numbers) if graph.first_come else _Heap(numbers)
    nodes: list[int] = []
    waiting: list[int] = []
    arrivals: list[int] = graph.roots.tolist()
    while True:
        for node in arrivals:
            missing[node] -= 1
            if not missing[node] and enters[node]:
                queue.push(node)
        if not queue.items:
            return EngineOrder(np.array(nodes, np.int64), np.array(waiting, np.int64))
        node = queue.pop()
        nodes.append(node)
        waiting.append(len(queue.items))
        arrivals = targets[offsets[node] : offsets[node + 1]] if runs[node] else []


class _InTurn:
    """A queue in which equals come in turn."""

    def __init__(self, numbers: list[float]) -> None:
        self.items: list[tuple[float, int, int]] = []
        self._numbers = numbers
        self._pushed = 0

    def push(self, node: int) -> None:
        heappush(self.items, (self._numbers[node], self._pushed, node))
        self._pushed += 1

    def pop(self) -> int:
        return heappop(self.items)[2]


class _Ready(float):
    """A node in PyTorch's queue: compared by its number alone."""

    __slots__ = ("node",)

    node: int


class _Heap:
    """A queue in which equals come as the heap has it."""

    def __init__(self, numbers: list[float]) -> None:
        self.items: list[_Ready] = []
        self._numbers = numbers

    def push(self, node: int) -> None:
        item = _Ready(self._numbers[node])
        item.node = node
        heappush(self.items, item)

    def pop(self) -> int:
        return heappop(self.items).node
