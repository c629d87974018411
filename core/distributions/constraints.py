"""Which values a parameter or a sample may have, and how messages name that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..tensor import Tensor


class Constraint(NamedTuple):
    """``text`` is how messages name it; ``check`` says, for each value (or row of values), whether it is met."""

    text: str
    check: Callable[[Tensor], Any]

    def __repr__(self) -> str:
        return self.text


def _real(value: Tensor) -> Any:
    return value == value  # false for NaN


def _simplex(value: Tensor) -> Any:
    return (value >= 0).all(-1) & ((value.sum(-1) - 1).abs() < 1e-6)


def interval(low: Any, high: Any) -> Constraint:
    """From ``low`` to ``high``."""
    return Constraint(f"Interval(lower_bound={low}, upper_bound={high})", lambda value: (low <= value) & (value <= high))


def integers(low: int, high: int) -> Constraint:
    """Whole numbers from ``low`` to ``high``."""
    return Constraint(
        f"IntegerInterval(lower_bound={low}, upper_bound={high})",
        lambda value: value.remainder(1).eq(0) & (low <= value) & (value <= high),
    )


def less_than(bound: Any) -> Constraint:
    """Below ``bound``."""
    return Constraint(f"LessThan(upper_bound={bound})", lambda value: value < bound)


def greater_than(bound: Any) -> Constraint:
    """Above ``bound``."""
    return Constraint(f"GreaterThan(lower_bound={bound})", lambda value: value > bound)


real = Constraint("Real()", _real)
real_vector = Constraint("IndependentConstraint(Real(), 1)", lambda value: _real(value).all(-1))
positive = Constraint("GreaterThan(lower_bound=0.0)", lambda value: value > 0.0)
nonnegative = Constraint("GreaterThanEq(lower_bound=0.0)", lambda value: value >= 0.0)
unit_interval = interval(0.0, 1.0)
boolean = Constraint("Boolean()", lambda value: (value == 0) | (value == 1))
simplex = Constraint("Simplex()", _simplex)
