"""Signs and integers: isposinf, isneginf, isreal, signbit, heaviside, angle, gcd, lcm, nextafter, frexp."""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dtypes import from_numpy_dtype, result_type
from ..registry import op
from ..results import return_type
from ..tensor import Array, Tensor
from .elementwise import no_integers
from .nondifferentiable import plain

Frexp = return_type("frexp", "mantissa", "exponent")


@plain
def isposinf(self: Array) -> Array:
    """Which elements are plus infinity."""
    return np.isposinf(self) if self.dtype.kind == "f" else np.zeros(self.shape, np.bool_)


@plain
def isneginf(self: Array) -> Array:
    """Which elements are minus infinity."""
    return np.isneginf(self) if self.dtype.kind == "f" else np.zeros(self.shape, np.bool_)


@plain
def isreal(self: Array) -> Array:
    """Which elements are real numbers: all."""
    return np.ones(self.shape, np.bool_)


@plain
def signbit(self: Array) -> Array:
    """Which elements are negative, or minus zero."""
    return np.signbit(self) if self.dtype.kind == "f" else self < 0


def _integers(name: str, ufunc: np.ufunc) -> Any:
    def kernel(self: Array, other: Array) -> Array:
        dtype = result_type(self, other)
        if dtype.kind not in "iu":
            raise NotImplementedError(f"\"{name}_cpu\" not implemented for '{from_numpy_dtype(dtype).cpp_name}'")
        return ufunc(self.astype(dtype), other.astype(dtype))

    kernel.__name__ = kernel.__qualname__ = name
    kernel.__doc__ = f"``{name}(self, other)`` of integers."
    return plain(kernel)


gcd = _integers("gcd", np.gcd)
lcm = _integers("lcm", np.lcm)


def _no_derivative(k: Any, g: Any) -> Any:  # noqa: ARG001  (as every derivative)
    raise RuntimeError("derivative for aten::heaviside is not implemented")


@op("NotImplemented", display_name="torch::autograd::NotImplemented", broadcast=True, self=_no_derivative, values=_no_derivative)
def heaviside_step(self: Array, values: Array) -> Array:
    """0 below zero, 1 above it, and ``values`` at it."""
    return np.where(self == 0, values, (self > 0).astype(self.dtype))


def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 below zero, 1 above it, and ``values`` at it. Raises ``RuntimeError`` if the dtypes differ."""
    if not isinstance(values, Tensor):
        raise TypeError(f"heaviside(): argument 'values' (position 2) must be Tensor, not {type(values).__name__}")
    if input._array.dtype != values._array.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    return heaviside_step(input, values)


@op(
    "NextafterBackward0",
    broadcast=True,
    self=lambda k, g, self, other: k.masked(g, (self == self) & (other == other)),
    other=lambda k, g: k.zeros_like(g),
)
def nextafter(self: Array, other: Array) -> Array:
    """The next number that the dtype has, towards ``other``."""
    return np.nextafter(no_integers(self, "nextafter"), other)


@op("AngleBackward0", floats_only=True, self=lambda k, g: k.zeros_like(g))
def angle(self: Array) -> Array:
    """0 for positive numbers, pi for negative ones."""
    return np.where(np.isnan(self), self, np.where(self < 0, self.dtype.type(math.pi), self.dtype.type(0)))


@op(
    "FrexpBackward0",
    outputs=("mantissa", "exponent"),
    visible=2,
    self=lambda k, g, exponent, self_dtype: g / k.exp2_of_integers(exponent, self_dtype),
)
def frexp_parts(self: Array) -> tuple[Array, Array]:
    """Mantissas in [0.5, 1) and exponents of 2."""
    mantissa, exponent = np.frexp(self)
    return mantissa, exponent.astype(np.int32)


@plain
def exp2_of_integers(self: Array, dtype: Any) -> Array:
    """``2 ** self`` as a floating-point number of this dtype."""
    return np.ldexp(np.ones((), dtype), self)


def frexp(input: Tensor) -> Any:
    """Mantissas in [0.5, 1) and exponents of 2. Raises ``RuntimeError`` for integers."""
    if input._array.dtype.kind != "f":
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    return Frexp(frexp_parts(input))
