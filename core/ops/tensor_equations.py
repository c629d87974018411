"""Equations of tensors, and what else ``torch.linalg`` has of vectors: tensorinv, tensorsolve, vander, vecdot, diagonal."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: N803, N806  (matrices have capital letters, as in PyTorch's arguments)
from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..backends import TENSORS
from ..tensor import Tensor, from_array
from .joining import cat
from .linalg import vdot
from .matrices import LinAlgError, check_floating, inv, solve
from .reduction import one_dim, sum_dims
from .shape import diagonal_of, reshape


def linalg_diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonals of matrices, a view."""
    return diagonal_of(A, offset, dim1, dim2)


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """The dot products of vectors along a dimension."""
    for one in (x, y):
        check_floating(one, "linalg.vecdot")
    if x.ndim == y.ndim == 1:
        return vdot(x, y)
    product = x * y
    return sum_dims(product, (one_dim(dim, product.ndim),), False)


def linalg_vander(x: Tensor, *, N: int | None = None) -> Tensor:
    """The powers 0 ... N - 1 of the elements of vectors, in a new last dimension."""
    x = x if x.ndim else x.unsqueeze(0)
    count = x._array.shape[-1] if N is None else N
    if count <= 1:
        raise RuntimeError("N must be greater than 1.")
    repeated = TENSORS.expand(x.unsqueeze(-1), (*x._array.shape, count - 1))
    powers = repeated.cumprod(-1)
    ones = from_array(np.ones((*x._array.shape, 1), powers._array.dtype))
    return cat([ones, powers], -1)


def tensorinv(A: Tensor, ind: int = 2) -> Tensor:
    """The inverse with respect to ``tensordot`` over the first ``ind`` dimensions."""
    if ind <= 0:
        raise RuntimeError(f"Expected a strictly positive integer for 'ind', but got {ind}")
    shape = A._array.shape
    rows, columns = math.prod(shape[:ind]), math.prod(shape[ind:])
    if rows != columns:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got "
            f"{columns} != {rows}"
        )
    try:
        inverse = inv(reshape(A, (rows, columns)))
    except LinAlgError as error:
        raise LinAlgError(str(error).replace("linalg.inv", "inverse")) from None
    return reshape(inverse, (*shape[ind:], *shape[:ind]))


def tensorsolve(A: Tensor, B: Tensor, dims: Sequence[int] | None = None) -> Tensor:
    """``X`` in ``tensordot(A, X, X.ndim) = B``."""
    if dims is not None:
        rest = [axis for axis in range(A.ndim) if axis not in [one_dim(dim, A.ndim) for dim in dims]]
        A = A.permute(*rest, *dims)
    wanted = A._array.shape[B.ndim :]
    rows, columns = math.prod(wanted), B._array.size
    if rows != columns:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got "
            f"{rows} != {columns}"
        )
    return reshape(solve(reshape(A, (columns, rows)), B.flatten()), wanted)
