"""Walking from box to box with the arrow keys: up to an input, down to what uses the result, left and right to a sibling."""

from __future__ import annotations

from enum import Enum

import numpy as np

from .geometry import Geometry
from .inputs import Ints, Kind


class Direction(Enum):
    """Where an arrow key points."""

    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"


def first_box(geometry: Geometry) -> int:
    """Where a walk begins when nothing is selected: at the root, else at the lowest box; -1 in an empty drawing."""
    if not len(geometry):
        return -1
    roots = np.flatnonzero(geometry.kind == Kind.ROOT)
    return int(roots[0]) if len(roots) else int(np.argmax(geometry.y))


def next_box(geometry: Geometry, box: int, direction: Direction) -> int:
    """The box one step from ``box``, or ``box`` itself when there is none that way.

    Up and down follow edges, to the end that is nearest sideways. Left and right go to the nearest box that shares an input or a
    user with this one, or stands in the same row.
    """
    if direction is Direction.UP:
        return _nearest(geometry, box, geometry.inputs_of(box), sideways=True)
    if direction is Direction.DOWN:
        return _nearest(geometry, box, geometry.users_of(box), sideways=True)
    siblings = [geometry.inputs_of(user) for user in geometry.users_of(box).tolist()]
    siblings += [geometry.users_of(source) for source in geometry.inputs_of(box).tolist()]
    same_row = np.flatnonzero(np.abs(geometry.y - geometry.y[box]) < geometry.row_height)
    candidates = np.unique(np.concatenate([*siblings, same_row]))
    beside = geometry.x[candidates] - geometry.x[box]
    return _nearest(geometry, box, candidates[beside < 0 if direction is Direction.LEFT else beside > 0], sideways=False)


def _nearest(geometry: Geometry, box: int, candidates: Ints, *, sideways: bool) -> int:
    if not len(candidates):
        return box
    across, along = np.abs(geometry.x[candidates] - geometry.x[box]), np.abs(geometry.y[candidates] - geometry.y[box])
    distance = across if sideways else across + 2 * along
    return int(candidates[np.argmin(distance)])
