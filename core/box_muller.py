"""The Box-Muller transform in single precision, rounded exactly as PyTorch's vectorised CPU kernel rounds it.

PyTorch fills float32 tensors of 16 and more elements with a kernel built on the Cephes polynomials for ``log``, ``sin`` and ``cos``
(single precision, Stephen L. Moshier), compiled with fused multiply-add. The same polynomials are evaluated here in the same order
and rounded at the same places, so that a seed gives the same bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]

_LOG_POLYNOMIAL = (
    7.0376836292e-2,
    -1.1514610310e-1,
    1.1676998740e-1,
    -1.2420140846e-1,
    1.4249322787e-1,
    -1.6668057665e-1,
    2.0000714765e-1,
    -2.4999993993e-1,
    3.3333331174e-1,
)
_LN2_LOW, _LN2_HIGH = np.float32(-2.12194440e-4), np.float32(0.693359375)
_SQRT_HALF = np.float32(0.707106781186547524)
_QUARTER_PI_PARTS = (-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8)  # their sum is -pi/4
_COS_POLYNOMIAL = (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
_SIN_POLYNOMIAL = (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
_MANTISSA, _HALF_EXPONENT = 0x007FFFFF, 0x3F000000
_HALF, _ONE = np.float32(0.5), np.float32(1)


def fused(a: Float32Array, b: Any, c: Any) -> Float32Array:
    """``a * b + c`` rounded once: the product of two float32 is exact in float64."""
    return (a.astype(np.float64) * np.asarray(b, np.float64) + np.asarray(c, np.float64)).astype(np.float32)


def _polynomial(coefficients: tuple[float, ...], x: Float32Array) -> Float32Array:
    """Horner's scheme with fused steps, coefficient of the highest power first."""
    result = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        result = fused(result, x, np.float32(coefficient))
    return result


def _log(x: Float32Array) -> Float32Array:
    """Natural logarithm of positive float32 numbers: split off the exponent, then a polynomial around 1."""
    bits = x.view(np.int32)
    exponent = ((bits >> 23) - 126).astype(np.float32)
    mantissa = ((bits & _MANTISSA) | _HALF_EXPONENT).view(np.float32)  # in [0.5, 1)
    small = mantissa < _SQRT_HALF
    exponent = exponent - small
    mantissa = np.where(small, mantissa + (mantissa - _ONE), mantissa - _ONE).astype(np.float32)
    square = mantissa * mantissa
    correction = fused(_polynomial(_LOG_POLYNOMIAL, mantissa) * mantissa, square, exponent * _LN2_LOW)
    correction = fused(square, -_HALF, correction)
    return fused(exponent, _LN2_HIGH, mantissa + correction)


def _sin_cos(x: Float32Array) -> tuple[Float32Array, Float32Array]:
    """Sine and cosine of non-negative float32 numbers: reduce to an octant, two polynomials, put the signs back."""
    octant = (x * np.float32(4 / np.pi)).astype(np.int32)
    octant = (octant + 1) & ~1
    octants = octant.astype(np.float32)
    for part in _QUARTER_PI_PARTS:
        x = fused(octants, np.float32(part), x)
    square = x * x
    cosine = fused(_polynomial(_COS_POLYNOMIAL, square) * square, square, -(square * _HALF)) + _ONE
    sine = fused(_polynomial(_SIN_POLYNOMIAL, square) * square, x, x)
    swapped = (octant & 2) != 0
    sine, cosine = np.where(swapped, cosine, sine), np.where(swapped, sine, cosine)
    sine_negative = (octant & 4) != 0
    cosine_negative = ((octant - 2) & 4) == 0
    return np.where(sine_negative, -sine, sine), np.where(cosine_negative, -cosine, cosine)


def box_muller_float32(uniform: Float32Array, mean: float, std: float) -> Float32Array:
    """Turn uniform numbers in [0, 1) of shape (blocks, 16) into normal ones: columns j and j + 8 make a pair."""
    radius = np.sqrt(np.float32(-2) * _log(_ONE - uniform[:, :8]))
    sine, cosine = _sin_cos(np.float32(2 * np.pi) * uniform[:, 8:])
    normal = np.concatenate([radius * cosine, radius * sine], axis=1)
    return fused(normal, np.float32(std), np.float32(mean))


def box_muller_float64(uniform: NDArray[np.float64], mean: float, std: float) -> NDArray[np.float64]:
    """As :func:`box_muller_float32`, in double precision, where PyTorch uses the C library's functions."""
    radius = np.sqrt(-2 * np.log(1 - uniform[:, :8]))
    angle = 2 * np.pi * uniform[:, 8:]
    normal = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return normal * std + mean
