"""Parts of a problem that are not connected are laid out on their own, equal ones only once, and set side by side."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from .flat import Placement, Problem, empty_problem, extend_ports, lay_out
from .folding import ASPECT

COMPONENT_GAP = 40.0


class Solver:
    """Lays out problems and remembers the answers: models repeat the same few structures thousands of times."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Placement] = {}
        self.hits = 0

    @property
    def solved(self) -> int:
        """How many distinct problems there were."""
        return len(self._known)

    def solve(self, problem: Problem) -> Placement:
        """The layout of a problem; do not change it, others share it."""
        key = problem.key()
        placement = self._known.get(key)
        if placement is not None:
            self.hits += 1
            return placement
        parts = _split(problem)
        if len(parts) == 1:
            placement = lay_out(problem)
        else:
            placement = _pack(problem, parts, [self.solve(_part(problem, nodes, edges)) for nodes, edges in parts])
        self._known[key] = placement
        return placement


def _split(problem: Problem) -> list[tuple[list[int], list[int]]]:
    """Nodes and edges of each connected component, in the order of their first nodes."""
    parent = list(range(len(problem.width)))

    def find(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for start, end in zip(problem.source, problem.target, strict=True):
        low, high = find(start), find(end)
        if low != high:
            parent[max(low, high)] = min(low, high)
    parts: dict[int, tuple[list[int], list[int]]] = {}
    for node in range(len(parent)):
        parts.setdefault(find(node), ([], []))[0].append(node)
    for edge, start in enumerate(problem.source):
        parts[find(start)][1].append(edge)
    return list(parts.values())


def _part(problem: Problem, nodes: list[int], edges: list[int]) -> Problem:
    number = {node: place for place, node in enumerate(nodes)}
    first_exit = len(problem.width) - problem.exits
    part = empty_problem()
    part.width = [problem.width[node] for node in nodes]
    part.height = [problem.height[node] for node in nodes]
    part.entries = sum([node < problem.entries for node in nodes])
    part.exits = sum([node >= first_exit for node in nodes])
    for edge in edges:
        ends = number[problem.source[edge]], number[problem.target[edge]]
        part.add_edge(*ends, problem.source_offset[edge], problem.target_offset[edge])
    return part


def _pack(problem: Problem, parts: list[tuple[list[int], list[int]]], placements: list[Placement]) -> Placement:
    """Side by side, in several shelves when that would be too wide and no port has to reach the upper or lower edge."""
    count = len(problem.width)
    one_shelf = bool(problem.entries or problem.exits)
    shelf_width = float("inf") if one_shelf else _shelf_width(placements)
    x, y = [0.0] * count, [0.0] * count
    routes: list[np.ndarray[tuple[int, int], np.dtype[np.float64]]] = [np.empty((0, 2))] * len(problem.source)
    left = top = shelf_height = width = 0.0
    for (nodes, edges), placement in zip(parts, placements, strict=True):
        if left and left + placement.width > shelf_width:
            top += shelf_height + COMPONENT_GAP
            left = shelf_height = 0.0
        for node, part_x, part_y in zip(nodes, placement.x, placement.y, strict=True):
            x[node] = left + part_x
            y[node] = top + part_y
        for place, edge in enumerate(edges):
            route = placement.points[placement.starts[place] : placement.starts[place + 1]]
            routes[edge] = route + np.array((left, top))
        width = max(width, left + placement.width)
        shelf_height = max(shelf_height, placement.height)
        left += placement.width + COMPONENT_GAP
    starts = [0, *np.cumsum([len(route) for route in routes], dtype=int).tolist()]
    points = np.concatenate(routes) if routes else np.empty((0, 2))
    whole = Placement(x, y, width, top + shelf_height, points, starts, sum(placement.crossings for placement in placements))
    extend_ports(problem, whole)
    return whole


def _shelf_width(placements: list[Placement]) -> float:
    """A width at which the shelves together have about the wanted shape."""
    area = sum([(placement.width + COMPONENT_GAP) * (placement.height + COMPONENT_GAP) for placement in placements])
    widest = max(placement.width for placement in placements)
    return float(max(widest, (area * ASPECT * 1.1) ** 0.5))
