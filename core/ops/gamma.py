"""lgamma, digamma, polygamma, mvlgamma, igamma, igammac and zeta: see :mod:`.gamma_function`."""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..backends import TENSORS
from ..calling import invalid_combination
from ..registry import op
from ..tensor import Array, Tensor
from .elementwise import no_integers
from .gamma_function import digamma_of, igamma_of, igammac_of, lgamma_of, polygamma_of, zeta_of


@op("LgammaBackward0", floats_only=True, self=lambda k, g, self: g * k.digamma(self))
def lgamma(self: Array) -> Array:
    """The logarithm of the size of the gamma function."""
    return lgamma_of(self).astype(self.dtype)


@op("DigammaBackward0", floats_only=True, self=lambda k, g, self: g * k.polygamma_of_order(self, 1))
def digamma(self: Array) -> Array:
    """The derivative of the logarithm of the gamma function."""
    return digamma_of(self).astype(self.dtype)


def _next_order(k: Any, g: Any, self: Any, n: int) -> Any:
    return g * k.polygamma_of_order(self, n + 1)


@op("PolygammaBackward0", floats_only=True, self=_next_order)
def polygamma_of_order(self: Array, n: int) -> Array:
    """The derivative of the digamma function of order ``n``."""
    return np.asarray(polygamma_of(n, self)).astype(self.dtype)


polygamma_in_place = op("PolygammaBackward1", name="polygamma_in_place", floats_only=True, self=_next_order)(
    lambda self, n: np.asarray(polygamma_of(n, self)).astype(self.dtype)
)


def polygamma(n: int, input: Tensor) -> Tensor:
    """The derivative of the digamma function of order ``n``. Raises ``RuntimeError`` for a negative order."""
    if isinstance(n, Tensor) or not isinstance(n, int):
        raise TypeError(f"polygamma(): argument 'n' (position 1) must be int, not {type(n).__name__}")
    if not isinstance(input, Tensor):
        raise TypeError(f"polygamma(): argument 'input' (position 2) must be Tensor, not {type(input).__name__}")
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return polygamma_of_order(input, n)


def polygamma_method(self: Tensor, n: int) -> Tensor:
    """The derivative of the digamma function of order ``n``."""
    return polygamma(n, self)


def _multivariate(p: int, dtype: Any) -> Array:
    """What is added to the argument of each of the ``p`` gamma functions."""
    return np.arange(1 - p, 1, dtype=dtype) / 2


@op(
    "MvlgammaBackward0",
    floats_only=True,
    self=lambda k, g, self, p: g * k.sum_dims(k.digamma(k.mvlgamma_arguments(self, p)), (self.ndim,), False),
)
def mvlgamma_of_dimension(self: Array, p: int) -> Array:
    """The logarithm of the multivariate gamma function of dimension ``p``."""
    constant = p * (p - 1) / 4 * math.log(math.pi)
    total = lgamma_of(self[..., None] + _multivariate(p, self.dtype)).sum(-1)
    return (total + constant).astype(self.dtype)


@op("AddBackward0", self=lambda k, g, self: k.sum_dims(g, (self.ndim,), False))
def mvlgamma_arguments(self: Array, p: int) -> Array:
    """The arguments of the ``p`` gamma functions, in a new last dimension."""
    return self[..., None] + _multivariate(p, self.dtype)


def mvlgamma(input: Tensor, p: int) -> Tensor:
    """The logarithm of the multivariate gamma function of dimension ``p``. Raises ``RuntimeError`` for ``p`` below 1."""
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    if input._array.dtype.kind == "b":
        raise RuntimeError("The input tensor may not be a boolean tensor.")
    return mvlgamma_of_dimension(input, p)


def _not_for_the_first(name: str) -> Any:
    def refuse(k: Any, g: Any) -> Any:
        raise NotImplementedError(f"the derivative for '{name}' is not implemented.")

    return refuse


def _density(k: Any, self: Any, other: Any) -> Any:
    """The derivative of P(self, other) by ``other``."""
    return k.exp((self - 1.0) * k.log(other) - other - k.lgamma(self))


@op(
    "IgammaBackward0",
    broadcast=True,
    self=_not_for_the_first("igamma: input"),
    other=lambda k, g, self, other: g * _density(k, self, other),
)
def igamma(self: Array, other: Array) -> Array:
    """The regularised lower incomplete gamma function."""
    return igamma_of(no_integers(self, "igamma"), other).astype(self.dtype)


@op(
    "IgammacBackward0",
    broadcast=True,
    self=_not_for_the_first("igammac: input"),
    other=lambda k, g, self, other: -g * _density(k, self, other),
)
def igammac(self: Array, other: Array) -> Array:
    """The regularised upper incomplete gamma function."""
    return igammac_of(no_integers(self, "igammac"), other).astype(self.dtype)


@op(
    "SpecialZetaBackward0",
    broadcast=True,
    floats_only=True,
    self=_not_for_the_first("zeta"),
    other=lambda k, g, self, other: g * (-self * k.zeta_tensors(self + 1.0, other)),
)
def zeta_tensors(self: Array, other: Array) -> Array:
    """Hurwitz's zeta function."""
    return zeta_of(self, other).astype(self.dtype)


@op("SpecialZetaBackward1", floats_only=True, other=lambda k, g, other, self: g * (-self * k.zeta_of_number(other, self + 1.0)))
def zeta_of_number(other: Array, self: float) -> Array:
    """Hurwitz's zeta function of a number and a tensor."""
    return zeta_of(np.asarray(self), other).astype(other.dtype)


@op("SpecialZetaBackward2", floats_only=True, self=_not_for_the_first("zeta"))
def zeta_by_number(self: Array, other: float) -> Array:
    """Hurwitz's zeta function of a tensor and a number."""
    return zeta_of(self, np.asarray(other)).astype(self.dtype)


def zeta(input: Any, other: Any) -> Tensor:
    """Hurwitz's zeta function, one of whose arguments may be a number."""
    if isinstance(input, Tensor) and isinstance(other, Tensor):
        return TENSORS.zeta_tensors(input, other)
    if isinstance(input, Tensor):
        return zeta_by_number(input, float(other))
    if isinstance(other, Tensor):
        return zeta_of_number(other, float(input))
    raise invalid_combination("special_zeta", (input, other), {})
