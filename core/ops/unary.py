"""Functions of one tensor, element by element: exp, log, sin, tanh, abs, clamp, round, …"""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..registry import op
from ..tensor import Array, Tensor

_TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)

neg = op("NegBackward0", name="neg", self=lambda k, g: -g)(np.negative)
exp = op("ExpBackward0", name="exp", floats_only=True, self=lambda k, g, result: g * result)(np.exp)
exp2 = op("Exp2Backward0", name="exp2", floats_only=True, self=lambda k, g, result: g * (result * math.log(2.0)))(np.exp2)
expm1 = op("Expm1Backward0", name="expm1", floats_only=True, self=lambda k, g, result: g * (result + 1.0))(np.expm1)
log = op("LogBackward0", name="log", floats_only=True, self=lambda k, g, self: g / self)(np.log)
log2 = op("Log2Backward0", name="log2", floats_only=True, self=lambda k, g, self: g / (self * math.log(2.0)))(np.log2)
log10 = op("Log10Backward0", name="log10", floats_only=True, self=lambda k, g, self: g / (self * math.log(10.0)))(np.log10)
log1p = op("Log1PBackward0", name="log1p", floats_only=True, self=lambda k, g, self: g / (self + 1.0))(np.log1p)
sqrt = op("SqrtBackward0", name="sqrt", floats_only=True, self=lambda k, g, result: g / (2.0 * result))(np.sqrt)
sin = op("SinBackward0", name="sin", floats_only=True, self=lambda k, g, self: g * k.cos(self))(np.sin)
cos = op("CosBackward0", name="cos", floats_only=True, self=lambda k, g, self: g * -k.sin(self))(np.cos)
tan = op("TanBackward0", name="tan", floats_only=True, self=lambda k, g, result: g * (1.0 + result * result))(np.tan)
asin = op("AsinBackward0", name="asin", floats_only=True, self=lambda k, g, self: g * k.rsqrt(1.0 - self * self))(np.arcsin)
acos = op("AcosBackward0", name="acos", floats_only=True, self=lambda k, g, self: g * -k.rsqrt(1.0 - self * self))(np.arccos)
atan = op("AtanBackward0", name="atan", floats_only=True, self=lambda k, g, self: g / (self * self + 1.0))(np.arctan)
sinh = op("SinhBackward0", name="sinh", floats_only=True, self=lambda k, g, self: g * k.cosh(self))(np.sinh)
cosh = op("CoshBackward0", name="cosh", floats_only=True, self=lambda k, g, self: g * k.sinh(self))(np.cosh)
tanh = op("TanhBackward0", name="tanh", floats_only=True, self=lambda k, g, result: g * (1.0 - result * result))(np.tanh)
asinh = op("AsinhBackward0", name="asinh", floats_only=True, self=lambda k, g, self: g * k.rsqrt(self * self + 1.0))(np.arcsinh)
acosh = op("AcoshBackward0", name="acosh", floats_only=True, self=lambda k, g, self: g * k.rsqrt(self * self - 1.0))(np.arccosh)
atanh = op("AtanhBackward0", name="atanh", floats_only=True, self=lambda k, g, self: g / (1.0 - self * self))(np.arctanh)
sign = op("SignBackward0", name="sign", self=lambda k, g: k.zeros_like(g))(np.sign)
floor = op("FloorBackward0", name="floor", self=lambda k, g: k.zeros_like(g))(np.floor)
ceil = op("CeilBackward0", name="ceil", self=lambda k, g: k.zeros_like(g))(np.ceil)
trunc = op("TruncBackward0", name="trunc", self=lambda k, g: k.zeros_like(g))(np.trunc)
abs = op("AbsBackward0", name="abs", self=lambda k, g, self: g * k.sign(self))(np.abs)


@op("RsqrtBackward0", floats_only=True, self=lambda k, g, result: g * (-0.5 * (result * result * result)))
def rsqrt(self: Array) -> Array:
    """``1 / sqrt(self)``."""
    return 1 / np.sqrt(self)


@op("ReciprocalBackward0", floats_only=True, self=lambda k, g, result: -g * (result * result))
def reciprocal(self: Array) -> Array:
    """``1 / self``."""
    return 1 / self


@op("SigmoidBackward0", floats_only=True, self=lambda k, g, result: g * (result * (1.0 - result)))
def sigmoid(self: Array) -> Array:
    """``1 / (1 + exp(-self))``."""
    return 1 / (1 + np.exp(-self))


_erf_of_each = np.frompyfunc(math.erf, 1, 1)
_erfc_of_each = np.frompyfunc(math.erfc, 1, 1)


@op("ErfBackward0", floats_only=True, self=lambda k, g, self: g * (_TWO_OVER_SQRT_PI * k.exp(-(self * self))))
def erf(self: Array) -> Array:
    """The error function."""
    return np.asarray(_erf_of_each(self), self.dtype)


@op("ErfcBackward0", floats_only=True, self=lambda k, g, self: g * (-_TWO_OVER_SQRT_PI * k.exp(-(self * self))))
def erfc(self: Array) -> Array:
    """One minus the error function."""
    return np.asarray(_erfc_of_each(self), self.dtype)


@op("FracBackward0", self=lambda k, g: g)
def frac(self: Array) -> Array:
    """The fractional part, with the sign of ``self``."""
    return self - np.trunc(self)


@op("RoundBackward0", self=lambda k, g: k.zeros_like(g))
def round_to_integer(self: Array) -> Array:
    """The nearest integer; halves go to the even one."""
    return np.rint(self) if self.dtype.kind == "f" else self.copy()


@op("RoundBackward1", self=lambda k, g: k.zeros_like(g))
def round_to_decimals(self: Array, decimals: int) -> Array:
    """Rounded to so many decimal places."""
    return np.round(self, decimals)


@op("NanToNumBackward0", self=lambda k, g, self: k.masked(g, k.isfinite(self)))
def nan_to_num_filled(self: Array, nan: float | None, posinf: float | None, neginf: float | None) -> Array:
    """NaN and infinities replaced."""
    return np.nan_to_num(self, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf)


def _inside(k: Any, g: Any, self: Any, min: float | None, max: float | None) -> Any:
    """The gradient where ``self`` is within the bounds, edges included."""
    if min is None:
        return k.masked(g, self <= max)
    if max is None:
        return k.masked(g, self >= min)
    return k.masked(g, (self >= min) & (self <= max))


@op("ClampBackward1", self=_inside)
def clamp_scalar(self: Array, min: float | None, max: float | None) -> Array:
    """Limited to [min, max]."""
    return np.clip(self, min, max)


@op("ClampMinBackward0", self=lambda k, g, self, min: k.masked(g, self >= min))
def clamp_min(self: Array, min: float) -> Array:
    """At least ``min``."""
    return np.maximum(self, min)


@op("ClampMaxBackward0", self=lambda k, g, self, max: k.masked(g, self <= max))
def clamp_max(self: Array, max: float) -> Array:
    """At most ``max``."""
    return np.minimum(self, max)


def _inside_tensor(k: Any, g: Any, self: Any, min: Any, max: Any) -> Any:
    inside = self == self if min is None else self >= min
    return k.masked(g, inside if max is None else inside & (self <= max))


@op(
    "ClampBackward0",
    broadcast=True,
    self=_inside_tensor,
    min=lambda k, g, self, min, max: k.masked(g, (self < min) if max is None else (self < min) & (min < max)),
    max=lambda k, g, self, min, max: k.masked(g, (self > max) if min is None else (self > max) | (max < min)),
)
def clamp_tensor(self: Array, min: Array | None, max: Array | None) -> Array:
    """Limited to [min, max], bounds that broadcast."""
    result = self if min is None else np.maximum(self, min)
    return result if max is None else np.minimum(result, max)


def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """Limited to [min, max]; either may be missing, and either may be a tensor."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        return clamp_tensor(input, min, max)
    return clamp_scalar(input, min, max)


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """The nearest integer, or rounded to so many decimals."""
    return round_to_integer(input) if decimals == 0 else round_to_decimals(input, decimals)


def nan_to_num(input: Tensor, nan: float | None = None, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """NaN (by default 0) and infinities (by default the largest numbers) replaced."""
    return nan_to_num_filled(input, nan, posinf, neginf)


def positive(input: Tensor) -> Tensor:
    """``+input``: the tensor itself."""
    return input
