"""``x * log(y)``, log-sum-exp of two to base 2, logit, sinc, and degrees."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..backends import ARRAYS, TENSORS
from ..registry import op
from ..tensor import Array, Tensor
from . import scalars  # noqa: F401  (registers xlogy)
from .elementwise import no_integers


@op("XlogyBackward1", floats_only=True, other=lambda k, g, self, other: g * (self / other))
def xlogy_of_number(other: Array, self: float) -> Array:
    """:func:`xlogy` of a number and a tensor."""
    return ARRAYS.xlogy(np.full_like(other, self), other)


@op(
    "XlogyBackward2",
    floats_only=True,
    self=lambda k, g, self, other: g * k.where((self == 0) & (other <= 0), 0.0, math.log(other) if other > 0 else -math.inf),
)
def xlogy_by_number(self: Array, other: float) -> Array:
    """:func:`xlogy` of a tensor and a number."""
    return ARRAYS.xlogy(self, np.full_like(self, other))


def xlogy(input: Any, other: Any) -> Tensor:
    """``input * log(other)``, one of which may be a number; 0 where ``input`` is 0."""
    if not isinstance(other, Tensor):
        return xlogy_by_number(input, float(other))
    if not isinstance(input, Tensor):
        return xlogy_of_number(other, float(input))
    return TENSORS.xlogy(input, other)


@op(
    "Logaddexp2Backward0",
    broadcast=True,
    self=lambda k, g, self, result: g * k.exp2(self - result),
    other=lambda k, g, other, result: g * k.exp2(other - result),
)
def logaddexp2(self: Array, other: Array) -> Array:
    """``log2(2**self + 2**other)``."""
    return np.logaddexp2(no_integers(self, "logaddexp2"), other)


def _logit_gradient(k: Any, g: Any, self: Any, eps: float | None) -> Any:
    slope = 1.0 / (self * (1.0 - self))
    if eps is None:
        return g * k.where((self < 0.0) | (self > 1.0), math.nan, slope)
    return g * k.where((self < eps) | (self > 1.0 - eps), 0.0, slope)


@op("LogitBackward0", floats_only=True, self=_logit_gradient)
def logit_array(self: Array, eps: float | None) -> Array:
    """``log(x / (1 - x))``, the inverse of the sigmoid; ``eps`` clamps ``x`` to [eps, 1 - eps] first."""
    x = self if eps is None else np.clip(self, eps, 1 - eps)
    with np.errstate(all="ignore"):
        return np.log(x / (1 - x))


def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """``log(x / (1 - x))``, the inverse of the sigmoid; ``eps`` clamps ``x`` to [eps, 1 - eps] first."""
    return logit_array(input, eps)


def _sinc_gradient(k: Any, g: Any, self: Any) -> Any:
    angle = self * math.pi
    return g * k.where(self == 0, 0.0, (angle * k.cos(angle) - k.sin(angle)) / (k.where(self == 0, 1.0, self) * angle))


@op("SincBackward0", floats_only=True, self=_sinc_gradient)
def sinc(self: Array) -> Array:
    """``sin(pi x) / (pi x)``, 1 at 0."""
    angle = self * self.dtype.type(math.pi)
    return np.where(self == 0, self.dtype.type(1), np.sin(angle) / np.where(self == 0, self.dtype.type(1), angle))


@op("Deg2RadBackward0", floats_only=True, self=lambda k, g: g * (math.pi / 180.0))
def deg2rad(self: Array) -> Array:
    """Degrees as radians."""
    return self * self.dtype.type(math.pi / 180.0)


@op("Rad2DegBackward0", floats_only=True, self=lambda k, g: g * (180.0 / math.pi))
def rad2deg(self: Array) -> Array:
    """Radians as degrees."""
    return self * self.dtype.type(180.0 / math.pi)


@op(
    "LdexpBackward0",
    broadcast=True,
    floats_only=True,
    self=lambda k, g, other: g * k.exp2(other),
    other=lambda k, g, result: g * (result * math.log(2.0)),
)
def ldexp_tensor(self: Array, other: Array) -> Array:
    """``self * 2**other``."""
    return self * np.exp2(other)


def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """``input * 2**other``."""
    if not isinstance(other, Tensor):
        raise TypeError(f"ldexp(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
    return ldexp_tensor(input, other)
