"""Edge routes as smooth curves: polylines in, cubic pieces out, and the pieces cut into short straight segments for painting.

All edges at once, with NumPy. Painting one thick antialiased path of many curves is slow in Qt's raster engine, drawing the same
curves as an array of short lines is some twenty times faster; so curves never become a ``QPainterPath``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .inputs import Bools, Floats, Ints

CORNER_RADIUS = 16.0
STRAIGHT = 0.5  # a piece that moves less than this sideways is drawn as a straight line
LEVEL = 1.5  # likewise downward, where a slight slope would make a long flat S
LONG = 140.0  # a steep piece taller than this bends first, then runs straight
_STEPS = np.linspace(0.0, 1.0, 13)[:, None]
_CUBIC_WEIGHTS = ((1 - _STEPS) ** 3, 3 * (1 - _STEPS) ** 2 * _STEPS, 3 * (1 - _STEPS) * _STEPS**2, _STEPS**3)


@dataclass(frozen=True)
class Pieces:
    """Cubic pieces of all edges, in the order they are travelled: piece i runs from ``start[i]`` to ``end[i]``, each (p, 2)."""

    start: Floats
    control1: Floats
    control2: Floats
    end: Floats
    edge: Ints
    """The edge each piece belongs to, ascending."""
    curved: Bools
    """False for straight lines, whose control points do not matter."""

    def segments(self, chosen: Ints) -> tuple[Floats, Ints]:
        """The chosen pieces as straight segments (k, 4) ``x1 y1 x2 y2``, and the piece each segment comes from."""
        straight, bent = chosen[~self.curved[chosen]], chosen[self.curved[chosen]]
        lines = np.concatenate([self.start[straight], self.end[straight]], axis=1)
        if not len(bent):
            return lines, straight
        corners = (self.start[bent], self.control1[bent], self.control2[bent], self.end[bent])
        x, y = (np.asarray(sum(w * c[:, axis] for w, c in zip(_CUBIC_WEIGHTS, corners, strict=True))) for axis in (0, 1))
        curves = np.stack([x[:-1].ravel(), y[:-1].ravel(), x[1:].ravel(), y[1:].ravel()], axis=1)
        return np.concatenate([lines, curves]), np.concatenate([straight, np.tile(bent, len(_STEPS) - 1)])

    def polyline(self, first: int, last: int) -> Floats:
        """The pieces from ``first`` up to ``last`` (exclusive) as one polyline of shape (k, 2)."""
        parts: list[Floats] = []
        for piece in range(first, last):
            if self.curved[piece]:
                corners = (self.start[piece], self.control1[piece], self.control2[piece], self.end[piece])
                parts.append(np.asarray(sum(w * c for w, c in zip(_CUBIC_WEIGHTS, corners, strict=True))))
            else:
                parts.append(np.stack([self.start[piece], self.end[piece]]))
        return np.concatenate(parts)


def smooth(routes: Sequence[Floats]) -> Pieces:
    """Turn polylines into smooth pieces.

    Slanted pieces become S-curves that leave and arrive vertically; where a vertical piece meets a horizontal one the corner is
    rounded.
    """
    start, end, edge = _straight_pieces(routes)
    count = len(start)
    if not count:
        empty = np.zeros((0, 2))
        return Pieces(empty, empty, empty, empty, np.zeros(0, np.int64), np.zeros(0, bool))
    key = np.arange(count) * 3
    across = np.abs(end[:, 0] - start[:, 0])
    down = end[:, 1] - start[:, 1]
    vertical, horizontal = across < STRAIGHT, np.abs(down) < LEVEL

    # Corners: shorten both pieces and put a quarter turn between them.
    corner = np.zeros(count, bool)
    corner[:-1] = (edge[:-1] == edge[1:]) & ((vertical[:-1] & horizontal[1:]) | (horizontal[:-1] & vertical[1:]))
    at = np.flatnonzero(corner)
    turn, before, after = _rounded_corners(start, end, at)
    main_start, main_end = start.copy(), end.copy()
    main_end[at], main_start[at + 1] = before, after

    # Long steep pieces: a bend of limited height, then a straight run.
    steep = (down > LONG) & (across < down * 0.5) & ~vertical
    bend = np.minimum(down, np.maximum(70.0, across * 0.9))
    elbow = np.stack([end[:, 0], start[:, 1] + bend], axis=1)
    run = np.flatnonzero(steep & (down - bend > STRAIGHT))
    run_end = main_end[run].copy()
    main_end[run] = elbow[run]

    # Against the direction of drawing: leave downward, loop, arrive from above.
    upward = down < 0
    pull = np.where(upward, 50 + 0.12 * across, (main_end[:, 1] - main_start[:, 1]) * 0.5)
    lift = np.stack([np.zeros(count), pull], axis=1)
    slanted = ~vertical & ~horizontal

    all_start = np.concatenate([main_start, main_end[run], before])
    all_end = np.concatenate([main_end, run_end, after])
    control1 = np.concatenate([main_start + lift, main_end[run], before + (turn - before) * 2 / 3])
    control2 = np.concatenate([main_end - lift, run_end, after + (turn - after) * 2 / 3])
    curved = np.concatenate([slanted, np.zeros(len(run), bool), np.ones(len(at), bool)])
    order = np.argsort(np.concatenate([key, key[run] + 1, key[at] + 2]), kind="stable")
    all_edge = np.concatenate([edge, edge[run], edge[at]])
    return Pieces(all_start[order], control1[order], control2[order], all_end[order], all_edge[order], curved[order])


def _straight_pieces(routes: Sequence[Floats]) -> tuple[Floats, Floats, Ints]:
    """All routes cut at their corners: start and end points (p, 2) and edge of each piece; points within a straight line go."""
    if not len(routes):
        return np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, np.int64)
    points = np.concatenate([np.asarray(route, float).reshape(-1, 2) for route in routes])
    edge = np.repeat(np.arange(len(routes)), [len(route) for route in routes])
    inner = np.zeros(len(points), bool)
    inner[1:-1] = (edge[1:-1] == edge[:-2]) & (edge[1:-1] == edge[2:])
    arriving, leaving = points[1:-1] - points[:-2], points[2:] - points[1:-1]
    bend = np.abs(arriving[:, 0] * leaving[:, 1] - arriving[:, 1] * leaving[:, 0])
    reach = np.hypot(*arriving.T) * np.hypot(*leaving.T)
    onward = (arriving * leaving).sum(axis=1) >= 0
    keep = np.ones(len(points), bool)
    keep[1:-1] = ~(inner[1:-1] & onward & (bend <= 0.01 * reach + 1e-9))
    points, edge = points[keep], edge[keep]
    same = edge[:-1] == edge[1:]
    return points[:-1][same], points[1:][same], edge[:-1][same]


def _rounded_corners(start: Floats, end: Floats, at: Ints) -> tuple[Floats, Floats, Floats]:
    """The corners at the ends of pieces ``at``: the corner itself, and where the rounding begins and ends."""
    arriving, leaving = end[at] - start[at], end[at + 1] - start[at + 1]
    length1, length2 = np.abs(arriving).sum(axis=1), np.abs(leaving).sum(axis=1)
    radius = np.minimum(CORNER_RADIUS, np.minimum(length1, length2) / 2)[:, None]
    turn = end[at]
    before = turn - arriving / np.maximum(length1, 1e-9)[:, None] * radius
    after = turn + leaving / np.maximum(length2, 1e-9)[:, None] * radius
    return turn, before, after
