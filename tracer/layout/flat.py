"""Lay out one level of a graph: items (boxes, or whole groups seen as boxes) and the ports through which edges enter and leave."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import folding
from .coordinates import place_rows
from .lanes import LANE_WIDTH, ProperGraph, make_proper, make_springs
from .ordering import Rows, order_rows, starting_rows
from .ranking import assign_layers

ROW_GAP = 32.0
PORT_GAP = 18.0
BOX_GAP = 18.0
BYPASS_PITCH = 7.0
MAX_BYPASS_LANES = 12

FloatArray = NDArray[np.float64]


@dataclass(slots=True)
class Problem:
    """What to lay out. Nodes are numbered entries first, then items, then exits; edges of items run from small to large numbers.

    An edge against the numbers is allowed: it is drawn, around everything else, and does not shape the layout. Offsets say
    where on its ends an edge is fastened, relative to their centres.
    """

    width: list[float]
    height: list[float]
    source: list[int]
    target: list[int]
    source_offset: list[float]
    target_offset: list[float]
    entries: int = 0
    exits: int = 0

    def add_edge(self, source: int, target: int, source_offset: float = 0.0, target_offset: float = 0.0) -> None:
        """Append an edge."""
        self.source.append(source)
        self.target.append(target)
        self.source_offset.append(source_offset)
        self.target_offset.append(target_offset)

    def key(self) -> Hashable:
        """Equal for problems that have the same solution."""
        sizes = tuple(self.width), tuple(self.height), self.entries, self.exits
        return sizes, tuple(self.source), tuple(self.target), tuple(self.source_offset), tuple(self.target_offset)


@dataclass(slots=True)
class Placement:
    """A solved :class:`Problem`, with (0, 0) at its top left corner.

    ``x`` and ``y`` are the centres of all nodes, ports included; edge ``e`` runs through ``points[starts[e]:starts[e + 1]]``,
    from the bottom of its source to the top of its target; entries lie on the upper edge of the drawing, exits on the lower
    one.
    """

    x: list[float]
    y: list[float]
    width: float
    height: float
    points: FloatArray
    starts: list[int]
    crossings: int

    def shift(self, right: float, down: float) -> None:
        """Move everything, and grow to still include (0, 0)."""
        self.x = [x + right for x in self.x]
        self.y = [y + down for y in self.y]
        self.points += (right, down)
        self.width += right
        self.height += down


@dataclass(slots=True)
class _Column:
    """The rows from ``first`` to before ``end``, and where they went."""

    first: int
    end: int
    shift: float = 0.0
    left: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    lanes: int = 0
    bypasses: int = 0


def lay_out(problem: Problem) -> Placement:
    """Solve one connected problem (see :mod:`.components` for the general one)."""
    count = len(problem.width)
    forward = [edge for edge in range(len(problem.source)) if problem.source[edge] < problem.target[edge]]
    successors: list[list[int]] = [[] for _ in range(count)]
    predecessors: list[list[int]] = [[] for _ in range(count)]
    for edge in forward:
        successors[problem.source[edge]].append(problem.target[edge])
        predecessors[problem.target[edge]].append(problem.source[edge])
    layers, side_branch = assign_layers(successors, predecessors, problem.entries, problem.exits)
    crowded = folding.is_crowded_ribbon(layers, problem.width, problem.height, problem.source, problem.target)
    longest = folding.CROWDED_SPAN if crowded else None
    graph = make_proper(problem.source, problem.target, layers, problem.width, longest)
    rows = starting_rows(graph.layers, graph.up, graph.down)
    crossings = order_rows(rows, graph.up, graph.down)
    is_port = [node < problem.entries or node >= count - problem.exits for node in range(count)]
    springs = make_springs(
        graph, problem.source, problem.target, problem.source_offset, problem.target_offset, side_branch, is_port
    )
    x = place_rows(rows, graph.width, count, springs, BOX_GAP)
    if problem.entries == problem.exits == 1:
        # One stream passes through: let it leave on the line on which it enters, so that chains of groups stay straight.
        x[count - 1] = x[0]
    return _Drafter(problem, graph, rows, x, crossings).draft()


class _Drafter:
    """Turns rows and sideways positions into coordinates and routes."""

    def __init__(self, problem: Problem, graph: ProperGraph, rows: Rows, x: list[float], crossings: int) -> None:
        self.problem = problem
        self.graph = graph
        self.rows = rows
        self.x = x
        self.crossings = crossings
        self.row_top = [0.0] * len(rows)
        self.row_bottom = [0.0] * len(rows)
        self.gaps = [ROW_GAP] * len(rows)  # below each row
        self.y = [0.0] * len(problem.width)
        self.columns: list[_Column] = []
        self.column_of: list[int] = [0] * len(rows)
        self.bypassed = [edge for edge, chain in enumerate(graph.chains) if chain is None]
        self.bypass_lane: dict[int, int] = {}
        self.gutter_lane: dict[tuple[int, int, float], int] = {}
        self.exit_shift = 0.0
        self.exit_channel: dict[int, float] = {}

    def draft(self) -> Placement:
        self._stack_rows()
        self._route_bypasses()
        self._set_columns_side_by_side()
        self._bring_exits_back()
        points, starts = self._routes()
        for port in self.exit_channel:
            self.x[port] -= self.exit_shift
        return self._framed(points, starts)

    # ------------------------------------------------------------------------------------------------------ rows, columns
    def _stack_rows(self) -> None:
        """Heights of the rows, the columns they fold into, and the y of everything."""
        problem, rows = self.problem, self.rows
        count = len(problem.width)
        heights = [max([problem.height[node] for node in row if node < count], default=0.0) for row in rows]
        gaps = self.gaps
        if problem.entries:
            gaps[0] = PORT_GAP
        if problem.exits and len(rows) > 1:
            gaps[-2] = PORT_GAP
        pitch = [height + gap for height, gap in zip(heights, gaps, strict=True)]
        if sum(pitch) > folding.MIN_HEIGHT and len(rows) > 3:
            crossing = [sum([len(self.graph.down[node]) for node in row]) for row in rows]
            starts = folding.column_starts(pitch, crossing, *self._extents())
        else:
            starts = [0]
        for index, first in enumerate(starts):
            column = _Column(first, starts[index + 1] if index + 1 < len(starts) else len(rows))
            top = 0.0
            for row in range(column.first, column.end):
                self.column_of[row] = index
                self.row_top[row] = top
                self.row_bottom[row] = top + heights[row]
                top += pitch[row]
            column.bottom = self.row_bottom[column.end - 1]
            self.columns.append(column)
        self._place_in_rows()

    def _extents(self) -> tuple[list[float], list[float]]:
        """Left and right end of every row."""
        x, width = self.x, self.graph.width
        left = [min([x[node] - width[node] / 2 for node in row]) for row in self.rows]
        right = [max([x[node] + width[node] / 2 for node in row]) for row in self.rows]
        return left, right

    def _place_in_rows(self) -> None:
        """Centre boxes in their row; one without inputs goes to the bottom of it, near what it feeds."""
        problem, layers, down, up = self.problem, self.graph.layers, self.graph.down, self.graph.up
        for node, height in enumerate(problem.height):
            top, bottom = self.row_top[layers[node]], self.row_bottom[layers[node]]
            if down[node] and not up[node]:
                self.y[node] = bottom - height / 2
            elif up[node] and not down[node]:
                self.y[node] = top + height / 2
            else:
                self.y[node] = (top + bottom) / 2

    def _route_bypasses(self) -> None:
        """Give each edge that goes around a lane beside its column: short ones inside, at most MAX_BYPASS_LANES of them."""
        layers = self.graph.layers

        def reach(edge: int) -> int:
            return abs(layers[self.problem.source[edge]] - layers[self.problem.target[edge]])

        for place, edge in enumerate(sorted(self.bypassed, key=reach)):
            self.bypass_lane[edge] = place % MAX_BYPASS_LANES
            for end in (self.problem.source[edge], self.problem.target[edge]):
                column = self.columns[self.column_of[layers[end]]]
                column.bypasses = max(column.bypasses, place % MAX_BYPASS_LANES + 1)

    def _set_columns_side_by_side(self) -> None:
        """Lanes through the gutters, then the sideways shift of every column."""
        if len(self.columns) > 1:
            self._assign_gutter_lanes()
        left = 0.0
        for column in self.columns:
            nodes = [node for row in self.rows[column.first : column.end] for node in row]
            low = min([self.x[node] - self.graph.width[node] / 2 for node in nodes])
            column.shift = left - low
            for node in nodes:
                self.x[node] += column.shift
            column.left = left
            column.right = max([self.x[node] + self.graph.width[node] / 2 for node in nodes])
            left = column.right + folding.GUTTER + folding.LANE_PITCH * column.lanes + BYPASS_PITCH * column.bypasses

    def _assign_gutter_lanes(self) -> None:
        """Number the edges that go on in the next column from left to right; edges of one tensor share a lane."""
        carried: list[dict[tuple[int, float], float]] = [{} for _ in self.columns]
        layers = self.graph.layers
        for edge, chain in enumerate(self.graph.chains):
            if chain is None:
                continue
            start, end = self.problem.source[edge], self.problem.target[edge]
            tensor = start, self.problem.source_offset[edge]
            for index in range(self.column_of[layers[start]], self.column_of[layers[end]]):
                last_row = self.columns[index].end - 1
                carried[index].setdefault(tensor, self.x[self._node_in_row(edge, last_row)])
        for index, places in enumerate(carried):
            for lane, tensor in enumerate(sorted(places, key=places.__getitem__)):
                self.gutter_lane[(index, *tensor)] = lane
            self.columns[index].lanes = len(places)

    def _bring_exits_back(self) -> None:
        """Lead the exits of a folded group from the last column back below the entries, so that chains of groups go straight."""
        count, exits = len(self.problem.width), self.problem.exits
        if len(self.columns) == 1 or not exits or not self.problem.entries:
            return
        ports = sorted(range(count - exits, count), key=self.x.__getitem__)
        self.exit_shift = self.x[ports[0]] - min(self.x[: self.problem.entries])
        lowest = max([column.bottom + column.lanes * folding.LANE_PITCH for column in self.columns]) + 2 * folding.CHANNEL_GAP
        self.exit_channel = {port: lowest + place * folding.LANE_PITCH for place, port in enumerate(ports)}

    def _node_in_row(self, edge: int, row: int) -> int:
        """The node or lane that stands for an edge in a row it passes."""
        start, end = self.problem.source[edge], self.problem.target[edge]
        chain = self.graph.chains[edge] or []
        step = row - self.graph.layers[start]
        if step == 0:
            return start
        return chain[step - 1] if step <= len(chain) else end

    # ------------------------------------------------------------------------------------------------------------- routes
    def _routes(self) -> tuple[list[float], list[int]]:
        """All routes as one flat list of x, y, x, y; and where each edge's points start."""
        points: list[float] = []
        starts = [0]
        for edge in range(len(self.problem.source)):
            self._add_route(edge, points)
            starts.append(len(points) // 2)
        return points, starts

    def _add_route(self, edge: int, points: list[float]) -> None:
        problem, layers, x = self.problem, self.graph.layers, self.x
        start, end = problem.source[edge], problem.target[edge]
        start_row, end_row = layers[start], layers[end]
        x_from = x[start] + problem.source_offset[edge]
        x_to = x[end] + problem.target_offset[edge]
        points.extend((x_from, self.y[start] + problem.height[start] / 2, x_from, self.row_bottom[start_row]))
        chain = self.graph.chains[edge]
        if chain is None:
            self._go_around(edge, x_from, x_to, points)
        else:
            row = start_row
            here = x_from
            for lane in chain:
                if self.column_of[row] != self.column_of[row + 1]:
                    self._change_column(edge, row, here, x[lane], points)
                row += 1
                here = x[lane]
                points.extend((here, self.row_top[row], here, self.row_bottom[row]))
            if self.column_of[row] != self.column_of[end_row]:
                self._change_column(edge, row, here, x_to, points)
        if end in self.exit_channel:
            channel, x_port = self.exit_channel[end], x_to - self.exit_shift
            points.extend((x_to, self.row_top[end_row], x_to, channel, x_port, channel, x_port, channel))
        else:
            points.extend((x_to, self.row_top[end_row], x_to, self.y[end] - problem.height[end] / 2))

    def _change_column(self, edge: int, row: int, x_from: float, x_to: float, points: list[float]) -> None:
        """Down below the column, over to the gutter, up and into the next column. The lanes are nested, so they never cross."""
        index = self.column_of[row]
        column = self.columns[index]
        lane = self.gutter_lane[index, self.problem.source[edge], self.problem.source_offset[edge]]
        inner = (column.lanes - 1 - lane) * folding.LANE_PITCH
        below = column.bottom + folding.CHANNEL_GAP + inner
        beside = column.right + folding.GUTTER / 2 + inner
        above = -folding.CHANNEL_GAP - lane * folding.LANE_PITCH
        points.extend((x_from, below, beside, below, beside, above, x_to, above))

    def _go_around(self, edge: int, x_from: float, x_to: float, points: list[float]) -> None:
        """Through the gap below the source, a lane beside the column, and the gap above the target."""
        start_row, end_row = self.graph.layers[self.problem.source[edge]], self.graph.layers[self.problem.target[edge]]
        lane = self.bypass_lane[edge]
        place = 0.5 + (lane % 5 - 2) * 0.06  # where in the gap: lines of different edges should not coincide
        below = self.row_bottom[start_row] + place * self.gaps[start_row]
        above = self.row_top[end_row] - place * self.gaps[max(0, end_row - 1)]
        first, last = self.columns[self.column_of[start_row]], self.columns[self.column_of[end_row]]
        beside_first = first.right + folding.GUTTER / 2 + first.lanes * folding.LANE_PITCH + lane * BYPASS_PITCH
        points.extend((x_from, below, beside_first, below))
        if first is not last:
            over = -folding.CHANNEL_GAP - max(column.lanes for column in self.columns) * folding.LANE_PITCH - lane * BYPASS_PITCH
            beside_last = last.right + folding.GUTTER / 2 + last.lanes * folding.LANE_PITCH + lane * BYPASS_PITCH
            points.extend((beside_first, over, beside_last, over, beside_last, above))
        else:
            points.extend((beside_first, above))
        points.extend((x_to, above))

    def _framed(self, flat_points: list[float], starts: list[int]) -> Placement:
        """Shift everything so that the drawing starts at (0, 0), and take the ports to its upper and lower edge."""
        problem = self.problem
        count = len(problem.width)
        points = np.array(flat_points, np.float64).reshape(-1, 2)
        x, y = self.x[:count], self.y
        left = min([x[node] - problem.width[node] / 2 for node in range(count)])
        right = max([x[node] + problem.width[node] / 2 for node in range(count)])
        top = min([y[node] - problem.height[node] / 2 for node in range(count)])
        bottom = max([y[node] + problem.height[node] / 2 for node in range(count)])
        if len(points):
            left, top = min(left, float(points[:, 0].min())), min(top, float(points[:, 1].min()))
            right, bottom = max(right, float(points[:, 0].max())), max(bottom, float(points[:, 1].max()))
        placement = Placement(x, y, right, bottom, points, starts, self.crossings)
        placement.shift(-left, -top)
        extend_ports(problem, placement)
        return placement


def extend_ports(problem: Problem, placement: Placement) -> None:
    """Take the ends of edges at ports, and the ports, to the upper and lower edge of the drawing."""
    first_exit = len(problem.width) - problem.exits
    for port in range(problem.entries):
        placement.y[port] = 0.0
    for port in range(first_exit, len(problem.width)):
        placement.y[port] = placement.height
    for edge, (start, end) in enumerate(zip(problem.source, problem.target, strict=True)):
        if start < problem.entries:
            placement.points[placement.starts[edge], 1] = 0.0
        if end >= first_exit:
            placement.points[placement.starts[edge + 1] - 1, 1] = placement.height


def empty_problem() -> Problem:
    """A problem to be filled."""
    return Problem([], [], [], [], [], [])


def port_size() -> tuple[float, float]:
    """Width and height that a port takes in its row."""
    return LANE_WIDTH, 0.0
