"""The error function and its relatives on arrays, to the last digit or two of float64.

The rational approximations are those of Sun Microsystems' fdlibm (``s_erf.c``, 1993, free to use with its notice: "Developed at
SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is freely granted, provided
that this notice is preserved."), evaluated on whole arrays.
"""

from __future__ import annotations

import math

import numpy as np

from ..tensor import Array

# coefficients from the highest power down, as numpy.polyval takes them
_P = [-2.37630166566501626084e-05, -5.77027029648944159157e-03, -2.84817495755985104766e-02, -3.25042107247001499370e-01]
_P += [1.28379167095512558561e-01]
_Q = [-3.96022827877536812320e-06, 1.32494738004321644526e-04, 5.08130628187576562776e-03, 6.50222499887672944485e-02]
_Q += [3.97917223959155352819e-01, 1.0]
_ERF_OF_ONE = 8.45062911510467529297e-01
_PA = [-2.16637559486879084300e-03, 3.54783043256182359371e-02, -1.10894694282396677476e-01, 3.18346619901161753674e-01]
_PA += [-3.72207876035701323847e-01, 4.14856118683748331666e-01, -2.36211856075265944077e-03]
_QA = [1.19844998467991074170e-02, 1.36370839120290507362e-02, 1.26171219808761642112e-01, 7.18286544141962662868e-02]
_QA += [5.40397917702171048937e-01, 1.06420880400844228286e-01, 1.0]
_RA = [-9.81432934416914548592e00, -8.12874355063065934246e01, -1.84605092906711035994e02, -1.62396669462573470355e02]
_RA += [-6.23753324503260060396e01, -1.05586262253232909814e01, -6.93858572707181764372e-01, -9.86494403484714822705e-03]
_SA = [-6.04244152148580987438e-02, 6.57024977031928170135e00, 1.08635005541779435134e02, 4.29008140027567833386e02]
_SA += [6.45387271733267880336e02, 4.34565877475229228821e02, 1.37657754143519042600e02, 1.96512716674392571292e01, 1.0]
_RB = [-4.83519191608651397019e02, -1.02509513161107724954e03, -6.37566443368389627722e02, -1.60636384855821916062e02]
_RB += [-1.77579549177547519889e01, -7.99283237680523006574e-01, -9.86494292470009928597e-03]
_SB = [-2.24409524465858183362e01, 4.74528541206955367215e02, 2.55305040643316442583e03, 3.19985821950859553908e03]
_SB += [1.53672958608443695994e03, 3.25792512996573918826e02, 3.03380607434824582924e01, 1.0]

_UPPER_HALF = np.uint64(0xFFFFFFFF00000000)


def _ratio(numerator: list[float], denominator: list[float], x: Array) -> Array:
    return np.polyval(numerator, x) / np.polyval(denominator, x)


def _tail(x: Array) -> Array:
    """``erfc(x)`` for ``x >= 1.25``."""
    s = 1.0 / (x * x)
    exponent = np.where(x < 1 / 0.35, _ratio(_RA, _SA, s), _ratio(_RB, _SB, s))
    head = (x.view(np.uint64) & _UPPER_HALF).view(np.float64)  # its square is exact
    return np.exp(-head * head - 0.5625) * np.exp((head - x) * (head + x) + exponent) / x


def _erf_and_erfc(values: Array, complement: bool) -> Array:
    x = np.ascontiguousarray(values, np.float64).reshape(-1)
    size = np.abs(x)
    result = np.full_like(x, np.nan)
    near = size < 0.84375
    inside = x[near]
    correction = inside * _ratio(_P, _Q, inside * inside)
    if complement:
        result[near] = np.where(inside < 0.25, 1.0 - (inside + correction), 0.5 - (inside - 0.5 + correction))
    else:
        result[near] = inside + correction
    middle = ~near & (size < 1.25)
    part = _ratio(_PA, _QA, size[middle] - 1.0)
    positive = x[middle] > 0
    if complement:
        result[middle] = np.where(positive, 1.0 - _ERF_OF_ONE - part, 1.0 + (_ERF_OF_ONE + part))
    else:
        result[middle] = np.where(positive, 1.0, -1.0) * (_ERF_OF_ONE + part)
    far = (size >= 1.25) & (size < 28)
    rest = _tail(size[far])
    positive = x[far] > 0
    if complement:
        result[far] = np.where(positive, rest, 2.0 - rest)
    else:
        result[far] = np.where(positive, 1.0 - rest, rest - 1.0)
    limit = size >= 28
    result[limit] = 1.0 - np.sign(x[limit]) if complement else np.sign(x[limit])
    return result.reshape(np.shape(values))


def erf_of(values: Array) -> Array:
    """The error function, in float64."""
    return _erf_and_erfc(values, False)


def erfc_of(values: Array) -> Array:
    """One minus the error function, in float64, precise where that is tiny."""
    return _erf_and_erfc(values, True)


def erfinv_of(values: Array) -> Array:
    """The inverse of the error function, in float64: a rational approximation and two steps of Newton's method."""
    y = np.asarray(values, np.float64)
    z = y * y
    centre = y * np.polyval([-0.140543331, 0.914624893, -1.645349621, 0.886226899], z)
    centre /= np.polyval([0.012229801, -0.329097515, 1.442710462, -2.118377725, 1.0], z)
    z = np.sqrt(-np.log((1.0 - np.abs(y)) / 2.0))
    edge = np.copysign(np.polyval([1.641345311, 3.429567803, -1.624906493, -1.970840454], z), y)
    edge /= np.polyval([1.637067800, 3.543889200, 1.0], z)
    x = np.where(np.abs(y) <= 0.7, centre, edge)
    for _ in range(2):
        x = x - (erf_of(x) - y) / (2.0 / math.sqrt(math.pi) * np.exp(-x * x))
    return np.where(np.abs(y) == 1.0, np.copysign(np.inf, y), x)
