"""Fold a drawing that is much taller than wide into columns, read like a newspaper's: down the first, then down the next.

Unrolled graphs are ribbons (time steps, layers, iterations: 1 wide, 500 high). A column ends where few edges cross to the next
row; those run below the column, up the gutter beside it and into the top of the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

ASPECT = 1.5
"""Width to height that a folded drawing aims at."""

MIN_HEIGHT = 2600.0
MIN_ELONGATION = 3.2
MIN_GAIN = 0.62  # the highest column must be at most this fraction of the unfolded height
MAX_CROSSING_EDGES = 14
GUTTER = 56.0
LANE_PITCH = 8.0
CHANNEL_GAP = 16.0
CROWDED_FROM_ROWS = 60
CROWDED_SPAN = 24  # the rows that an edge of a crowded ribbon may pass without going around
CUT_WINDOW = 0.3  # a column may be this fraction shorter or longer than the ideal
CROSSING_COST = 0.06  # one more edge in the gutter is as bad as a column off by this fraction of its ideal height


def column_starts(pitch: Sequence[float], crossing: Sequence[int], left: Sequence[float], right: Sequence[float]) -> list[int]:
    """First row of each column (always starting with 0); a single one when there is nothing to gain.

    For each row: ``pitch`` is its height with the gap below it, ``crossing`` how many edges go on to the next row, ``left``
    and ``right`` its ends.
    """
    total = sum(pitch)
    if total < MIN_HEIGHT or total < MIN_ELONGATION * (max(right) - min(left)):
        return [0]
    width = max([end - start for start, end in zip(left, right, strict=True)])
    starts = _cut(pitch, crossing, width)
    # Deep drawings wander sideways, so columns are wider than rows: look how wide, and choose again.
    columns = list(pairwise([*starts, len(pitch)]))
    width = sum([max(right[first:end]) - min(left[first:end]) for first, end in columns]) / len(columns)
    starts = _cut(pitch, crossing, width)
    highest = max([sum(pitch[first:end]) for first, end in pairwise([*starts, len(pitch)])])
    return starts if highest <= MIN_GAIN * total else [0]


def is_crowded_ribbon(
    layers: Sequence[int], width: Sequence[float], height: Sequence[float], source: Sequence[int], target: Sequence[int]
) -> bool:
    """True for a graph that ought to be folded and could not be, since everywhere too many edges go on to the next row.

    Such are the outputs of all time steps, stacked at the end. Their long edges must go around, or the drawing stays a ribbon.
    """
    rows = max(layers) + 1
    if rows < CROWDED_FROM_ROWS:
        return False
    starts, ends = np.asarray(layers)[list(source)], np.asarray(layers)[list(target)]
    forwards = starts < ends
    changes = np.bincount(starts[forwards], minlength=rows) - np.bincount(ends[forwards], minlength=rows)
    if np.median(np.cumsum(changes)) <= MAX_CROSSING_EDGES:
        return False
    row_height = np.zeros(rows)
    np.maximum.at(row_height, layers, height)
    widest = np.bincount(layers, weights=width, minlength=rows).max()
    return bool(row_height.sum() > max(MIN_HEIGHT, MIN_ELONGATION * widest))


def _cut(pitch: Sequence[float], crossing: Sequence[int], column_width: float) -> list[int]:
    """Columns of about equal height, as many as give the wanted aspect."""
    total = sum(pitch)
    columns = max(1, round((ASPECT * total / (column_width + GUTTER)) ** 0.5))
    ideal = total / columns
    starts = [0]
    while (cut := _best_cut(pitch, crossing, starts[-1], ideal)) is not None:
        if crossing[cut - 1] > MAX_CROSSING_EDGES:
            return [0]
        starts.append(cut)
    return starts


def _best_cut(pitch: Sequence[float], crossing: Sequence[int], start: int, ideal: float) -> int | None:
    """The row before which to end the column that begins at ``start``; None when what remains fits into it."""
    best, best_cost = None, float("inf")
    height = 0.0
    for row in range(start, len(pitch) - 1):
        height += pitch[row]
        off = abs(height - ideal) / ideal
        if height > ideal and off > CUT_WINDOW and best is not None:
            return best
        if off <= CUT_WINDOW or height > ideal:
            cost = off + CROSSING_COST * crossing[row]
            if cost < best_cost:
                best, best_cost = row + 1, cost
    remaining = height + pitch[-1] if start < len(pitch) else 0.0
    return best if remaining > ideal * (1 + CUT_WINDOW) else None
