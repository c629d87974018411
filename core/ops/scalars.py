"""Arithmetic with a number as PyTorch's own code does it: nodes ``AddBackward1``, ``MulBackward1``, … instead of the user's ``…0``.

A number that a *user* writes becomes a tensor before it meets the operator; one that PyTorch's C++ code writes stays a number. The
difference shows in the names of the nodes.
"""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

import numpy as np

from ..dtypes import get_default_dtype
from ..registry import op
from ..tensor import Array


def _wide_enough(self: Array, other: float) -> Array:
    """Integers in the default floating-point dtype if they meet a float: NumPy would take float64."""
    return self.astype(get_default_dtype().np) if self.dtype.kind != "f" and isinstance(other, float) else self


@op("AddBackward1", self=lambda k, g: g)
def add_number(self: Array, other: float) -> Array:
    """``self + other``."""
    return _wide_enough(self, other) + other


@op("SubBackward1", self=lambda k, g: g)
def sub_number(self: Array, other: float) -> Array:
    """``self - other``."""
    return _wide_enough(self, other) - other


@op("MulBackward1", self=lambda k, g, other: g * other)
def mul_number(self: Array, other: float) -> Array:
    """``self * other``."""
    return _wide_enough(self, other) * other


@op("DivBackward1", self=lambda k, g, other: g / other)
def div_number(self: Array, other: float) -> Array:
    """``self / other``."""
    return (self if self.dtype.kind == "f" else self.astype(get_default_dtype().np)) / other


@op(
    "XlogyBackward0",
    broadcast=True,
    floats_only=True,
    self=lambda k, g, self, other: g * k.where((self == 0) & (other <= 0), 0.0, k.log(other)),
    other=lambda k, g, self, other: g * (self / other),
)
def xlogy(self: Array, other: Array) -> Array:
    """``self * log(other)``; 0 where ``self`` is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((self == 0) & ~np.isnan(other), self.dtype.type(0), self * np.log(other))
