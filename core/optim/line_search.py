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
    start = Trial(0.0, loss, gradient.copy(), slope)
    longest = float(np.abs(direction).max())

    def attempt(at: float) -> Trial:
        there, its_gradient = evaluate(at)
        return Trial(at, there, its_gradient.copy(), float(its_gradient @ direction))

    def too_high(trial: Trial) -> bool:
        return trial.loss > start.loss + _ENOUGH_DECREASE * trial.size * start.slope

    def flat_enough(trial: Trial) -> bool:
        return abs(trial.slope) <= -_ENOUGH_CURVATURE * start.slope

    # first an interval that must hold such a point, or the point itself
    before, trial = start, attempt(size)
    evaluations, steps = 1, 0
    bracket = [start, trial]
    done = False
    while steps < _MOST_STEPS:
        if too_high(trial) or (steps > 1 and trial.loss >= before.loss) or (not flat_enough(trial) and trial.slope >= 0):
            bracket = [before, trial]
            break
        if flat_enough(trial):
            bracket, done = [trial], True
            break
        further = (trial.size + 0.01 * (trial.size - before.size), trial.size * 10)
        following = cubic_minimum(before, trial, further)
        before, trial = trial, attempt(following)
        evaluations += 1
        steps += 1
    else:
        bracket = [start, trial]

    # then smaller and smaller ones
    stalled = False
    if len(bracket) == 2 and bracket[0].loss > bracket[1].loss:
        bracket.reverse()  # the lower of the two comes first from here on
    while not done and steps < _MOST_STEPS:
        low, high = bracket
        width = abs(high.size - low.size)
        if width * longest < tolerance_change:
            break
        at = cubic_minimum(low, high)
        left, right = min(low.size, high.size), max(low.size, high.size)
        if min(right - at, at - left) / width < 0.1:
            # so near to an end the interval would hardly shrink: once that is let pass, the next time it is corrected
            if stalled or at >= right or at <= left:
                at = right - 0.1 * width if abs(at - right) < abs(at - left) else left + 0.1 * width
                stalled = False
            else:
                stalled = True
        else:
            stalled = False
        trial = attempt(at)
        evaluations += 1
        steps += 1
        if too_high(trial) or trial.loss >= low.loss:
            bracket = [low, trial] if low.loss <= trial.loss else [trial, low]
            continue
        done = flat_enough(trial)
        bracket = [trial, low if not done and trial.slope * (high.size - low.size) >= 0 else high]
    best = bracket[0]
    return Found(best.size, best.loss, best.gradient, evaluations)
