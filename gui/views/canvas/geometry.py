"""A drawing as flat arrays, ready for culling, hit tests and painting. Nothing in here knows Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .curves import Pieces, smooth
from .inputs import Bools, Bytes, Floats, Graph, Ints, Kind, Picture

FAR = 1e-9


@dataclass(frozen=True)
class Rect:
    """A rectangle in the drawing's coordinates."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Horizontal extent."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Vertical extent."""
        return self.bottom - self.top

    def grown(self, margin: float) -> Rect:
        """The same with ``margin`` added on every side."""
        return Rect(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)

    def contains(self, other: Rect) -> bool:
        """True when ``other`` lies inside."""
        return self.left <= other.left and self.top <= other.top and self.right >= other.right and self.bottom >= other.bottom

    def clipped(self, other: Rect) -> Rect:
        """The common part of two rectangles."""
        return Rect(
            max(self.left, other.left), max(self.top, other.top), min(self.right, other.right), min(self.bottom, other.bottom)
        )


class Spans:
    """k rectangles as four arrays, so that culling is four comparisons."""

    def __init__(self, left: Floats, top: Floats, right: Floats, bottom: Floats) -> None:
        self.left, self.top, self.right, self.bottom = left, top, right, bottom

    def __len__(self) -> int:
        return len(self.left)

    def touching(self, rect: Rect) -> Bools:
        """Which of them touch ``rect``."""
        return (self.right > rect.left) & (self.left < rect.right) & (self.bottom > rect.top) & (self.top < rect.bottom)

    def around(self, chosen: Ints) -> Rect | None:
        """The rectangle around the chosen ones; None when there are none."""
        if not len(chosen):
            return None
        return Rect(
            float(self.left[chosen].min()),
            float(self.top[chosen].min()),
            float(self.right[chosen].max()),
            float(self.bottom[chosen].max()),
        )

    def rect(self, index: int) -> Rect:
        """One of them."""
        return Rect(float(self.left[index]), float(self.top[index]), float(self.right[index]), float(self.bottom[index]))


class GroupTree:
    """The open groups of a drawing: rectangles, nesting, and the innermost group of each box. Index -1 is "no group"."""

    def __init__(self, picture: Picture) -> None:
        groups = picture.groups
        sides = np.array([(g.x, g.y, g.width, g.height) for g in groups], float).reshape(-1, 4)
        x, y, width, height = sides.T
        self.spans = Spans(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        self.width, self.height = width, height
        self.name: list[str] = [g.name for g in groups]
        self.parent = np.array([g.parent for g in groups], np.int64)
        self.level = self._levels()
        """Nesting level, 1 for outermost: chooses the fill."""
        outermost_first = np.argsort(self.level, kind="stable")
        self.by_level: list[Ints] = np.split(outermost_first, np.flatnonzero(np.diff(self.level[outermost_first])) + 1)
        """The groups of each level, outermost first."""
        self.home = np.full(len(picture.node), -1, np.int64)
        for group in outermost_first.tolist():
            self.home[np.asarray(groups[group].boxes, np.int64)] = group

    def __len__(self) -> int:
        return len(self.name)

    def _levels(self) -> Ints:
        level = np.ones(len(self.parent), np.int64)
        ancestor = self.parent.copy()
        while (ancestor >= 0).any():
            inside = ancestor >= 0
            level[inside] += 1
            ancestor[inside] = self.parent[ancestor[inside]]
        return level

    def common(self, a: Ints, b: Ints) -> Ints:
        """The innermost group that holds both, for pairs of groups."""
        level, parent = np.append(self.level, 0), np.append(self.parent, -1)
        a, b = a.copy(), b.copy()
        while (a != b).any():
            up_a, up_b = (a != b) & (level[a] >= level[b]), (a != b) & (level[b] >= level[a])
            a, b = np.where(up_a, parent[a], a), np.where(up_b, parent[b], b)
        return a

    def open_at(self, tall: Bools) -> Bools:
        """Which groups show their content, given which are tall enough themselves: all their parents must be, too.

        One longer than the number of groups: the last entry, found at index -1, is the drawing itself and always open.
        """
        result = np.append(tall, True)
        for groups in self.by_level:
            result[groups] &= result[self.parent[groups]]
        return result


class Geometry:
    """Everything the canvas knows about where things are."""

    def __init__(self, graph: Graph, picture: Picture) -> None:
        self.graph, self.picture = graph, picture
        x, y, half_width, half_height = picture.x, picture.y, picture.width / 2, picture.height / 2
        self.x, self.y = x, y
        self.boxes = Spans(x - half_width, y - half_height, x + half_width, y + half_height)
        self.width, self.height = picture.width, picture.height
        self.kind: Bytes = np.asarray(picture.kind, np.uint8)
        self.node = np.asarray(picture.node, np.int64)
        self.src, self.dst = np.asarray(picture.src, np.int64), np.asarray(picture.dst, np.int64)
        self.row_height = float(np.median(picture.height)) if len(picture.height) else 26.0

        self.pieces: Pieces = smooth(picture.routes)
        self.piece_spans = self._piece_spans()
        self.piece_length = np.hypot(*(self.pieces.end - self.pieces.start).T)
        self.first_piece = np.searchsorted(self.pieces.edge, np.arange(len(self.src) + 1))
        self.edges = self._edge_spans()
        self.from_leaf = self.kind[self.src] == Kind.LEAF
        self.arrive = self._arrow_directions(at_end=True)
        self.leave = self._arrow_directions(at_end=False)

        self.groups = GroupTree(picture)
        self.edge_group = (
            self.groups.common(self.groups.home[self.src], self.groups.home[self.dst])
            if len(self.groups)
            else np.full(len(self.src), -1, np.int64)
        )
        self.piece_group = self.edge_group[self.pieces.edge]
        self._index_of = {int(node): index for index, node in enumerate(graph.node)}
        self._out = _Incidence(self.src, len(x))
        self._in = _Incidence(self.dst, len(x))
        self.bounds = self._bounds()

    # ------------------------------------------------------------------------------------------------------------ look-ups
    def looks_like(self, other: Geometry) -> bool:
        """Whether both have their boxes in the same places."""
        return bool(np.array_equal(self.x, other.x) and np.array_equal(self.y, other.y))

    def __len__(self) -> int:
        return len(self.x)

    def index_of(self, node_id: int) -> int:
        """Index of a node in the graph's arrays, or -1."""
        return self._index_of.get(node_id, -1)

    def boxes_of(self, node_id: int) -> list[int]:
        """The boxes that stand for a node id; none for an unknown one."""
        index = self.index_of(node_id)
        return self.picture.box_of_node(index) if index >= 0 else []

    def node_id(self, box: int) -> int:
        """The node id a box stands for."""
        return int(self.graph.node[self.node[box]])

    def box_at(self, x: float, y: float) -> int:
        """The box under a point, or -1."""
        hits = np.flatnonzero((self.boxes.left <= x) & (self.boxes.right >= x) & (self.boxes.top <= y) & (self.boxes.bottom >= y))
        return int(hits[-1]) if len(hits) else -1

    def edges_of(self, box: int) -> Ints:
        """The edges that enter or leave a box."""
        return np.concatenate([self._in.of(box), self._out.of(box)])

    def inputs_of(self, box: int) -> Ints:
        """The boxes whose edges enter a box."""
        return self.src[self._in.of(box)]

    def users_of(self, box: int) -> Ints:
        """The boxes that a box's edges lead to."""
        return self.dst[self._out.of(box)]

    def edge_line(self, edge: int) -> Floats:
        """One edge as it is painted, as a polyline (k, 2)."""
        return self.pieces.polyline(int(self.first_piece[edge]), int(self.first_piece[edge + 1]))

    # ------------------------------------------------------------------------------------------------------------ building
    def _piece_spans(self) -> Spans:
        p = self.pieces
        corners = np.stack([p.start, p.control1, p.control2, p.end])
        corners[1:3, ~p.curved] = p.start[~p.curved]
        low, high = corners.min(axis=0), corners.max(axis=0)
        # An exactly vertical or horizontal line still has to touch something.
        return Spans(low[:, 0] - FAR, low[:, 1] - FAR, high[:, 0] + FAR, high[:, 1] + FAR)

    def _edge_spans(self) -> Spans:
        first = self.first_piece[:-1]
        if not len(first):
            return Spans(*(np.zeros(0) for _ in range(4)))
        spans = self.piece_spans
        return Spans(
            np.minimum.reduceat(spans.left, first),
            np.minimum.reduceat(spans.top, first),
            np.maximum.reduceat(spans.right, first),
            np.maximum.reduceat(spans.bottom, first),
        )

    def _arrow_directions(self, *, at_end: bool) -> Ints:
        """Which way an arrow head at one end of each edge points: 0 down, 1 up, 2 right, 3 left; outward from the edge."""
        if not len(self.src):
            return np.zeros(0, np.int64)
        piece = self.first_piece[1:] - 1 if at_end else self.first_piece[:-1]
        move = self.pieces.end[piece] - self.pieces.start[piece]
        # Curved pieces leave and arrive vertically, downward even when they end above their start.
        sideways = ~self.pieces.curved[piece] & (np.abs(move[:, 0]) > np.abs(move[:, 1]))
        across = np.where(move[:, 0] > 0, 2, 3)
        along = np.where(self.pieces.curved[piece] | (move[:, 1] >= 0), 0, 1)
        outward = np.where(sideways, across, along)
        return outward if at_end else outward ^ 1

    def _bounds(self) -> Rect:
        if not len(self.x):
            return Rect(0.0, 0.0, 0.0, 0.0)
        parts = [spans for spans in (self.boxes, self.edges, self.groups.spans) if len(spans)]
        return Rect(
            min(float(s.left.min()) for s in parts),
            min(float(s.top.min()) for s in parts),
            max(float(s.right.max()) for s in parts),
            max(float(s.bottom.max()) for s in parts),
        )


class _Incidence:
    """Edges sorted by one of their ends."""

    def __init__(self, ends: Ints, boxes: int) -> None:
        self._order = np.argsort(ends, kind="stable")
        self._first = np.searchsorted(ends[self._order], np.arange(boxes + 1))

    def of(self, box: int) -> Ints:
        """The edges at a box."""
        return self._order[self._first[box] : self._first[box + 1]]
