"""Which row each node sits in: longest path, then everything that feeds only one place is pulled down to it."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

Neighbours = Sequence[Sequence[int]]


def topological_order(successors: Neighbours, predecessors: Neighbours) -> list[int]:
    """Node numbers so that edges point forwards; among free choices the smallest number comes first.

    A cycle is broken at its smallest node, so the order is total for any directed graph and edges against it are the ones that
    close cycles.
    """
    count = len(successors)
    waiting = [len(nodes) for nodes in predecessors]
    ready = [node for node in range(count) if not waiting[node]]
    heapify(ready)
    placed = [False] * count
    order: list[int] = []
    oldest = 0
    while len(order) < count:
        if ready:
            node = heappop(ready)
            if placed[node]:
                continue
        else:
            while placed[oldest]:
                oldest += 1
            node = oldest
        placed[node] = True
        order.append(node)
        for successor in successors[node]:
            waiting[successor] -= 1
            if not waiting[successor] and not placed[successor]:
                heappush(ready, successor)
    return order


def assign_layers(successors: Neighbours, predecessors: Neighbours, entries: int, exits: int) -> tuple[list[int], list[bool]]:
    """Layer of every node (0 on top), and whether it is a *side branch*: a leaf, or a chain of single-input nodes on one.

    Nodes must be numbered topologically: edges run from smaller to larger numbers. The first ``entries`` and the last ``exits``
    nodes are ports, which get the first and the last layer for themselves.
    """
    count = len(successors)
    first_layer = 1 if entries else 0
    layers = [first_layer] * count
    side_branch = [False] * count
    for node in range(count):
        inputs = predecessors[node]
        if node < entries:
            layers[node] = 0
        elif not inputs:
            side_branch[node] = True
        else:
            layers[node] = max([layers[previous] for previous in inputs]) + 1
            side_branch[node] = len(inputs) == 1 and side_branch[inputs[0]]

    # Side branches go next to what they feed; so do nodes with more outputs than inputs, which shortens more edges than it
    # lengthens.
    items_end = count - exits
    for node in range(items_end - 1, entries - 1, -1):
        outputs = successors[node]
        if outputs and (side_branch[node] or len(outputs) > len(predecessors[node])):
            lowest = min([layers[following] for following in outputs]) - 1
            if lowest > layers[node]:
                layers[node] = lowest

    last_layer = max(layers[:items_end], default=0) + 1
    for node in range(items_end, count):
        layers[node] = last_layer
    return layers, side_branch
