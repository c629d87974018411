"""Lay out nested groups: each one alone with its children, bottom up, then put in their places, top down.

A group sees its children as boxes. A tensor that crosses a group's edge does so at a *port*, one per tensor and direction; the
way of an edge is the chain of its pieces, one in each group it passes. Groups with the same contents and ports share one layout
(:class:`.components.Solver`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .components import Solver
from .flat import FloatArray, Placement, empty_problem, port_size

GROUP_PAD = 14.0
GROUP_HEADER = 24.0
TITLE_LEFT = 10.0
TITLE_GAP = 10.0

_PORT = 1 << 62  # stands for the tensor's entry where a piece of an edge needs a source, for its exit where it needs a target


@dataclass(slots=True)
class Group:
    """One group of the tree. Number 0 is the root, which has no frame; parents come before their children."""

    parent: int
    depth: int
    title_width: float
    items: list[int] = field(default_factory=list)  # boxes as themselves, child group g as ~g; in order of time


@dataclass(slots=True)
class Nested:
    """The result: centres of the boxes, frames of the groups (centre and size), and a route for each edge in ``points``."""

    x: FloatArray
    y: FloatArray
    group_x: FloatArray
    group_y: FloatArray
    group_width: FloatArray
    group_height: FloatArray
    points: FloatArray
    starts: np.ndarray[tuple[int], np.dtype[np.int64]]
    solver: Solver
    crossings: int


@dataclass(slots=True)
class _Level:
    """What happens inside one group: its pieces of edges, and its ports by tensor."""

    pieces: dict[tuple[int, int, int], int] = field(default_factory=dict)  # (tensor, from, to) -> number
    entries: dict[int, int] = field(default_factory=dict)
    exits: dict[int, int] = field(default_factory=dict)
    placement: Placement | None = None
    left: float = 0.0
    top: float = 0.0
    width: float = 0.0
    height: float = 0.0


def lay_out_nested(
    width: list[float], height: list[float], home: list[int], groups: list[Group], source: list[int], target: list[int]
) -> Nested:
    """Lay out boxes (numbered in order of time) in their groups (``home[box]``), with edges from box to box.

    An edge from a later to an earlier box is drawn around the others and does not shape the layout.
    """
    levels = [_Level() for _ in groups]
    ways = _cut_into_pieces(home, groups, levels, source, target)
    solver = Solver()
    crossings = 0
    for number in range(len(groups) - 1, -1, -1):
        crossings += _solve_level(number, groups, levels, width, height, solver)
    nested = Nested(
        x=np.zeros(len(width)),
        y=np.zeros(len(width)),
        group_x=np.zeros(len(groups)),
        group_y=np.zeros(len(groups)),
        group_width=np.array([level.width for level in levels]),
        group_height=np.array([level.height for level in levels]),
        points=np.empty((0, 2)),
        starts=np.zeros(1, np.int64),
        solver=solver,
        crossings=crossings,
    )
    _put_in_place(groups, levels, nested)
    _join_pieces(ways, levels, nested)
    return nested


# --------------------------------------------------------------------------------------------------------------- the pieces
@dataclass(slots=True)
class _Ways:
    """For each edge its pieces, source to target, as (group, number of the piece in it): flat lists with start positions."""

    group: list[int] = field(default_factory=list)
    piece: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])


def _cut_into_pieces(home: list[int], groups: list[Group], levels: list[_Level], source: list[int], target: list[int]) -> _Ways:
    ways = _Ways()
    for start, end in zip(source, target, strict=True):
        rising, falling = home[start], home[end]
        from_item, to_item = start, end
        descent: list[tuple[int, int]] = []
        while rising != falling:
            if groups[rising].depth >= groups[falling].depth:
                level = levels[rising]
                level.exits.setdefault(start, len(level.exits))
                ways.group.append(rising)
                ways.piece.append(level.pieces.setdefault((start, from_item, _PORT), len(level.pieces)))
                from_item, rising = ~rising, groups[rising].parent
            else:
                level = levels[falling]
                level.entries.setdefault(start, len(level.entries))
                descent.append((falling, level.pieces.setdefault((start, _PORT, to_item), len(level.pieces))))
                to_item, falling = ~falling, groups[falling].parent
        level = levels[rising]
        ways.group.append(rising)
        ways.piece.append(level.pieces.setdefault((start, from_item, to_item), len(level.pieces)))
        for group, piece in reversed(descent):
            ways.group.append(group)
            ways.piece.append(piece)
        ways.starts.append(len(ways.group))
    return ways


# --------------------------------------------------------------------------------------------------------------- bottom up
def _solve_level(
    number: int, groups: list[Group], levels: list[_Level], width: list[float], height: list[float], solver: Solver
) -> int:
    """Lay out the inside of one group whose child groups are done; returns its crossings."""
    group, level = groups[number], levels[number]
    problem = empty_problem()
    port_width, port_height = port_size()
    problem.entries, problem.exits = len(level.entries), len(level.exits)
    first_exit = problem.entries + len(group.items)
    node_of_item: dict[int, int] = {}
    problem.width = [port_width] * problem.entries
    problem.height = [port_height] * problem.entries
    for item in group.items:
        node_of_item[item] = len(problem.width)
        problem.width.append(width[item] if item >= 0 else levels[~item].width)
        problem.height.append(height[item] if item >= 0 else levels[~item].height)
    problem.width += [port_width] * problem.exits
    problem.height += [port_height] * problem.exits

    for tensor, from_item, to_item in level.pieces:
        source_offset = target_offset = 0.0
        if from_item == _PORT:
            source_node = level.entries[tensor]
        else:
            source_node = node_of_item[from_item]
            if from_item < 0:
                source_offset = _exit_offset(levels[~from_item], tensor)
        if to_item == _PORT:
            target_node = first_exit + level.exits[tensor]
        else:
            target_node = node_of_item[to_item]
            if to_item < 0:
                target_offset = _entry_offset(levels[~to_item], tensor)
        problem.add_edge(source_node, target_node, source_offset, target_offset)

    placement = solver.solve(problem) if problem.width else None
    level.placement = placement
    if placement is not None:
        level.width, level.height = placement.width, placement.height
        if number:
            _frame(level, placement, group.title_width)
        return placement.crossings
    return 0


def _frame(level: _Level, placement: Placement, title_width: float) -> None:
    """Margins of a group; an entry near its left end is moved clear of the title."""
    level.left, level.top = GROUP_PAD, GROUP_HEADER
    if level.entries:
        leftmost = min([placement.x[port] for port in level.entries.values()])
        level.left = max(level.left, TITLE_LEFT + title_width + TITLE_GAP - leftmost)
    level.width = max(level.left + placement.width + GROUP_PAD, TITLE_LEFT + title_width + GROUP_PAD)
    if not level.entries:
        level.left = (level.width - placement.width) / 2
    level.height = level.top + placement.height + GROUP_PAD


def _entry_offset(level: _Level, tensor: int) -> float:
    """How far right of a group's centre a tensor enters."""
    assert level.placement is not None
    return round(level.left + level.placement.x[level.entries[tensor]] - level.width / 2, 3)


def _exit_offset(level: _Level, tensor: int) -> float:
    """How far right of a group's centre a tensor leaves."""
    assert level.placement is not None
    first_exit = len(level.placement.x) - len(level.exits)
    return round(level.left + level.placement.x[first_exit + level.exits[tensor]] - level.width / 2, 3)


# ---------------------------------------------------------------------------------------------------------------- top down
def _put_in_place(groups: list[Group], levels: list[_Level], nested: Nested) -> None:
    """Absolute centres of boxes and groups; parents come before their children."""
    x, y = nested.x.tolist(), nested.y.tolist()
    group_x, group_y = [0.0] * len(groups), [0.0] * len(groups)
    group_x[0], group_y[0] = levels[0].width / 2, levels[0].height / 2
    for number, (group, level) in enumerate(zip(groups, levels, strict=True)):
        placement = level.placement
        if placement is None:
            continue
        left = group_x[number] - level.width / 2 + level.left
        top = group_y[number] - level.height / 2 + level.top
        first = len(level.entries)
        for place, item in enumerate(group.items, start=first):
            if item >= 0:
                x[item] = left + placement.x[place]
                y[item] = top + placement.y[place]
            else:
                group_x[~item] = left + placement.x[place]
                group_y[~item] = top + placement.y[place]
    nested.x[:], nested.y[:] = x, y
    nested.group_x[:], nested.group_y[:] = group_x, group_y


def _join_pieces(ways: _Ways, levels: list[_Level], nested: Nested) -> None:
    """Look up the points of every piece in its group's layout, move them to the group's place, and string them together."""
    if not ways.group:
        return
    table_start: dict[int, int] = {}
    tables: list[FloatArray] = []
    piece_starts: list[int] = []
    first_piece = np.zeros(len(levels), np.int64)
    rows = 0
    for number, level in enumerate(levels):
        placement = level.placement
        if placement is None:
            continue
        if id(placement) not in table_start:
            table_start[id(placement)] = len(piece_starts)
            piece_starts.extend([rows + start for start in placement.starts])
            tables.append(placement.points)
            rows += len(placement.points)
        first_piece[number] = table_start[id(placement)]
    table = np.concatenate(tables)
    bounds = np.array(piece_starts, np.int64)

    group = np.array(ways.group, np.int64)
    piece = first_piece[group] + np.array(ways.piece, np.int64)
    lengths = bounds[piece + 1] - bounds[piece]
    ends = np.cumsum(lengths)
    first_point = ends - lengths
    source_row = np.arange(ends[-1]) + np.repeat(bounds[piece] - first_point, lengths)
    left = nested.group_x - nested.group_width / 2 + np.array([level.left for level in levels])
    top = nested.group_y - nested.group_height / 2 + np.array([level.top for level in levels])
    nested.points = table[source_row]
    nested.points[:, 0] += np.repeat(left[group], lengths)
    nested.points[:, 1] += np.repeat(top[group], lengths)
    nested.starts = np.concatenate([[0], ends])[np.array(ways.starts, np.int64)]
