"""Fold a drawing that is much taller than wide into columns, read like a newspaper's: down the first, then down the next.

Unrolled graphs are ribbons (time steps, layers, iterations: 1 wide, 500 high). A column ends where few edges cross to the next
row; those run below the column, up the gutter beside it and into the top of the next one.
"""

from __future__ import annotations

from collections.abc import Sequence

ASPECT = 1.5
"""Width to height that a folded drawing aims at."""

MIN_HEIGHT = 2400.0
MIN_ELONGATION = 3.2
MAX_CROSSING_EDGES = 14
GUTTER = 56.0
LANE_PITCH = 8.0
CHANNEL_GAP = 16.0
CUT_WINDOW = 0.3  # a column may be this fraction shorter or longer than the ideal
CROSSING_COST = 0.06  # one more edge in the gutter is as bad as a column off by this fraction of its ideal height


def column_starts(pitch: Sequence[float], crossing: Sequence[int], width: float) -> list[int]:
    """First row of each column (always starting with 0); a single one when there is nothing to gain.

    ``pitch[row]`` is the row's height with the gap below it, ``crossing[row]`` how many edges go from it to the next row.
    """
    total = sum(pitch)
    if total < MIN_HEIGHT or total < MIN_ELONGATION * width:
        return [0]
    columns = max(1, round((ASPECT * total / (width + GUTTER)) ** 0.5))
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
