"""Bessel functions, entropy, and the normal distribution: i0, i0e, i1, i1e, entr, erfcx, ndtr, ndtri, log_ndtr, xlog1py."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..backends import ARRAYS, TENSORS
from ..calling import invalid_combination
from ..registry import op
from ..tensor import Array, Tensor
from .error_function import erfc_of
from .scalars import add_number, mul_number
from .unary import erf

_SQRT_HALF = math.sqrt(0.5)
_TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)

# Bessel's integrals are means over the circle; by symmetry over a quarter of it, at the middles of as many arcs
_ARCS = 64
_COSINES = np.cos((np.arange(_ARCS) + 0.5) * (math.pi / 2 / _ARCS))
_FAR = 30.0
"""From here on the asymptotic series is used."""


def _asymptotic(x: Array, order: int) -> Array:
    """``exp(-x) * I(x)`` for large ``x``."""
    total = term = np.ones_like(x)
    for k in range(1, 25):
        term = term * -(4.0 * order * order - (2 * k - 1) ** 2) / (k * 8.0 * x)
        total = total + term
    return total / np.sqrt(2.0 * math.pi * x)


def _scaled_bessel(values: Array, order: int) -> Array:
    """``exp(-|x|) * I(x)`` of order 0 or 1, in float64."""
    given = np.asarray(values, np.float64)
    x = np.abs(given)
    near = np.where(x < _FAR, x, 0.0)[..., None]
    decays = np.exp(near * (_COSINES - 1.0))
    if order == 0:
        inner = (decays * (1.0 + np.exp(-2.0 * near * _COSINES)) / 2.0).mean(-1)
    else:
        inner = (decays * -np.expm1(-2.0 * near * _COSINES) / 2.0 * _COSINES).mean(-1)
    result = np.where(x < _FAR, inner, _asymptotic(np.where(x < _FAR, _FAR, x), order))
    result = np.where(np.isnan(given), np.nan, result)
    return np.copysign(result, given) if order else result


def _bessel(values: Array, order: int) -> Array:
    return _scaled_bessel(values, order) * np.exp(np.abs(np.asarray(values, np.float64)))


@op("I0Backward0", floats_only=True, self=lambda k, g, self: g * k.i1(self))
def i0(self: Array) -> Array:
    """The modified Bessel function of order 0."""
    return _bessel(self, 0).astype(self.dtype)


@op("SpecialI0EBackward0", floats_only=True, self=lambda k, g, self, result: g * (k.i1e(self) - k.sign(self) * result))
def i0e(self: Array) -> Array:
    """``exp(-|x|) * i0(x)``."""
    return _scaled_bessel(self, 0).astype(self.dtype)


def _over(k: Any, numerator: Any, self: Any, at_zero: float) -> Any:
    """``numerator / self``, and ``at_zero`` where that is 0 / 0."""
    tiny = k.abs(self) < np.finfo(np.float64).eps
    return k.where(tiny, at_zero, numerator / k.where(tiny, 1.0, self))


@op("SpecialI1Backward0", floats_only=True, self=lambda k, g, self, result: g * (k.i0(self) - _over(k, result, self, 0.5)))
def i1(self: Array) -> Array:
    """The modified Bessel function of order 1."""
    return _bessel(self, 1).astype(self.dtype)


@op(
    "SpecialI1EBackward0",
    floats_only=True,
    self=lambda k, g, self, result: g * (k.i0e(self) - k.sign(self) * result - _over(k, result, self, 0.5)),
)
def i1e(self: Array) -> Array:
    """``exp(-|x|) * i1(x)``."""
    return _scaled_bessel(self, 1).astype(self.dtype)


@op("SpecialEntrBackward0", floats_only=True, self=lambda k, g, self: g * -(k.log(self) + 1.0))
def entr(self: Array) -> Array:
    """``-x * log(x)``: 0 at 0, minus infinity below."""
    inside = -self * np.log(np.where(self > 0, self, self.dtype.type(1)))
    return np.where(np.isnan(self), self, np.where(self > 0, inside, np.where(self == 0, 0.0, -np.inf))).astype(self.dtype)


def _erfcx_of(values: Array) -> Array:
    x = np.asarray(values, np.float64)
    size = np.abs(x)
    near = np.where(size < 20, size, 0.0)
    middle = np.exp(near * near) * erfc_of(near)
    far = np.where(size < 20, 20.0, size)
    total = term = np.ones_like(far)
    for k in range(1, 12):
        term = term * -(2 * k - 1) / (2.0 * far * far)
        total = total + term
    positive = np.where(size < 20, middle, total / (far * math.sqrt(math.pi)))
    return np.where(np.isnan(x), np.nan, np.where(x < 0, 2.0 * np.exp(x * x) - positive, positive))


@op("SpecialErfcxBackward0", floats_only=True, self=lambda k, g, self, result: g * (2.0 * self * result - _TWO_OVER_SQRT_PI))
def erfcx(self: Array) -> Array:
    """``exp(x * x) * erfc(x)``."""
    return _erfcx_of(self).astype(self.dtype)


def ndtr(input: Tensor) -> Tensor:
    """The area below the normal distribution up to ``input``."""
    return mul_number(add_number(erf(mul_number(input, _SQRT_HALF)), 1.0), 0.5)


@op(
    "SpecialLogNdtrBackward0",
    floats_only=True,
    self=lambda k, g, self: g / k.erfcx(self * -_SQRT_HALF) * math.sqrt(2.0 / math.pi),
)
def log_ndtr(self: Array) -> Array:
    """The logarithm of :func:`ndtr`, precise where that is tiny."""
    scaled = np.asarray(self, np.float64) * _SQRT_HALF
    low = scaled < -_SQRT_HALF
    tail = np.log(_erfcx_of(np.where(low, -scaled, 0.0)) / 2.0) - scaled * scaled
    return np.where(low, tail, np.log1p(-erfc_of(scaled) / 2.0)).astype(self.dtype)


# the numerators and denominators of P. J. Acklam's approximation, from the highest power down
_CENTRE = [-3.969683028665376e01, 2.209460984245205e02, -2.759285104469687e02, 1.383577518672690e02, -3.066479806614716e01]
_CENTRE += [2.506628277459239e00]
_CENTRE_BELOW = [-5.447609879822406e01, 1.615858368580409e02, -1.556989798598866e02, 6.680131188771972e01, -1.328068155288572e01]
_CENTRE_BELOW += [1.0]
_EDGE = [-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e00, -2.549732539343734e00, 4.374664141464968e00]
_EDGE += [2.938163982698783e00]
_EDGE_BELOW = [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e00, 3.754408661907416e00, 1.0]


def _ndtri_of(values: Array) -> Array:
    """The inverse of the normal distribution: a rational approximation, then two steps of Halley's method."""
    given = np.asarray(values, np.float64)
    p = np.where(given > 0.5, 1.0 - given, given)  # the lower half, where small areas are precise
    p = np.where((p > 0) & (p <= 0.5), p, 0.25)
    centred = p - 0.5
    square = centred * centred
    centre = centred * np.polyval(_CENTRE, square) / np.polyval(_CENTRE_BELOW, square)
    distance = np.sqrt(-2.0 * np.log(p))
    x = np.where(p < 0.02425, np.polyval(_EDGE, distance) / np.polyval(_EDGE_BELOW, distance), centre)
    for _ in range(2):
        error = (0.5 * erfc_of(-x * _SQRT_HALF) - p) * math.sqrt(2.0 * math.pi) * np.exp(x * x / 2.0)
        x = x - error / (1.0 + x * error / 2.0)
    x = np.where(given > 0.5, -x, x)
    x = np.where(given == 0, -np.inf, np.where(given == 1, np.inf, np.where(given == 0.5, 0.0, x)))
    return np.where((given >= 0) & (given <= 1), x, np.nan)


@op(
    "SpecialNdtriBackward0",
    floats_only=True,
    self=lambda k, g, result: g * math.sqrt(2.0 * math.pi) * k.exp(result * result / 2.0),
)
def ndtri(self: Array) -> Array:
    """The inverse of :func:`ndtr`."""
    return _ndtri_of(self).astype(self.dtype)


@op(
    "SpecialXlog1PyBackward0",
    broadcast=True,
    floats_only=True,
    self=lambda k, g, self, other: g * k.where((self == 0) & (other <= -1), 0.0, k.log1p(other)),
    other=lambda k, g, self, other: g * (self / (other + 1.0)),
)
def xlog1py_tensors(self: Array, other: Array) -> Array:
    """``self * log1p(other)``; 0 where ``self`` is 0."""
    return np.where((self == 0) & ~np.isnan(other), self.dtype.type(0), self * np.log1p(other))


@op("SpecialXlog1PyBackward1", floats_only=True, other=lambda k, g, other, self: g * (self / (other + 1.0)))
def xlog1py_of_number(other: Array, self: float) -> Array:
    """:func:`xlog1py` of a number and a tensor."""
    return ARRAYS.xlog1py_tensors(np.full_like(other, self), other)


@op(
    "SpecialXlog1PyBackward2",
    floats_only=True,
    self=lambda k, g, self, other: g * k.where((self == 0) & (other <= -1), 0.0, float(np.log1p(other))),
)
def xlog1py_by_number(self: Array, other: float) -> Array:
    """:func:`xlog1py` of a tensor and a number."""
    return ARRAYS.xlog1py_tensors(self, np.full_like(self, other))


def xlog1py(input: Any, other: Any) -> Tensor:
    """``input * log1p(other)``, one of which may be a number; 0 where ``input`` is 0."""
    if isinstance(input, Tensor) and isinstance(other, Tensor):
        return TENSORS.xlog1py_tensors(input, other)
    if isinstance(input, Tensor):
        return xlog1py_by_number(input, float(other))
    if isinstance(other, Tensor):
        return xlog1py_of_number(other, float(input))
    raise invalid_combination("special_xlog1py", (input, other), {})
