"""Arithmetic on two broadcasting operands: add, sub, mul, div, pow, remainder, …; see also :mod:`.elementwise`."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import errors
from ..backends import TENSORS
from ..dtypes import result_type
from ..registry import op
from ..tensor import Array, Tensor, from_array

# ---------------------------------------------------------------------------------------------------------- primitives
add = op("AddBackward0", name="add", broadcast=True, self=lambda k, g: g, other=lambda k, g: g)(np.add)


@op("AddBackward0", broadcast=True, self=lambda k, g: g, other=lambda k, g, alpha: g * alpha)
def add_scaled(self: Array, other: Array, alpha: float) -> Array:
    """``self + alpha * other``."""
    return self + alpha * other


@op("SubBackward0", broadcast=True, self=lambda k, g: g, other=lambda k, g: -g)
def sub(self: Array, other: Any) -> Array:
    """``self - other``; bools are refused where the operands are brought to one dtype."""
    return np.subtract(self, other)


@op("SubBackward0", broadcast=True, self=lambda k, g: g, other=lambda k, g, alpha: -g * alpha)
def sub_scaled(self: Array, other: Array, alpha: float) -> Array:
    """``self - alpha * other``."""
    return self - alpha * other


@op("RsubBackward0", broadcast=True, self=lambda k, g, alpha: -g * alpha, other=lambda k, g: g)
def rsub_tensor(self: Array, other: Array, alpha: float) -> Array:
    """``other - alpha * self``."""
    return other - alpha * self


@op("RsubBackward1", self=lambda k, g: -g)
def rsub_scalar(self: Array, other: float) -> Array:
    """``other - self`` for a number ``other``."""
    return other - self


mul = op(
    "MulBackward0",
    name="mul",
    broadcast=True,
    self=lambda k, g, other: g * other,
    other=lambda k, g, self: g * self,
)(np.multiply)

div = op(
    "DivBackward0",
    name="div",
    broadcast=True,
    floats_only=True,
    self=lambda k, g, other: g / other,
    other=lambda k, g, self, other: -g * ((self / other) / other),
)(np.true_divide)


div_unrounded = op(
    "DivBackward2",
    name="div_unrounded",
    broadcast=True,
    floats_only=True,
    self=lambda k, g, other: g / other,
    other=lambda k, g, self, other: -g * ((self / other) / other),
)(np.true_divide)


@op("DivBackward2", broadcast=True, self=lambda k, g: k.zeros_like(g), other=lambda k, g: k.zeros_like(g))
def div_rounded(self: Array, other: Array, rounding_mode: str) -> Array:
    """The quotient rounded down (``"floor"``) or towards zero (``"trunc"``)."""
    if self.dtype.kind in "iub" and not np.all(other):
        raise RuntimeError("ZeroDivisionError")
    if rounding_mode == "floor":
        return np.floor_divide(self, other)
    if self.dtype.kind == "f":
        return np.trunc(self / other)
    quotient: Array = np.floor_divide(np.abs(self), np.abs(other)) * (np.sign(self) * np.sign(other))
    return quotient


def _refusal(name: str) -> Any:
    """A derivative that PyTorch does not have."""

    def refuse(k: Any, g: Any) -> Any:  # noqa: ARG001
        raise RuntimeError(f"derivative for aten::{name} is not implemented")

    return refuse


@op("NotImplemented", broadcast=True, self=_refusal("floor_divide"), other=_refusal("floor_divide"))
def floor_divide(self: Array, other: Array) -> Array:
    """``self // other``: the quotient rounded down."""
    if self.dtype.kind != "f" and not np.all(other):
        raise RuntimeError("ZeroDivisionError")
    quotient = np.floor_divide(self, other)
    return np.where(other == 0, self / other, quotient) if self.dtype.kind == "f" else quotient


def _power(base: Array, exponent: float) -> Array:
    """``base ** exponent``; small powers as products, because NumPy's ``power`` is a hundred times slower on negative float32."""
    if base.dtype.kind == "f":
        if exponent == 2:
            return base * base
        if exponent == 3:
            return base * base * base
        if exponent == 0.5:
            return np.sqrt(base)
    elif isinstance(exponent, int) and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return np.power(base, exponent)


def _power_gradient(k: Any, g: Any, self: Any, exponent: float) -> Any:
    if exponent == 0:
        return k.zeros_like(g)
    if exponent == 1:
        return g * 1.0
    if exponent == 2:
        return g * (2.0 * self)
    return g * (exponent * k.pow_scalar(self, exponent - 1))


@op("PowBackward0", self=_power_gradient)
def pow_scalar(self: Array, exponent: float) -> Array:
    """``self ** exponent`` for a number ``exponent``."""
    return _power(self, exponent)


@op(
    "PowBackward1",
    broadcast=True,
    self=lambda k, g, self, exponent: g * k.where(exponent == 0, 0.0 * exponent, exponent * k.pow_tensor(self, exponent - 1.0)),
    exponent=lambda k, g, self, exponent, result: g * k.where((self == 0) & (exponent >= 0), 0.0 * self, result * k.log(self)),
)
def pow_tensor(self: Array, exponent: Array) -> Array:
    """``self ** exponent`` for two tensors."""
    if self.dtype.kind != "i":
        return np.power(self, exponent)
    powers = np.power(self, np.maximum(exponent, 0))
    inverses = np.where(self == -1, 1 - 2 * (exponent % 2), self == 1)  # rounded towards zero
    return np.where(exponent < 0, inverses, powers).astype(self.dtype)


def _exponential_gradient(k: Any, g: Any, self: float, exponent: Any, result: Any) -> Any:
    """Of ``self ** exponent`` for the exponent; 0 for non-negative powers of 0."""
    if self == 0:
        return g * k.where(exponent >= 0, 0.0, result * -math.inf)
    return g * (result * math.log(self) if self > 0 else result * math.nan)


@op("PowBackward2", exponent=_exponential_gradient)
def pow_of_scalar(self: float, exponent: Array) -> Array:
    """``self ** exponent`` for a number ``self``."""
    dtype = result_type(exponent, self)
    return np.power(np.asarray(self, dtype), exponent.astype(dtype, copy=False))


def _remainder(self: Array, other: Array) -> Array:
    if self.dtype.kind != "f" and not np.all(other):
        raise RuntimeError("ZeroDivisionError")
    if self.dtype.kind != "f":
        return np.remainder(self, other)
    rest = np.fmod(self, other)
    return np.where((rest != 0) & ((rest < 0) != (other < 0)), rest + other, rest)


@op("RemainderBackward1", broadcast=True, self=lambda k, g: g, other=lambda k, g, self, other: -g * k.floor(self / other))
def remainder_tensor(self: Array, other: Array) -> Array:
    """``self % other``, with the sign of ``other``."""
    return _remainder(self, other)


@op("NotImplemented", other=_refusal("remainder"))
def remainder_of_number(self: Array, other: Array) -> Array:
    """``self % other`` for a number ``self``."""
    return _remainder(self, other)


@op("RemainderBackward0", self=lambda k, g: g)
def remainder_scalar(self: Array, other: float) -> Array:
    """``self % other`` for a number ``other``."""
    return _remainder(self, np.asarray(other, self.dtype))


def _fmod(self: Array, other: Array) -> Array:
    if self.dtype.kind != "f" and not np.all(other):
        raise RuntimeError("ZeroDivisionError")
    return np.fmod(self, other)


@op("FmodBackward1", broadcast=True, self=lambda k, g: g, other=lambda k, g, self, other: -g * k.trunc(self / other))
def fmod_tensor(self: Array, other: Array) -> Array:
    """The remainder with the sign of ``self``."""
    return _fmod(self, other)


@op("FmodBackward0", self=lambda k, g: g)
def fmod_scalar(self: Array, other: float) -> Array:
    """The remainder with the sign of ``self``, for a number ``other``."""
    return _fmod(self, np.asarray(other, self.dtype))


# ------------------------------------------------------------------------------------------------------ as torch spells it
Number = bool | int | float


def is_number(value: Any) -> bool:
    """Whether ``value`` is a Python or NumPy scalar."""
    return isinstance(value, (bool, int, float, np.generic))


def as_operand(value: Any, function: str, position: int = 2, name: str = "other") -> Any:
    """``value`` if it may be an operand; else the ``TypeError`` that PyTorch raises."""
    if isinstance(value, Tensor) or is_number(value):
        return value
    raise TypeError(f"{function}(): argument '{name}' (position {position}) must be Tensor, not {type(value).__name__}")


def as_tensor_like(value: Any, like: Tensor) -> Tensor:
    """A 0-d tensor for a number, in the dtype an operation with ``like`` has."""
    return value if isinstance(value, Tensor) else from_array(np.asarray(value, result_type(like._array, value)))


def _checked_alpha(alpha: Any, input: Tensor, other: Any, function: str) -> Any:
    if not is_number(alpha):
        raise TypeError(f"{function}(): argument 'alpha' must be Number, not {type(alpha).__name__}")
    if isinstance(alpha, float) and result_type(input._array, getattr(other, "_array", other)).kind != "f":
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    return alpha


def add_alpha(input: Tensor, other: Any, *, alpha: Number = 1) -> Tensor:
    """``input + alpha * other``."""
    return add(input, other) if alpha == 1 else add_scaled(input, other, _checked_alpha(alpha, input, other, "add"))


def sub_alpha(input: Tensor, other: Any, *, alpha: Number = 1) -> Tensor:
    """``input - alpha * other``."""
    errors.refuse_bools(input._array, other._array if isinstance(other, Tensor) else other)
    return sub(input, other) if alpha == 1 else sub_scaled(input, other, _checked_alpha(alpha, input, other, "sub"))


def rsub(input: Tensor, other: Any, *, alpha: Number = 1) -> Tensor:
    """``other - alpha * input``."""
    errors.refuse_bools(input._array, other._array if isinstance(other, Tensor) else other)
    if isinstance(other, Tensor):
        return rsub_tensor(input, other, alpha)
    input = input if alpha == 1 else mul(input, alpha)
    dtype = result_type(input._array, as_operand(other, "rsub"))
    return rsub_scalar(TENSORS.cast(input, dtype), other)


_NOT_GIVEN: Any = object()


def divide(input: Tensor, other: Any, *, rounding_mode: str | None = _NOT_GIVEN) -> Tensor:
    """``input / other``; with ``rounding_mode`` ``"floor"`` or ``"trunc"``, rounded."""
    if rounding_mode is _NOT_GIVEN:
        return div(input, other)
    if rounding_mode is None:
        return div_unrounded(input, other)
    if rounding_mode not in ("floor", "trunc"):
        raise RuntimeError(f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'")
    return div_rounded(input, other, rounding_mode)


def pow(input: Any, exponent: Any) -> Tensor:
    """``input ** exponent``."""
    if not isinstance(input, Tensor):
        if not isinstance(exponent, Tensor):
            raise TypeError(
                f"pow() received an invalid combination of arguments - got ({type(input).__name__}, {type(exponent).__name__}), "
                "but expected one of:"
            )
        return pow_of_scalar(input, exponent)
    if isinstance(exponent, Tensor):
        return pow_tensor(input, exponent)
    dtype = result_type(input._array, as_operand(exponent, "pow", name="exponent"))
    return pow_scalar(input if input._array.dtype == dtype else TENSORS.cast(input, dtype), exponent)


def rpow(input: Tensor, other: Any) -> Tensor:
    """``other ** input``."""
    return pow(other, input)


def square(input: Tensor) -> Tensor:
    """``input ** 2``."""
    return pow(input, 2)


def rdiv(input: Tensor, other: Any) -> Tensor:
    """``other / input``."""
    return mul(TENSORS.reciprocal(input), other)


def float_power(input: Any, exponent: Any) -> Tensor:
    """``input ** exponent`` in float64."""
    if not isinstance(input, Tensor) and not isinstance(exponent, Tensor):
        raise TypeError(
            "float_power() received an invalid combination of arguments - got "
            f"({type(input).__name__}, {type(exponent).__name__}), but expected one of:"
        )
    return pow(
        TENSORS.cast(input, np.float64) if isinstance(input, Tensor) else float(input),
        TENSORS.cast(exponent, np.float64) if isinstance(exponent, Tensor) else float(exponent),
    )


def remainder(input: Tensor, other: Any) -> Tensor:
    """``input % other``, with the sign of ``other``, as in Python."""
    if isinstance(other, Tensor):
        return remainder_tensor(input, other)
    return remainder_scalar(TENSORS.cast(input, result_type(input._array, other)), other)


def rmod(input: Tensor, other: Any) -> Tensor:
    """``other % input``."""
    if isinstance(other, Tensor):
        return remainder_tensor(other, input)
    dtype = result_type(input._array, as_operand(other, "remainder"))
    return remainder_of_number(from_array(np.asarray(other, dtype)), TENSORS.cast(input, dtype))


def fmod(input: Tensor, other: Any) -> Tensor:
    """The remainder with the sign of ``input``, as in C."""
    if isinstance(other, Tensor):
        return fmod_tensor(input, other)
    return fmod_scalar(TENSORS.cast(input, result_type(input._array, other)), other)
