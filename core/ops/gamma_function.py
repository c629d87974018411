"""The gamma function's relatives on arrays, in float64: logarithm, polygamma functions, zeta, incomplete gamma functions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..tensor import Array

# B(2k) / (2k) for k = 1 ... 8: the asymptotic series of the digamma function
_DIGAMMA_SERIES = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160]

# B(2k) / (2k)! for k = 1 ... 10: Euler and Maclaurin's correction of a sum that is cut off
_BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330]
_CORRECTIONS = [number / math.factorial(2 * k + 2) for k, number in enumerate(_BERNOULLI)]

_TERMS = 12
_EPSILON = float(np.finfo(np.float64).eps)
_TINY = 1e-300


def _log_gamma(x: float) -> float:
    if math.isinf(x) or (x <= 0 and x == math.floor(x)):
        return math.inf
    try:
        return math.lgamma(x)
    except OverflowError:
        return math.inf


_log_gammas = np.frompyfunc(_log_gamma, 1, 1)


def lgamma_of(values: Array) -> Array:
    """The logarithm of the size of the gamma function; infinite at 0 and the negative integers."""
    return np.asarray(_log_gammas(np.asarray(values, np.float64)), np.float64)


def digamma_of(values: Array) -> Array:
    """The derivative of ``log(gamma(x))``: infinite at 0, NaN at the negative integers."""
    given = np.asarray(values, np.float64)
    reflected = given < 0
    x = np.where(reflected, 1.0 - given, given)
    shift = np.zeros_like(x)
    for _ in range(10):
        low = x < 10
        shift -= np.where(low, 1.0 / np.where(low, x, 1.0), 0.0)
        x = np.where(low, x + 1.0, x)
    inverse_square = 1.0 / (x * x)
    series = inverse_square * np.polyval(_DIGAMMA_SERIES[::-1], inverse_square)
    result = shift + np.log(x) - 0.5 / x - series
    result = np.where(reflected, result - math.pi / np.tan(math.pi * np.modf(given)[0]), result)
    result = np.where(reflected & (given == np.floor(given)), np.nan, result)
    return np.asarray(np.where(given == 0, np.copysign(np.inf, -given), result))


def zeta_of(exponents: Array, shifts: Array) -> Array:
    """Hurwitz's zeta function, the sum of ``(shift + n) ** -exponent`` for n = 0, 1, 2, ...; NaN for exponents below 1."""
    x, q = np.broadcast_arrays(np.asarray(exponents, np.float64), np.asarray(shifts, np.float64))
    result = np.zeros(x.shape)
    base = q.copy()
    for _ in range(_TERMS):
        result = result + np.power(base, -x)
        base = base + 1.0
    while base.size and np.min(np.where(np.isfinite(base), base, np.inf)) < _TERMS:  # negative shifts have more terms near zero
        low = base < _TERMS
        result = np.where(low, result + np.power(base, -x), result)
        base = np.where(low, base + 1.0, base)
    rest = np.power(base, -x)
    result = result + rest * base / (x - 1.0) + 0.5 * rest
    factor = x * rest / base
    for k, correction in enumerate(_CORRECTIONS):
        result = result + correction * factor
        factor = factor * (x + 2 * k + 1) * (x + 2 * k + 2) / (base * base)
    result = np.where(np.isinf(q) & (q > 0), 0.0, result)
    pole = (q <= 0) & (q == np.floor(q))
    undefined = (x < 1) | ((q <= 0) & ~pole & (x != np.floor(x))) | np.isnan(q) | np.isnan(x)
    return np.where(undefined, np.nan, np.where((x == 1) | pole, np.inf, result))


def trigamma_of(values: Array) -> Array:
    """The second derivative of ``log(gamma(x))``."""
    given = np.asarray(values, np.float64)
    reflected = given < 0.5
    result = zeta_of(np.asarray(2.0), np.where(reflected, 1.0 - given, given))
    sine = np.sin(math.pi * given)
    return np.where(reflected, (math.pi / np.where(sine == 0, _TINY, sine)) ** 2 - result, result)


def polygamma_of(order: int, values: Array) -> Array:
    """The derivative of the digamma function of this order."""
    if order == 0:
        return digamma_of(values)
    if order == 1:
        return trigamma_of(values)
    sign = 1.0 if order % 2 else -1.0
    return sign * math.exp(math.lgamma(order + 1.0)) * zeta_of(np.asarray(order + 1.0), values)


def _lower_series(a: Array, x: Array, front: Array) -> Array:
    """P(a, x) as a power series: for ``x`` below ``a + 1``."""
    term = 1.0 / a
    total = term.copy()
    n = a.copy()
    for _ in range(2000):
        n = n + 1.0
        term = term * x / n
        total = total + term
        if np.all(np.abs(term) <= np.abs(total) * _EPSILON):
            break
    return front * total


def _upper_fraction(a: Array, x: Array, front: Array) -> Array:
    """Q(a, x) as a continued fraction (by Lentz's method): for ``x`` above ``a + 1``."""
    b = x + 1.0 - a
    c = np.full_like(x, 1.0 / _TINY)
    d = 1.0 / np.where(b == 0, _TINY, b)
    h = d.copy()
    for i in range(1, 2000):
        an = -i * (i - a)
        b = b + 2.0
        d = an * d + b
        d = 1.0 / np.where(np.abs(d) < _TINY, _TINY, d)
        c = b + an / c
        c = np.where(np.abs(c) < _TINY, _TINY, c)
        step = d * c
        h = h * step
        if np.all(np.abs(step - 1.0) <= _EPSILON):
            break
    return front * h


def _incomplete(first: Array, second: Array, lower: bool) -> Array:
    a, x = (np.array(one, np.float64) for one in np.broadcast_arrays(first, second))
    result = np.full(a.shape, np.nan)
    usual = (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    front = np.exp(a[usual] * np.log(x[usual]) - x[usual] - lgamma_of(a[usual]))
    small = x[usual] < a[usual] + 1.0
    parts = np.empty(front.shape)
    branches: list[tuple[Array, Callable[[Array, Array, Array], Array], bool]] = [
        (small, _lower_series, True),
        (~small, _upper_fraction, False),
    ]
    for chosen, formula, is_lower in branches:
        values = formula(a[usual][chosen], x[usual][chosen], front[chosen])
        parts[chosen] = values if lower == is_lower else 1.0 - values
    result[usual] = parts
    nothing, everything = (0.0, 1.0) if lower else (1.0, 0.0)
    valid = (a >= 0) & (x >= 0)
    result[valid & (x == 0) & (a > 0)] = nothing
    result[valid & (a == 0) & (x > 0)] = everything
    result[valid & np.isinf(a) & np.isfinite(x)] = nothing
    result[valid & np.isinf(x) & np.isfinite(a)] = everything
    return result


def igamma_of(a: Array, x: Array) -> Array:
    """The regularised lower incomplete gamma function P(a, x)."""
    return _incomplete(a, x, True)


def igammac_of(a: Array, x: Array) -> Array:
    """The regularised upper incomplete gamma function Q(a, x)."""
    return _incomplete(a, x, False)
