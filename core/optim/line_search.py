"""A line search for the strong Wolfe conditions: Nocedal and Wright, Numerical Optimization, algorithms 3.5 and 3.6."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..tensor import Array

_ENOUGH_DECREASE = 1e-4
_ENOUGH_CURVATURE = 0.9
_MOST_STEPS = 25


@dataclass(frozen=True)
class Trial:
    """A distance that was tried: loss, gradient and the slope along the direction there."""

    size: float
    loss: float
    gradient: Array
    slope: float


@dataclass(frozen=True)
class Found:
    """Where the search ended, and how often it asked for the loss."""

    size: float
    loss: float
    gradient: Array
    evaluations: int


def cubic_minimum(one: Trial, other: Trial, bounds: tuple[float, float] | None = None) -> float:
    """Where the cubic through two points with these slopes is lowest, within ``bounds`` (else between the points)."""
    low, high = bounds or (min(one.size, other.size), max(one.size, other.size))
    left, right = (one, other) if one.size <= other.size else (other, one)
    middle = left.slope + right.slope - 3 * (one.loss - other.loss) / (one.size - other.size)
    square = middle**2 - left.slope * right.slope
    if not square >= 0:
        return (low + high) / 2.0
    root = math.sqrt(square)
    width = right.size - left.size
    lowest = right.size - width * ((right.slope + root - middle) / (right.slope - left.slope + 2 * root))
    return min(max(lowest, low), high)


class _Line:
    """The loss along a direction from the start: trials of it, how many there were, and what is asked of them."""

    def __init__(self, evaluate: Callable[[float], tuple[float, Array]], direction: Array, start: Trial) -> None:
        self.start = start
        self.longest = float(np.abs(direction).max())
        self.evaluations = 0
        self._evaluate = evaluate
        self._direction = direction

    def attempt(self, size: float) -> Trial:
        """Evaluate the loss at this distance."""
        loss, gradient = self._evaluate(size)
        self.evaluations += 1
        return Trial(size, loss, gradient.copy(), float(gradient @ self._direction))

    def too_high(self, trial: Trial) -> bool:
        """Whether the loss decreased too little."""
        return trial.loss > self.start.loss + _ENOUGH_DECREASE * trial.size * self.start.slope

    def flat_enough(self, trial: Trial) -> bool:
        """Whether the slope is small enough."""
        return abs(trial.slope) <= -_ENOUGH_CURVATURE * self.start.slope

    @property
    def exhausted(self) -> bool:
        """Whether there were as many trials as may be: one, and one for each step."""
        return self.evaluations > _MOST_STEPS


def strong_wolfe(
    evaluate: Callable[[float], tuple[float, Array]],
    size: float,
    loss: float,
    gradient: Array,
    slope: float,
    direction: Array,
    tolerance_change: float,
) -> Found:
    """Find a distance along ``direction`` with enough decrease and a small slope. ``evaluate(size)`` gives loss and gradient."""
    line = _Line(evaluate, direction, Trial(0.0, loss, gradient.copy(), slope))
    bracket = _bracketed(line, size)
    best = bracket[0] if len(bracket) == 1 else _narrowed(line, bracket[0], bracket[1], tolerance_change)
    return Found(best.size, best.loss, best.gradient, line.evaluations)


def _bracketed(line: _Line, size: float) -> tuple[Trial] | tuple[Trial, Trial]:
    """The two ends of an interval that must hold such a point (algorithm 3.5), or the point itself."""
    before, trial = line.start, line.attempt(size)
    while not line.exhausted:
        grows = line.evaluations > 2 and trial.loss >= before.loss
        if line.too_high(trial) or grows or (not line.flat_enough(trial) and trial.slope >= 0):
            return before, trial
        if line.flat_enough(trial):
            return (trial,)
        further = (trial.size + 0.01 * (trial.size - before.size), trial.size * 10)
        following = cubic_minimum(before, trial, further)
        before, trial = trial, line.attempt(following)
    return line.start, trial


def _narrowed(line: _Line, one: Trial, other: Trial, tolerance_change: float) -> Trial:
    """The best point found in smaller and smaller intervals (algorithm 3.6)."""
    low, high = (other, one) if one.loss > other.loss else (one, other)
    stalled = False
    while not line.exhausted:
        if abs(high.size - low.size) * line.longest < tolerance_change:
            break
        at, stalled = _inside(low, high, stalled)
        trial = line.attempt(at)
        if line.too_high(trial) or trial.loss >= low.loss:
            low, high = (low, trial) if low.loss <= trial.loss else (trial, low)
        elif line.flat_enough(trial):
            return trial
        else:
            low, high = trial, low if trial.slope * (high.size - low.size) >= 0 else high
    return low


def _inside(low: Trial, high: Trial, stalled: bool) -> tuple[float, bool]:
    """Where to try next, and whether that is so near to an end that the interval would hardly shrink.

    Once that is let pass; the next time (``stalled``) it is corrected.
    """
    at = cubic_minimum(low, high)
    left, right = min(low.size, high.size), max(low.size, high.size)
    if not min(right - at, at - left) / (right - left) < 0.1:
        return at, False
    if not stalled and left < at < right:
        return at, True
    inset = 0.1 * (right - left)
    return (right - inset if abs(at - right) < abs(at - left) else left + inset), False
