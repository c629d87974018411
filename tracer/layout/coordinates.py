"""Where each node of an ordered row goes sideways.

Springs pull every node towards its neighbours in the rows above and below. Sweeps down and up the rows (Gauss-Seidel: each uses
the positions just found) move a row at a time to the places that minimise the weighted squares of its springs while its boxes
stay apart; that small problem is isotonic regression, solved exactly by pooling adjacent violators.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .ordering import Rows

Pull = tuple[int, float, float]
"""One spring as its one end sees it: the other node, the spring's weight, and where to be relative to that node."""

SCHEDULE: tuple[tuple[bool, bool], ...] = (  # for each sweep: look at the row above, look at the row below
    (True, False),
    (False, True),
    (True, False),
    (False, True),
    (True, True),
    (True, True),
)

LANE_GAP = 8.0
SNAP_REACH = 26.0
WEAK = 0.02  # the weight with which a node without springs stays where it is
STRAIGHTEN_FROM_ROWS = 6
STEADY = 0.95  # share of the rows' sideways movement that one slope explains, for it to count as drift
DESKEW_FROM_ROWS = 60
DESKEW_WINDOW = 41


@dataclass(slots=True)
class Springs:
    """The springs of every node towards the row above (``up``) and the row below (``down``)."""

    up: list[list[Pull]]
    down: list[list[Pull]]


def place_rows(rows: Rows, width: list[float], lanes_from: int, springs: Springs, gap: float) -> list[float]:
    """Centre of every node. Nodes from number ``lanes_from`` on are lanes of long edges, which may lie closer to each other."""
    x = _packed(rows, width, gap)
    offsets = [_separations(row, width, lanes_from, gap) for row in rows]
    for look_up, look_down in SCHEDULE:
        downwards = look_up
        order = range(len(rows)) if downwards else range(len(rows) - 1, -1, -1)
        for index in order:
            _settle(rows[index], offsets[index], x, springs, look_up, look_down)
    _straighten(rows, x, width)
    if len(rows) > DESKEW_FROM_ROWS:
        _deskew(rows, x)
    _snap(rows, offsets, x, springs.up)
    return x


def _packed(rows: Rows, width: list[float], gap: float) -> list[float]:
    x = [0.0] * len(width)
    for row in rows:
        left = -sum([width[node] + gap for node in row]) / 2
        for node in row:
            x[node] = left + width[node] / 2
            left += width[node] + gap
    return x


def _separations(row: list[int], width: list[float], lanes_from: int, gap: float) -> list[float]:
    """Least distance of each node's centre from the centre of the row's first node."""
    offsets = [0.0] * len(row)
    for place in range(1, len(row)):
        left, right = row[place - 1], row[place]
        between = LANE_GAP if left >= lanes_from and right >= lanes_from else gap
        offsets[place] = offsets[place - 1] + (width[left] + width[right]) / 2 + between
    return offsets


def _settle(row: list[int], offsets: list[float], x: list[float], springs: Springs, look_up: bool, look_down: bool) -> None:
    wanted = []
    weights = []
    for node in row:
        pull = total = 0.0
        if look_up:
            for other, weight, offset in springs.up[node]:
                pull += weight * (x[other] + offset)
                total += weight
        if look_down:
            for other, weight, offset in springs.down[node]:
                pull += weight * (x[other] + offset)
                total += weight
        wanted.append(pull / total if total else x[node])
        weights.append(total or WEAK)
    if len(row) == 1:
        x[row[0]] = wanted[0]
        return
    places = isotonic_regression([want - offset for want, offset in zip(wanted, offsets, strict=True)], weights)
    for node, place, offset in zip(row, places, offsets, strict=True):
        x[node] = place + offset


def isotonic_regression(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The non-decreasing sequence nearest to ``values`` in weighted least squares, by pooling adjacent violators."""
    pool_values: list[float] = []
    pool_weights: list[float] = []
    pool_sizes: list[int] = []
    for new_value, new_weight in zip(values, weights, strict=True):
        value, weight, size = new_value, new_weight, 1
        while pool_values and pool_values[-1] > value:
            other_weight = pool_weights.pop()
            value = (value * weight + pool_values.pop() * other_weight) / (weight + other_weight)
            weight += other_weight
            size += pool_sizes.pop()
        pool_values.append(value)
        pool_weights.append(weight)
        pool_sizes.append(size)
    result: list[float] = []
    for value, size in zip(pool_values, pool_sizes, strict=True):
        result.extend([value] * size)
    return result


def _snap(rows: Rows, offsets: list[list[float]], x: list[float], up: list[list[Pull]]) -> None:
    """Put each node exactly under its strongest neighbour above where that is near and free: straight beats balanced."""
    for row, row_offsets in zip(rows, offsets, strict=True):
        last = len(row) - 1
        for place, node in enumerate(row):
            pulls = up[node]
            if not pulls:
                continue
            strongest = pulls[0] if len(pulls) == 1 else max(pulls, key=_weight)
            target = x[strongest[0]] + strongest[2]
            if target == x[node] or abs(target - x[node]) > SNAP_REACH:
                continue
            if place and target < x[row[place - 1]] + row_offsets[place] - row_offsets[place - 1]:
                continue
            if place < last and target > x[row[place + 1]] - row_offsets[place + 1] + row_offsets[place]:
                continue
            x[node] = target


def _weight(pull: Pull) -> float:
    return pull[1]


def _straighten(rows: Rows, x: list[float], width: list[float]) -> None:
    """Take out a steady sideways drift: a chain of groups that each let a tensor out further right than they took it in."""
    if len(rows) < STRAIGHTEN_FROM_ROWS:
        return
    left = np.array([min([x[node] - width[node] / 2 for node in row]) for row in rows])
    right = np.array([max([x[node] + width[node] / 2 for node in row]) for row in rows])
    centres = (left + right) / 2
    places = np.arange(len(rows)) - (len(rows) - 1) / 2
    movement = centres - centres.mean()
    slope = float(places @ movement / (places @ places))
    total = float(movement @ movement)
    if abs(slope) * len(rows) < float((right - left).max()) or (slope * float(places @ movement)) < STEADY * total:
        return
    for row, place in zip(rows, places.tolist(), strict=True):
        for node in row:
            x[node] -= slope * place


def _deskew(rows: Rows, x: list[float]) -> None:
    """Take out the slow sideways drift of very deep drawings: subtract the moving average of the rows' centres.

    Averaged twice: once would leave the rhythm of the rows in it, and with it a jitter.
    """
    centres = np.array([sum([x[node] for node in row]) / len(row) for row in rows])
    window = min(DESKEW_WINDOW, len(centres) // 2 * 2 - 1)
    for _ in range(2):
        padded = np.pad(centres, window // 2, mode="edge")
        sums = np.cumsum(np.concatenate([[0.0], padded]))
        centres = (sums[window:] - sums[:-window]) / window
    for row, shift in zip(rows, centres.tolist(), strict=True):
        for node in row:
            x[node] -= shift
