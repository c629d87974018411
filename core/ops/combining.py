"""New tensors out of several elements: products of sets, powers, trapezoids, distances between rows, covariances."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import itertools
import math
import warnings
from typing import Any

import numpy as np

from ..backends import TENSORS
from ..dtypes import get_default_dtype
from ..registry import op
from ..tensor import Array, Tensor, from_array
from . import scalars  # noqa: F401  (registers div_number)
from .joining import meshgrid, stack
from .reduction import one_dim
from .shape import diag, flatten


# ------------------------------------------------------------------------------------------------------------ combinations
def cartesian_prod(*tensors: Tensor) -> Tensor:
    """Every row with one element of each of these vectors."""
    for one in tensors:
        if one.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(one._array.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    return stack([flatten(one) for one in meshgrid(*tensors, indexing="ij")], 1)


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """Every choice of ``r`` elements of a vector, a row for each."""
    if input.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input._array.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return from_array(np.empty(0, input._array.dtype))
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    chosen = np.array(list(choose(range(len(input._array)), r)), np.int64).reshape(-1, r)
    mask = np.zeros((len(input._array),) * r, np.bool_)
    mask[tuple(chosen.T)] = True
    return stack([grid.masked_select(from_array(mask)) for grid in meshgrid(*[input] * r, indexing="ij")], 1)


def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """A matrix with all elements on a diagonal."""
    return diag(input.contiguous().view(-1), offset)


def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:  # noqa: N803  (named as in torch)
    """The Vandermonde matrix: powers of the elements, from the highest or, ``increasing``, from the 0th."""
    if x.ndim != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    columns = len(x._array) if N is None else N
    if columns < 0:
        raise RuntimeError(f"N must be non-negative, got {columns}")
    if columns == 0:
        return from_array(np.empty((len(x._array), 0), x._array.dtype))
    powers = [from_array(np.ones(x._array.shape, np.int64 if x._array.dtype.kind in "iub" else x._array.dtype))]
    for _ in range(columns - 1):
        powers.append(powers[-1] * x)
    return stack(powers if increasing else powers[::-1], 1)


# -------------------------------------------------------------------------------------------------------------- trapezoids
def _steps(y: Tensor, x: Tensor, dim: int) -> Tensor:
    if y.ndim != x.ndim and x.ndim != 1:
        return x.narrow(dim, 1, x._array.shape[dim] - 1) - x.narrow(dim, 0, x._array.shape[dim] - 1)
    if x.ndim == 1:
        if x._array.shape[0] != y._array.shape[dim]:
            raise RuntimeError("trapezoid: There must be one `x` value for each sample point")
        shape = [1] * y.ndim
        shape[dim] = -1
        x = x.view(*shape)
    return x.narrow(dim, 1, x._array.shape[dim] - 1) - x.narrow(dim, 0, x._array.shape[dim] - 1)


def _areas(y: Tensor, x: Any, dim: int) -> Tensor:
    """Twice the areas between neighbours along a dimension, or their heights when no places are given."""
    count = y._array.shape[dim] - 1
    heights = y.narrow(dim, 0, count) + y.narrow(dim, 1, count)
    return heights if x is None else heights * _steps(y, x, dim)


def _halved(sums: Tensor, x: Any, dx: float) -> Tensor:
    if sums._array.dtype.kind != "f":
        sums = sums.to(get_default_dtype())
    return TENSORS.mul_number(sums, dx / 2.0) if x is None else TENSORS.div_number(sums, 2.0)


def trapezoid(y: Tensor, x: Any = None, *, dx: float = 1, dim: int = -1) -> Tensor:
    """The integral by the trapezoidal rule along a dimension; ``x`` are the places (else ``dx`` apart)."""
    axis = one_dim(dim, y.ndim)
    if not y._array.shape[axis]:
        return y.sum(axis) * 0
    if x is None:
        return TENSORS.mul_number(y.sum(axis) - TENSORS.mul_number(y.select(axis, 0) + y.select(axis, -1), 0.5), dx)
    return _halved(_areas(y, x, axis).sum(axis), x, dx)


def cumulative_trapezoid(y: Tensor, x: Any = None, *, dx: float = 1, dim: int = -1) -> Tensor:
    """The integrals from the beginning to each place, by the trapezoidal rule."""
    axis = one_dim(dim, y.ndim)
    if x is None:
        return _halved(_areas(y, x, axis), x, dx).cumsum(axis)
    return _halved(_areas(y, x, axis).cumsum(axis), x, dx)


# --------------------------------------------------------------------------------------------------------------- products
@op(
    "LinalgCrossBackward0",
    broadcast=True,
    self=lambda k, g, other, dim: k.cross_product(other, g, dim),
    other=lambda k, g, self, dim: k.cross_product(g, self, dim),
)
def cross_product(self: Array, other: Array, dim: int) -> Array:
    """The cross product along a dimension of size 3."""
    return np.cross(self, other, axis=dim).astype(self.dtype, copy=False)


def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """The cross product of vectors along a dimension of size 3 (the first such one when ``dim`` is not given, which is old)."""
    if dim is None:
        warnings.warn(
            "Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass the dim explicitly or simply use "
            "torch.linalg.cross.\nThe default value of dim will change to agree with that of linalg.cross in a future release.",
            UserWarning,
            stacklevel=3,
        )
        found = [axis for axis, size in enumerate(input._array.shape) if size == 3]
        if not found:
            raise RuntimeError("no dimension of size 3 in input")
        dim = found[0]
    return linalg_cross(input, other, dim=dim)


def linalg_cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The cross product of vectors along a dimension of size 3."""
    if input.ndim != other.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    axis = one_dim(dim, input.ndim)
    sizes = input._array.shape[axis], other._array.shape[axis]
    if sizes != (3, 3):
        raise RuntimeError(f"linalg.cross: inputs dimension {dim} must have length 3. Got {sizes[0]} and {sizes[1]}")
    return cross_product(input, other, axis)


# -------------------------------------------------------------------------------------------------------------- distances
def _distance_gradient(k: Any, g: Any, self: Any, other: Any, result: Any, p: float, sign: float) -> Any:
    difference = self - other
    if p == 0:
        return k.zeros_like(difference)
    if p == 1:
        return g * (k.sign(difference) * sign)
    if p == 2:
        return g * (k.where(result == 0, 0.0, difference / k.where(result == 0, 1.0, result)) * sign)
    if math.isinf(p):
        return g * (k.sign(difference) * k.where(k.abs(difference) == result, sign, 0.0))
    size = k.abs(difference)
    scale = k.where(result == 0, 1.0, result)
    power = k.pow_scalar(
        k.where(size == 0, 1.0, size) / scale, p - 1
    )  # no slope where both are equal, though it is infinite for p < 1
    return g * (k.where(result == 0, 0.0, k.sign(difference) * power) * sign)


@op(
    "DistBackward0",
    broadcast=True,
    floats_only=True,
    self=lambda k, g, self, other, result, p: _distance_gradient(k, g, self, other, result, p, 1.0),
    other=lambda k, g, self, other, result, p: _distance_gradient(k, g, self, other, result, p, -1.0),
)
def dist_of(self: Array, other: Array, p: float) -> Array:
    """The p-norm of the difference of two tensors."""
    return np.asarray(_norm((self - other).ravel(), p, 0), self.dtype)


def _norm(difference: Array, p: float, axis: int) -> Array:
    size = np.abs(difference)
    if p == 0:
        return np.count_nonzero(difference, axis).astype(difference.dtype)
    if p == 1:
        return size.sum(axis)
    if p == 2:
        return np.sqrt((difference * difference).sum(axis))
    if math.isinf(p):
        return size.max(axis, initial=0) if p > 0 or not size.size else size.min(axis)
    return np.power(np.power(size, p).sum(axis), 1.0 / p)


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of the difference of two tensors."""
    return dist_of(input, other, float(p))


@op(
    "CdistBackward0",
    self=lambda k, g, self, other, result, p: k.sum_dims(_row_gradients(k, g, self, other, result, p), (self.ndim - 1,), False),
    other=lambda k, g, self, other, result, p: -k.sum_dims(_row_gradients(k, g, self, other, result, p), (self.ndim - 2,), False),
)
def cdist_of(self: Array, other: Array, p: float) -> Array:
    """The p-norms of the differences of each row of one with each row of the other."""
    return _norm(self[..., :, None, :] - other[..., None, :, :], p, -1).astype(self.dtype, copy=False)


def _row_gradients(k: Any, g: Any, self: Any, other: Any, result: Any, p: float) -> Any:
    rows, columns = self.ndim - 1, self.ndim - 2
    return _distance_gradient(
        k, k.unsqueeze(g, self.ndim), k.unsqueeze(self, rows), k.unsqueeze(other, columns), k.unsqueeze(result, self.ndim), p, 1.0
    )


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Tensor:  # noqa: ARG001
    """The distance of each row of ``x1`` to each row of ``x2``: shapes (..., P, M) and (..., R, M) give (..., P, R)."""
    if x1._array.shape[-1] != x2._array.shape[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {x1._array.shape[-1]} X2: {x2._array.shape[-1]}")
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    batch = np.broadcast_shapes(x1._array.shape[:-2], x2._array.shape[:-2])
    first, second = (one.expand(*batch, *one._array.shape[-2:]) if one._array.shape[:-2] != batch else one for one in (x1, x2))
    return cdist_of(first, second, float(p))


# ------------------------------------------------------------------------------------------------------------- covariances
def _check_weights(name: str, weights: Tensor, observations: int) -> None:
    """Raise ``RuntimeError`` for weights of another dtype or number, or below zero."""
    kinds, wanted = ("iu", "integral") if name == "fweights" else ("f", "floating point")
    if weights._array.dtype.kind not in kinds:
        raise RuntimeError(f"cov(): expected {name} to have {wanted} dtype but got {name} with {weights.dtype.cpp_name} dtype")
    if weights._array.size != observations:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input but got {weights._array.size} "
            f"!= {observations}"
        )
    if (weights._array < 0).any():
        raise RuntimeError(f"cov(): {name} cannot be negative")


def cov(input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None) -> Tensor:
    """Covariances of variables (rows) over observations (columns)."""
    if input.ndim > 2:
        raise RuntimeError(f"cov(): expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions")
    rows = input if input.ndim == 2 else input.view((1, -1))
    for name, given in (("fweights", fweights), ("aweights", aweights)):
        if given is not None and given.ndim > 1:
            raise RuntimeError(
                f"cov(): expected {name} to have one or fewer dimensions but got {name} with {given.ndim} dimensions"
            )
        if given is not None:
            _check_weights(name, given, rows._array.shape[1])
    weights = None
    if fweights is not None:
        weights = fweights
    if aweights is not None:
        weights = aweights if weights is None else weights * aweights
    count = rows._array.shape[1]
    total: Any = count if weights is None else weights.sum()
    mean = (rows if weights is None else rows * weights).sum(1) / total
    if weights is not None and correction == 0:
        norm = total
    elif weights is None or aweights is None:
        norm = total - correction
    else:
        norm = total - TENSORS.mul_number((weights * aweights).sum(), correction) / total
    centred = rows - mean.unsqueeze(1)
    weighted = centred if weights is None else centred * weights
    if (norm.item() if isinstance(norm, Tensor) else norm) <= 0:
        message = "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations."
        warnings.warn(message, UserWarning, stacklevel=3)
        norm = 0
    return (centred @ weighted.t() / norm).squeeze()


def corrcoef(input: Tensor) -> Tensor:
    """Correlation coefficients of variables (rows) over observations (columns)."""
    covariances = cov(input)
    if not covariances.ndim:
        return covariances / covariances
    deviations = covariances.diagonal().sqrt()
    scaled = covariances / deviations.view(-1, 1) / deviations.view(1, -1)
    return scaled.clip(-1, 1)


def chain_matmul(*matrices: Tensor) -> Tensor:
    """The product of several matrices."""
    result = matrices[0]
    for one in matrices[1:]:
        result = result @ one
    return result
