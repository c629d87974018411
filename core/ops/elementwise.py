"""Functions of two or three broadcasting tensors, element by element: maximum, hypot, atan2, where, lerp, addcmul, …"""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

from typing import Any

import numpy as np

from ..dtypes import C_NAMES, from_numpy_dtype
from ..registry import formula_helper, op
from ..tensor import Array, Tensor
from .arithmetic import Number


def _share(k: Any, g: Any, self: Any, other: Any, wins: Any) -> Any:
    """The gradient where ``wins``, half of it where both are equal."""
    return k.where(self == other, g * 0.5, k.where(wins, g, 0.0))


@op(
    "MaximumBackward0",
    broadcast=True,
    self=lambda k, g, self, other: _share(k, g, self, other, self > other),
    other=lambda k, g, self, other: _share(k, g, self, other, self < other),
)
def maximum(self: Array, other: Array) -> Array:
    """The larger of the two, element by element."""
    return np.maximum(self, other)


@op(
    "MinimumBackward0",
    broadcast=True,
    self=lambda k, g, self, other: _share(k, g, self, other, self < other),
    other=lambda k, g, self, other: _share(k, g, self, other, self > other),
)
def minimum(self: Array, other: Array) -> Array:
    """The smaller of the two, element by element."""
    return np.minimum(self, other)


def no_integers(self: Array, function: str) -> Array:
    """The array itself. Raises ``NotImplementedError`` for integers."""
    if self.dtype.kind != "f":
        raise NotImplementedError(f"\"{function}_cpu\" not implemented for '{from_numpy_dtype(self.dtype).cpp_name}'")
    return self


@op(
    "FmaxBackward0",
    broadcast=True,
    self=lambda k, g, self, other: k.masked(g, (self >= other) | k.isnan(other)),
    other=lambda k, g, self, other: k.where((self >= other) | k.isnan(other), 0.0, g),
)
def fmax(self: Array, other: Array) -> Array:
    """The larger of the two, or the one that is not NaN."""
    return np.fmax(self, other)


@op(
    "FminBackward0",
    broadcast=True,
    self=lambda k, g, self, other: k.masked(g, (self <= other) | k.isnan(other)),
    other=lambda k, g, self, other: k.where((self <= other) | k.isnan(other), 0.0, g),
)
def fmin(self: Array, other: Array) -> Array:
    """The smaller of the two, or the one that is not NaN."""
    return np.fmin(self, other)


@op(
    "HypotBackward0",
    broadcast=True,
    self=lambda k, g, self, result: g * (self / result),
    other=lambda k, g, other, result: g * (other / result),
)
def hypot(self: Array, other: Array) -> Array:
    """The length of the vector (self, other)."""
    return np.hypot(no_integers(self, "hypot"), other)


def _sign_change(k: Any, g: Any, self: Any, result: Any) -> Any:
    return g * k.masked(result / self, self != 0)


@op(
    "CopysignBackward0",
    broadcast=True,
    floats_only=True,
    self=_sign_change,
    other=lambda k, g: k.zeros_like(g),
)
def copysign_tensor(self: Array, other: Array) -> Array:
    """The size of ``self`` with the sign of ``other``."""
    return np.copysign(self, other)


@op("CopysignBackward1", floats_only=True, self=_sign_change)
def copysign_scalar(self: Array, other: float) -> Array:
    """The size of ``self`` with the sign of a number."""
    return np.copysign(self, np.asarray(other, self.dtype))


@op(
    "Atan2Backward0",
    broadcast=True,
    floats_only=True,
    self=lambda k, g, self, other: g * (other / (self * self + other * other)),
    other=lambda k, g, self, other: g * (-self / (self * self + other * other)),
)
def atan2(self: Array, other: Array) -> Array:
    """The angle of the point (other, self)."""
    return np.arctan2(self, other)


@op(
    "LogaddexpBackward0",
    broadcast=True,
    self=lambda k, g, self, result: g * k.exp(self - result),
    other=lambda k, g, other, result: g * k.exp(other - result),
)
def logaddexp(self: Array, other: Array) -> Array:
    """``log(exp(self) + exp(other))``."""
    return np.logaddexp(no_integers(self, "logaddexp"), other)


@op(
    "WhereBackward0",
    broadcast=True,
    tensors=("condition",),
    self=lambda k, g, condition: k.where(condition, g, 0.0),
    other=lambda k, g, condition: k.where(condition, 0.0, g),
)
def where(condition: Array, self: Array, other: Array) -> Array:
    """``self`` where ``condition``, else ``other``."""
    return np.where(condition, self, other)


@op("LerpBackward0", broadcast=True, self=lambda k, g, weight: g * (1.0 - weight), end=lambda k, g, weight: g * weight)
def lerp_scalar(self: Array, end: Array, weight: float) -> Array:
    """``self + weight * (end - self)`` for a number ``weight``."""
    return self + weight * (end - self) if weight < 0.5 else end - (end - self) * (1.0 - weight)


@op(
    "LerpBackward1",
    broadcast=True,
    self=lambda k, g, weight: g * (1.0 - weight),
    end=lambda k, g, weight: g * weight,
    weight=lambda k, g, self, end: g * (end - self),
)
def lerp_tensor(self: Array, end: Array, weight: Array) -> Array:
    """``self + weight * (end - self)``."""
    return self + weight * (end - self)


@op(
    "AddcmulBackward0",
    broadcast=True,
    self=lambda k, g: g,
    tensor1=lambda k, g, tensor2, value: g * (tensor2 * value),
    tensor2=lambda k, g, tensor1, value: g * (tensor1 * value),
)
def addcmul(self: Array, tensor1: Array, tensor2: Array, value: float = 1.0) -> Array:
    """``self + value * tensor1 * tensor2``."""
    return self + np.asarray(value, self.dtype) * tensor1 * tensor2


@op(
    "AddcdivBackward0",
    broadcast=True,
    self=lambda k, g: g,
    tensor1=lambda k, g, tensor2, value: g * (value / tensor2),
    tensor2=lambda k, g, tensor1, tensor2, value: -g * (value * (tensor1 / (tensor2 * tensor2))),
)
def addcdiv(self: Array, tensor1: Array, tensor2: Array, value: float = 1.0) -> Array:
    """``self + value * tensor1 / tensor2``."""
    return self + value * (tensor1 / tensor2)


@formula_helper
def masked(k: Any, g: Any, mask: Any) -> Any:
    """``g`` where ``mask``, else zero (also where ``g`` is not finite)."""
    return k.where(mask, g, 0.0)


# ------------------------------------------------------------------------------------------------------ as torch spells it
def copysign(input: Tensor, other: Any) -> Tensor:
    """The size of ``input`` with the sign of ``other``."""
    return copysign_tensor(input, other) if isinstance(other, Tensor) else copysign_scalar(input, other)


def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """``input + weight * (end - input)``."""
    for name, value in (("end", end), ("weight", weight)):
        if isinstance(value, Tensor) and value._array.dtype != input._array.dtype:
            raise RuntimeError(f"expected dtype {C_NAMES[input.dtype.name]} for `{name}` but got dtype {C_NAMES[value.dtype.name]}")
    return lerp_tensor(input, end, weight) if isinstance(weight, Tensor) else lerp_scalar(input, end, weight)


def addcmul_value(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """``input + value * tensor1 * tensor2``."""
    return addcmul(input, tensor1, tensor2, value)


def addcdiv_value(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """``input + value * tensor1 / tensor2``."""
    if tensor1._array.dtype.kind != "f" and tensor2._array.dtype.kind != "f":
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division "
            "of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / "
            "tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future "
            "addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes."
        )
    return addcdiv(input, tensor1, tensor2, value)


def where_method(self: Tensor, condition: Tensor, other: Any) -> Tensor:
    """``self`` where ``condition``, else ``other``."""
    return where(condition, self, other)
