"""Functions of one tensor, element by element: exp, log, sin, tanh, abs, clamp, round, …"""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

import math
from types import NoneType
from typing import Any

import numpy as np

from ..backends import TENSORS
from ..dtypes import from_numpy_dtype, result_type
from ..registry import op
from ..tensor import Array, Tensor
from .error_function import erf_of, erfc_of, erfinv_of

_TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)

FLOAT32 = np.dtype(np.float32)
SMALL = 1000
"""Up to so many elements float32 is computed in float64 and rounded: nearer to the truth, and to what PyTorch prints."""


def _precise(ufunc: np.ufunc) -> Any:
    """The kernel of a transcendental function."""

    def kernel(self: Array) -> Array:
        if self.dtype is FLOAT32 and self.size < SMALL:
            return ufunc(self, dtype=np.float64).astype(np.float32)
        return ufunc(self)

    kernel.__name__ = ufunc.__name__
    kernel.__doc__ = f"``{ufunc.__name__}(self)``."
    return kernel


@op("NegBackward0", self=lambda k, g: -g)
def neg(self: Array) -> Array:
    """``-self``."""
    try:
        return np.negative(self)
    except TypeError:
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
            "`logical_not()` operator instead."
        ) from None


exp = op("ExpBackward0", name="exp", floats_only=True, self=lambda k, g, result: g * result)(_precise(np.exp))
exp2 = op("Exp2Backward0", name="exp2", floats_only=True, self=lambda k, g, result: g * (result * math.log(2.0)))(np.exp2)
expm1 = op("Expm1Backward0", name="expm1", floats_only=True, self=lambda k, g, result: g * (result + 1.0))(np.expm1)
log = op("LogBackward0", name="log", floats_only=True, self=lambda k, g, self: g / self)(_precise(np.log))
log2 = op("Log2Backward0", name="log2", floats_only=True, self=lambda k, g, self: g / (self * math.log(2.0)))(np.log2)
log10 = op("Log10Backward0", name="log10", floats_only=True, self=lambda k, g, self: g / (self * math.log(10.0)))(np.log10)
log1p = op("Log1PBackward0", name="log1p", floats_only=True, self=lambda k, g, self: g / (self + 1.0))(np.log1p)
sqrt = op("SqrtBackward0", name="sqrt", floats_only=True, self=lambda k, g, result: g / (2.0 * result))(np.sqrt)
sin = op("SinBackward0", name="sin", floats_only=True, self=lambda k, g, self: g * k.cos(self))(_precise(np.sin))
cos = op("CosBackward0", name="cos", floats_only=True, self=lambda k, g, self: g * -k.sin(self))(_precise(np.cos))
tan = op("TanBackward0", name="tan", floats_only=True, self=lambda k, g, result: g * (1.0 + result * result))(np.tan)
asin = op("AsinBackward0", name="asin", floats_only=True, self=lambda k, g, self: g * k.rsqrt(1.0 - self * self))(np.arcsin)
acos = op("AcosBackward0", name="acos", floats_only=True, self=lambda k, g, self: g * -k.rsqrt(1.0 - self * self))(np.arccos)
atan = op("AtanBackward0", name="atan", floats_only=True, self=lambda k, g, self: g / (self * self + 1.0))(np.arctan)
sinh = op("SinhBackward0", name="sinh", floats_only=True, self=lambda k, g, self: g * k.cosh(self))(np.sinh)
cosh = op("CoshBackward0", name="cosh", floats_only=True, self=lambda k, g, self: g * k.sinh(self))(np.cosh)
tanh = op("TanhBackward0", name="tanh", floats_only=True, self=lambda k, g, result: g * (1.0 - result * result))(_precise(np.tanh))
asinh = op("AsinhBackward0", name="asinh", floats_only=True, self=lambda k, g, self: g * k.rsqrt(self * self + 1.0))(np.arcsinh)
acosh = op("AcoshBackward0", name="acosh", floats_only=True, self=lambda k, g, self: g * k.rsqrt(self * self - 1.0))(np.arccosh)
atanh = op("AtanhBackward0", name="atanh", floats_only=True, self=lambda k, g, self: g / (1.0 - self * self))(np.arctanh)
floor = op("FloorBackward0", name="floor", self=lambda k, g: k.zeros_like(g))(np.floor)
ceil = op("CeilBackward0", name="ceil", self=lambda k, g: k.zeros_like(g))(np.ceil)
trunc = op("TruncBackward0", name="trunc", self=lambda k, g: k.zeros_like(g))(np.trunc)


@op("SignBackward0", self=lambda k, g: k.zeros_like(g))
def sign(self: Array) -> Array:
    """-1, 0 or 1."""
    return self.copy() if self.dtype.kind == "b" else np.sign(self)


@op("SgnBackward0", self=lambda k, g: k.zeros_like(g))
def sgn(self: Array) -> Array:
    """-1, 0 or 1."""
    return self.copy() if self.dtype.kind == "b" else np.sign(self)


@op("AbsBackward0", self=lambda k, g, self: g * k.sign(self))
def abs(self: Array) -> Array:
    """The absolute value."""
    if self.dtype.kind == "b":
        raise NotImplementedError("\"abs_cpu\" not implemented for 'Bool'")
    return np.abs(self)


def _refusal(name: str) -> Any:
    def refuse(k: Any, g: Any) -> Any:
        raise NotImplementedError(f"the derivative for 'inplace version of {name}' is not implemented.")

    return refuse


asinh_in_place = op("AsinhBackward1", name="asinh_in_place", floats_only=True, self=_refusal("asinh"))(np.arcsinh)
acosh_in_place = op("AcoshBackward1", name="acosh_in_place", floats_only=True, self=_refusal("acosh"))(np.arccosh)
atanh_in_place = op("AtanhBackward1", name="atanh_in_place", floats_only=True, self=_refusal("atanh"))(np.arctanh)


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


@op("ErfBackward0", floats_only=True, self=lambda k, g, self: g * (_TWO_OVER_SQRT_PI * k.exp(-(self * self))))
def erf(self: Array) -> Array:
    """The error function."""
    return erf_of(self).astype(self.dtype, copy=False)


@op("ErfcBackward0", floats_only=True, self=lambda k, g, self: g * (-_TWO_OVER_SQRT_PI * k.exp(-(self * self))))
def erfc(self: Array) -> Array:
    """One minus the error function."""
    return erfc_of(self).astype(self.dtype, copy=False)


@op("ErfinvBackward0", floats_only=True, self=lambda k, g, result: g * (0.5 * math.sqrt(math.pi) * k.exp(result * result)))
def erfinv(self: Array) -> Array:
    """The inverse of the error function."""
    return erfinv_of(self).astype(self.dtype, copy=False)


@op("FracBackward0", self=lambda k, g: g)
def frac(self: Array) -> Array:
    """The fractional part, with the sign of ``self``."""
    if self.dtype.kind != "f":
        raise NotImplementedError(f"\"frac_cpu\" not implemented for '{from_numpy_dtype(self.dtype).cpp_name}'")
    return self - np.trunc(self)


@op("RoundBackward0", self=lambda k, g: k.zeros_like(g))
def round_to_integer(self: Array) -> Array:
    """The nearest integer; halves go to the even one."""
    return np.rint(self) if self.dtype.kind == "f" else self.copy()


@op("RoundBackward1", self=lambda k, g: k.zeros_like(g))
def round_to_decimals(self: Array, decimals: int) -> Array:
    """Rounded to so many decimal places."""
    if self.dtype.kind != "f":
        raise NotImplementedError(f"\"round_cpu\" not implemented for '{from_numpy_dtype(self.dtype).cpp_name}'")
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


@op(
    "ClampMinBackward1",
    broadcast=True,
    self=lambda k, g, self, min: k.masked(g, self >= min),
    min=lambda k, g, self, min: k.masked(g, self < min),
)
def clamp_min_tensor(self: Array, min: Array) -> Array:
    """At least ``min``, which broadcasts."""
    return np.maximum(self, min)


@op(
    "ClampMaxBackward1",
    broadcast=True,
    self=lambda k, g, self, max: k.masked(g, self <= max),
    max=lambda k, g, self, max: k.masked(g, self > max),
)
def clamp_max_tensor(self: Array, max: Array) -> Array:
    """At most ``max``, which broadcasts."""
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
    for bound in (min, max):
        if not isinstance(bound, (bool, int, float, np.generic, NoneType)):
            raise TypeError(
                f"clamp() received an invalid combination of arguments - got ({type(bound).__name__}), but expected one of:"
            )
    return clamp_scalar(as_bounded(input, min, max), min, max)


def as_bounded(input: Tensor, *bounds: float | None) -> Tensor:
    """``input`` in the dtype it has together with the bounds."""
    return TENSORS.cast(input, result_type(input._array, *[bound for bound in bounds if bound is not None]))


def clamp_min_any(input: Tensor, min: Any) -> Tensor:
    """At least ``min``, a number or a tensor."""
    return clamp_min_tensor(input, min) if isinstance(min, Tensor) else clamp_min(as_bounded(input, min), min)


def clamp_max_any(input: Tensor, max: Any) -> Tensor:
    """At most ``max``, a number or a tensor."""
    return clamp_max_tensor(input, max) if isinstance(max, Tensor) else clamp_max(as_bounded(input, max), max)


def round(input: Tensor, *, decimals: int | None = None) -> Tensor:
    """The nearest integer, or rounded to so many decimals."""
    return round_to_integer(input) if decimals is None else round_to_decimals(input, decimals)


def nan_to_num(input: Tensor, nan: float | None = None, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """NaN (by default 0) and infinities (by default the largest numbers) replaced."""
    return nan_to_num_filled(input, nan, posinf, neginf)


def positive(input: Tensor) -> Tensor:
    """``+input``: the tensor itself."""
    if input._array.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input
