"""Norms of vectors and matrices, composed as in PyTorch; the operator is :func:`.statistics.vector_norm_dims`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..out_arguments import accepts_out
from ..tensor import Tensor
from .convert import cast
from .extrema import amax, amin
from .matrices import check_floating, check_matrix, inv, svdvals
from .reduction import Dim, dims_of
from .reduction import sum as sum_of
from .shape import permute_dims, squeeze, unsqueeze_at
from .statistics import vector_norm_dims


def _checked(x: Tensor, dtype: Any, function: str) -> Tensor:
    """``x`` in the dtype asked for. Raises ``RuntimeError`` for integers, and for a dtype that would lose digits."""
    check_floating(x, function)
    if dtype is None:
        return x
    wanted = as_dtype(dtype)
    if not wanted.is_floating_point:
        raise RuntimeError(f"{function}: dtype should be floating point or complex, but got {wanted.cpp_name}")
    if wanted.itemsize < x.dtype.itemsize:
        raise RuntimeError(
            f"{function}: the dtype of the input ({x.dtype.cpp_name}) should be convertible without narrowing to the specified "
            f"dtype ({wanted.cpp_name})"
        )
    result: Tensor = cast(x, wanted.np)
    return result


def vector_norm(x: Tensor, ord: Any = 2, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The ``ord``-norm of all elements, or over some dimensions."""
    x = _checked(x, dtype, "linalg.vector_norm")
    dims = dims_of(dim, x.ndim)
    order = float(ord)
    if (order < 0 or math.isinf(order)) and not math.prod([x._array.shape[axis] for axis in dims]):
        if dim is None or not x.ndim:
            raise RuntimeError(
                f"linalg.vector_norm cannot compute the {order:g} norm on an empty tensor because the operation does not have an "
                "identity"
            )
        raise RuntimeError(
            f"linalg.vector_norm cannot compute the {order:g} norm on the dimension {dims[0]} because this dimension is empty and "
            "the operation does not have an identity"
        )
    result: Tensor = vector_norm_dims(x, order, dims, keepdim)
    return result


def matrix_norm(A: Tensor, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None) -> Tensor:  # noqa: N803
    """The norm of matrices: ``"fro"``, ``"nuc"``, or 1, 2, inf or their negatives."""
    check_matrix(A, "linalg.matrix_norm")
    rows, columns = _two_dims(A, dim)
    if ord == "fro":
        check_floating(A, "linalg.matrix_norm")
        return vector_norm(A, 2, (rows, columns), keepdim, dtype=dtype)
    A = _checked(A, dtype, "linalg.matrix_norm")  # noqa: N806
    magnitude = None if isinstance(ord, str) else abs(float(ord))
    if ord != "nuc" and magnitude not in (1, 2, math.inf):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    if ord == "nuc" or magnitude == 2:
        return _of_singular_values(A, ord, rows, columns, keepdim)
    if magnitude == math.inf:
        rows, columns = columns, rows
    sums = vector_norm(A, 1, rows, keepdim)
    if not keepdim and rows < columns:
        columns -= 1
    return (amax if float(ord) > 0 else amin)(sums, columns, keepdim)


def _two_dims(A: Tensor, dim: Any) -> tuple[int, int]:  # noqa: N803
    dims = tuple(dim) if isinstance(dim, Sequence) else (dim,)
    if len(dims) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dims))}")
    first, second = (dims_of(one, A.ndim)[0] for one in dims)
    if first == second:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dims[0]}, {dims[1]})")
    return first, second


def _of_singular_values(A: Tensor, ord: Any, rows: int, columns: int, keepdim: bool) -> Tensor:  # noqa: N803
    order = [axis for axis in range(A.ndim) if axis not in (rows, columns)] + [rows, columns]
    values = svdvals(permute_dims(A, order))
    if ord == "nuc":
        result = sum_of(values, -1, keepdim)
    else:
        result = (amax if float(ord) > 0 else amin)(values, -1, keepdim)
    if keepdim:
        result = permute_dims(unsqueeze_at(result, -1), [int(axis) for axis in np.argsort(order)])
    return result


def linalg_norm(A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:  # noqa: N803
    """The norm of a vector or a matrix: which one, ``ord`` and the number of dimensions say."""
    if dim is not None:
        dims = tuple(dim) if isinstance(dim, Sequence) else (dim,)
        if len(dims) not in (1, 2):
            raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got [{', '.join(map(str, dims))}]")
    elif ord is not None and A.ndim not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.ndim}D.")
    if isinstance(ord, str):
        return matrix_norm(A, ord, (0, 1) if dim is None else dim, keepdim, dtype=dtype)
    if ord is not None and (len(dims) == 2 if dim is not None else A.ndim == 2):
        return matrix_norm(A, ord, (0, 1) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(A, 2 if ord is None else ord, dim, keepdim, dtype=dtype)


@accepts_out
def norm(input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """The ``p``-norm: by default the square root of the sum of squares."""
    if p == "nuc":
        return matrix_norm(input, "nuc", (0, 1) if dim is None else dim, keepdim, dtype=dtype)
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f"linalg.matrix_norm: Order {p} not supported.")
    return vector_norm(input, 2 if p in ("fro", None) else p, dim, keepdim, dtype=dtype)


def cond(A: Tensor, p: Any = None) -> Tensor:  # noqa: N803
    """The condition number: the norm of the matrix times that of its inverse."""
    if A.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    if p in (None, 2, -2):
        values = svdvals(A)
        first, last = values[..., 0:1], values[..., -1:]
        return squeeze(last / first if p == -2 else first / last, -1)
    return matrix_norm(A, p) * matrix_norm(inv(A), p)
