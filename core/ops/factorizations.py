"""Factorisations and functions of matrices: LU, least squares, the exponential, and solutions from a Cholesky factor.

The derivatives are those of PyTorch: of LU from Hong and others, of the exponential from the exponential of a block matrix.
"""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: N803, N806  (matrices have capital letters, as in PyTorch's arguments)
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..backends import TENSORS
from ..registry import OPERATORS, op, register_pair
from ..results import return_type
from ..tensor import Array, Tensor, from_array
from .decompositions import _cholesky_gradient, _column_major, _pinv_gradient
from .matmul import matmul
from .matrices import check_matrix, check_square, cholesky, solve, solve_triangular
from .nondifferentiable import plain

LuFactor = return_type("linalg_lu_factor", "LU", "pivots")
LuFactorEx = return_type("linalg_lu_factor_ex", "LU", "pivots", "info")
Lu = return_type("linalg_lu", "P", "L", "U")
LuUnpack = return_type("lu_unpack", "P", "L", "U")
LuWithInfo = return_type("_lu_with_info", "LU", "pivots", "info")
Lstsq = return_type("linalg_lstsq", "solution", "residuals", "rank", "singular_values")
TriangularSolve = return_type("triangular_solve", "solution", "cloned_coefficient")


# ------------------------------------------------------------------------------------------------------------------- LU
def _eliminated(matrix: Array) -> tuple[Array, Array]:
    """Gaussian elimination with partial pivoting: both factors in one matrix, and the rows that were exchanged (from 1)."""
    work = matrix.copy()
    rows, columns = work.shape
    pivots = np.zeros(min(rows, columns), np.int32)
    for step in range(len(pivots)):
        pivot = step + int(np.argmax(np.abs(work[step:, step])))
        pivots[step] = pivot + 1
        if pivot != step:
            work[[step, pivot]] = work[[pivot, step]]
        if work[step, step]:
            work[step + 1 :, step] /= work[step, step]
            work[step + 1 :, step + 1 :] -= np.outer(work[step + 1 :, step], work[step, step + 1 :])
    return work, pivots


def _each(A: Array, function: Any) -> tuple[Array, Array]:
    """A function of one matrix for a stack of them."""
    batch = A.shape[:-2]
    results = [function(A[place]) for place in np.ndindex(batch)]
    rows, columns = A.shape[-2:]
    first = np.array([one for one, _ in results], A.dtype).reshape(*batch, rows, columns)
    second = np.array([one for _, one in results], np.int32).reshape(*batch, min(rows, columns))
    return first, second


def _permutation(pivots: Array, rows: int) -> Array:
    """The matrix P of ``A = P L U``."""
    batch = pivots.shape[:-1]
    result = np.zeros((*batch, rows, rows))
    for place in np.ndindex(batch):
        order = np.arange(rows)
        for step, pivot in enumerate(pivots[place]):
            order[[step, pivot - 1]] = order[[pivot - 1, step]]
        result[place][order, np.arange(rows)] = 1
    return result


def _square_lu_gradient(k: Any, for_l: Any, for_u: Any, L: Any, U: Any) -> Any:
    """``L^-H (tril(L^H gL, -1) + triu(gU U^H)) U^-H``, for square factors."""
    inner = k.tril(k.bmm(k.mT(L), for_l), -1) + k.triu(k.bmm(for_u, k.mT(U)), 0)
    left = k.solve_triangular_matrix(k.mT(L), inner, True, True, True)
    return k.solve_triangular_matrix(k.mT(U), left, False, False, False)


def _lu_gradient(k: Any, for_l: Any, for_u: Any, pivots: Any, L: Any, U: Any) -> Any:
    """The gradient of ``A``; what is left of it beside a square part (on the right, or below) has gradients of its own."""
    rank, rows, count, columns = len(L.shape), L.shape[-2], L.shape[-1], U.shape[-1]
    if columns > count:
        rest, beyond = columns - count, k.narrow(for_u, rank - 1, count, columns - count)
        right = k.solve_triangular_matrix(k.mT(L), beyond, True, True, True)
        for_l = for_l - k.bmm(right, k.mT(k.narrow(U, rank - 1, count, rest)))
        first = _square_lu_gradient(k, for_l, k.narrow(for_u, rank - 1, 0, count), L, k.narrow(U, rank - 1, 0, count))
        whole = k.cat([first, right], rank - 1)
    elif rows > count:
        rest, beyond = rows - count, k.narrow(for_l, rank - 2, count, rows - count)
        below = k.solve_triangular_matrix(k.mT(U), beyond, False, False, False)
        for_u = for_u - k.bmm(k.mT(k.narrow(L, rank - 2, count, rest)), below)
        first = _square_lu_gradient(k, k.narrow(for_l, rank - 2, 0, count), for_u, k.narrow(L, rank - 2, 0, count), U)
        whole = k.cat([first, below], rank - 2)
    else:
        whole = _square_lu_gradient(k, for_l, for_u, L, U)
    return k.bmm(k.permutation_of(pivots, whole), whole)


def _permutation_like(pivots: Array, like: Array) -> Array:
    return _permutation(pivots, like.shape[-2]).astype(like.dtype)


permutation_of = plain(_permutation_like)
register_pair("permutation_of", _permutation_like, permutation_of)


def _columns(k: Any, matrix: Any, count: int) -> Any:
    return k.narrow(matrix, len(matrix.shape) - 1, 0, count)


def _rows(k: Any, matrix: Any, count: int) -> Any:
    return k.narrow(matrix, len(matrix.shape) - 2, 0, count)


def _packed_gradient(k: Any, g: Any, LU: Any, pivots: Any) -> Any:
    count = min(LU.shape[-2:])
    lower, upper = _columns(k, k.tril(LU, -1), count), _rows(k, k.triu(LU, 0), count)
    for_l, for_u = _columns(k, k.tril(g, -1), count), _rows(k, k.triu(g, 0), count)
    return _lu_gradient(k, for_l, for_u, pivots, lower + k.eye_like(lower), upper)


def _eye_like(matrix: Array) -> Array:
    return np.broadcast_to(np.eye(*matrix.shape[-2:], dtype=matrix.dtype), matrix.shape)


register_pair("eye_like", _eye_like, plain(_eye_like))


@op("LinalgLuFactorExBackward0", outputs=("LU", "pivots"), visible=2, self=_packed_gradient)
def lu_factors(self: Array) -> tuple[Array, Array]:
    """Both factors in one matrix, and the rows that were exchanged."""
    factors, pivots = _each(self, _eliminated)
    return _column_major(factors), pivots


def _unpacked_gradient(k: Any, g: Any, LU_data: Any) -> Any:
    for_l, for_u = k.tril(g[0], -1), k.triu(g[1], 0)
    rank, (rows, columns) = len(LU_data.shape), LU_data.shape[-2:]
    batch = tuple(LU_data.shape[:-2])
    if columns > rows:
        for_l = k.cat([for_l, k.zeros((*batch, rows, columns - rows), for_l)], rank - 1)
    elif rows > columns:
        for_u = k.cat([for_u, k.zeros((*batch, rows - columns, columns), for_u)], rank - 2)
    return for_l + for_u


@op("LuUnpackBackward0", outputs=("L", "U"), visible=2, differentiable_outputs=2, LU_data=_unpacked_gradient)
def lu_parts(LU_data: Array) -> tuple[Array, Array]:
    """The two triangular factors."""
    count = min(LU_data.shape[-2:])
    lower = np.tril(LU_data[..., :count], -1) + np.eye(LU_data.shape[-2], count, dtype=LU_data.dtype)
    return lower, np.triu(LU_data[..., :count, :])


def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False) -> Any:  # noqa: ARG001  (it always pivots)
    """LU with partial pivoting: both factors in one matrix, the exchanged rows, and where a pivot is zero."""
    check_matrix(A, "linalg.lu_factor_ex")
    factors, pivots = lu_factors(A)
    diagonal = np.diagonal(factors._array, axis1=-2, axis2=-1)
    zero = diagonal == 0
    info = np.where(zero.any(-1), zero.argmax(-1) + 1, 0).astype(np.int32)
    return LuFactorEx((factors, pivots, from_array(np.asarray(info))))


def lu_factor(A: Tensor, *, pivot: bool = True) -> Any:
    """LU with partial pivoting: both factors in one matrix, and the exchanged rows. Raises ``LinAlgError`` if singular."""
    check_matrix(A, "linalg.lu_factor")
    factors, pivots, info = lu_factor_ex(A, pivot=pivot)
    if info._array.any() and A._array.shape[-1] == A._array.shape[-2]:
        step = int(info._array.reshape(-1)[info._array.reshape(-1) != 0][0])
        raise RuntimeError(
            f"torch.linalg.lu_factor: U[{step},{step}] is zero and using it on lu_solve would result in a division by zero. If you "
            "still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)"
        )
    return LuFactor((factors, pivots))


def lu_unpack(
    LU_data: Tensor,
    LU_pivots: Tensor,
    unpack_data: bool = True,  # noqa: ARG001  (all are unpacked)
    unpack_pivots: bool = True,  # noqa: ARG001
) -> Any:
    """P, L and U of what :func:`lu_factor` gave."""
    lower, upper = lu_parts(LU_data)
    return LuUnpack((permutation_of(LU_pivots, LU_data.detach()), lower, upper))


def _whole_gradient(k: Any, g: Any, pivots: Any, L: Any, U: Any) -> Any:
    return _lu_gradient(k, g[0], g[1], pivots, L, U)


@op(
    "LinalgLuBackward0",
    outputs=("L", "U", "pivots"),
    visible=3,
    differentiable_outputs=2,
    self=_whole_gradient,
)
def lu_triangles(self: Array) -> tuple[Array, Array, Array]:
    """The triangular factors, and the rows that were exchanged."""
    factors, pivots = _each(self, _eliminated)
    count = min(self.shape[-2:])
    lower = np.tril(factors[..., :count], -1) + np.eye(self.shape[-2], count, dtype=self.dtype)
    return lower, np.triu(factors[..., :count, :]), pivots


def lu(A: Tensor, *, pivot: bool = True) -> Any:  # noqa: ARG001  (it always pivots)
    """P, L and U, whose product is ``A``."""
    check_matrix(A, "linalg.lu")
    lower, upper, pivots = lu_triangles(A)
    return Lu((permutation_of(pivots, A.detach()), lower, upper))


def lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False) -> Tensor:
    """``X`` in ``A X = B`` from the factors of ``A`` (``X A = B``, or its adjoint, where asked)."""
    lower, upper = lu_parts(LU)
    A = matmul(matmul(permutation_of(pivots, LU.detach()), lower), upper)
    return solve(A.mT if adjoint else A, B, left=left)


def old_lu(input: Tensor, pivot: bool = True, get_infos: bool = False, out: Any = None) -> tuple[Tensor, ...]:  # noqa: ARG001
    """``torch.lu``: both factors in one matrix, the exchanged rows, and where a pivot is zero if asked."""
    factors, pivots, info = lu_factor_ex(input)
    return LuWithInfo((factors, pivots, info)) if get_infos else (factors, pivots)


def old_lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
    """``torch.lu_solve``: see :func:`lu_solve`."""
    return lu_solve(LU_data, LU_pivots, b)


# ------------------------------------------------------------------------------------------------- from a Cholesky factor
_factor = op("CholeskyBackward0", name="old_cholesky_factor", self=_cholesky_gradient)(OPERATORS["cholesky_factor"].kernel)


def old_cholesky(input: Tensor, upper: bool = False) -> Tensor:
    """``torch.cholesky``: see ``torch.linalg.cholesky``."""
    cholesky(input.detach(), upper=upper)  # for its checks
    return _factor(input, upper)


def _by_factor(L: Array, B: Array, upper: bool) -> Array:
    lower = L.swapaxes(-1, -2) if upper else L
    if not L.shape[-1]:
        return np.zeros(B.shape, B.dtype)
    return _column_major(np.linalg.solve(lower @ lower.swapaxes(-1, -2), B))


def _factor_gradient(k: Any, common: Any, L: Any, upper: bool) -> Any:
    both = common + k.mT(common)
    return -k.bmm(L, both) if upper else -k.bmm(both, L)


@op(
    "CholeskySolveBackward0",
    self=lambda k, g, L, upper: k.solution_by_factor(g, L, upper),
    L=lambda k, g, L, upper, result: _factor_gradient(k, k.bmm(k.solution_by_factor(g, L, upper), k.mT(result)), L, upper),
)
def solution_by_factor(self: Array, L: Array, upper: bool) -> Array:
    """``X`` in ``A X = self`` from the Cholesky factor of ``A``."""
    return _by_factor(L, self, upper)


def _inverse_gradient(k: Any, g: Any, L: Any, upper: bool, result: Any) -> Any:
    common = k.bmm(result, k.bmm(g + k.mT(g), result))
    return -k.bmm(L, common) if upper else -k.bmm(common, L)


@op("CholeskyInverseBackward0", L=_inverse_gradient)
def inverse_by_factor(L: Array, upper: bool) -> Array:
    """The inverse of ``A`` from its Cholesky factor."""
    identity = np.broadcast_to(np.eye(L.shape[-1], dtype=L.dtype), L.shape)
    return _by_factor(L, identity, upper)


def _together(*tensors: Tensor) -> list[Tensor]:
    """Stacks of matrices with the same leading dimensions."""
    batch = np.broadcast_shapes(*[one._array.shape[:-2] for one in tensors])
    shapes = [(*batch, *one._array.shape[-2:]) for one in tensors]
    return [one if one._array.shape == shape else TENSORS.expand(one, shape) for one, shape in zip(tensors, shapes, strict=True)]


def cholesky_solve(B: Tensor, L: Tensor, upper: bool = False) -> Tensor:
    """``X`` in ``A X = B`` from the Cholesky factor of ``A``."""
    if B.ndim < 2 or L.ndim < 2:
        which, one = ("b", B) if B.ndim < 2 else ("u", L)
        raise RuntimeError(f"{which} should have at least 2 dimensions, but has {one.ndim} dimensions instead")
    return solution_by_factor(*_together(B, L), upper)


def cholesky_inverse(L: Tensor, upper: bool = False) -> Tensor:
    """The inverse of ``A`` from its Cholesky factor."""
    check_square(L, "cholesky_inverse")
    return inverse_by_factor(L, upper)


def triangular_solve(b: Tensor, A: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False) -> Any:
    """``torch.triangular_solve``: see ``torch.linalg.solve_triangular``."""
    matrix = A.mT if transpose else A
    solution = solve_triangular(matrix, b, upper=upper != transpose, unitriangular=unitriangular)
    return TriangularSolve((solution, A.clone()))


# --------------------------------------------------------------------------------------------------------- least squares
def _least_squares_gradient(
    k: Any, g: Any, needs: tuple[bool, ...], A: Any, B: Any, solution: Any, residuals: Any
) -> tuple[Any, Any]:
    for_solution, for_residuals = g
    inverse = k.pseudo_inverse(A, 0.0, max(A.shape[-2:]) * 2.0**-52, False)
    for_a = _pinv_gradient(k, k.bmm(for_solution, k.mT(B)), A, inverse) if needs[0] else None
    for_b = k.bmm(k.mT(inverse), for_solution) if needs[1] else None
    if math.prod(residuals.shape) and for_residuals is not None:
        twice = (k.bmm(A, solution) - B) * (2.0 * k.unsqueeze(for_residuals, len(residuals.shape) - 1))
        for_a = for_a + k.bmm(twice, k.mT(solution)) if needs[0] else None
        for_b = for_b - twice if needs[1] else None
    return for_a, for_b


@op(
    "LinalgLstsqBackward0",
    outputs=("solution", "residuals"),
    visible=2,
    differentiable_outputs=2,
    joint=_least_squares_gradient,
    A=None,  # type: ignore[arg-type]
    B=None,  # type: ignore[arg-type]
)
def least_squares(A: Array, B: Array, with_residuals: bool) -> tuple[Array, Array]:
    """The solutions, and the squares of what is left where there is something left."""
    solution = _column_major(np.matmul(np.linalg.pinv(A), B))
    rows, columns = A.shape[-2:]
    if not with_residuals or rows <= columns or (np.linalg.matrix_rank(A) < columns).any():
        return solution, np.zeros(0, A.dtype)
    return solution, np.square(np.matmul(A, solution) - B).sum(-2)


def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None) -> Any:  # noqa: ARG001
    """The ``X`` for which ``A X - B`` is smallest, with its residuals, the ranks of ``A`` and its singular values."""
    if A.ndim < 2:
        raise RuntimeError("torch.linalg.lstsq: input must have at least 2 dimensions.")
    if B.ndim < 1:
        raise RuntimeError("torch.linalg.lstsq: other must have at least 1 dimension.")
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError("torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    vector = B.ndim == A.ndim - 1
    solution, residuals = least_squares(*_together(A, B.unsqueeze(-1) if vector else B), driver != "gelsy")
    no_ranks, ranks = np.zeros(0, np.int64), np.asarray(np.linalg.matrix_rank(A._array), np.int64)
    singular = np.linalg.svd(A._array, compute_uv=False) if driver in ("gelsd", "gelss") else np.zeros(0, A._array.dtype)
    return Lstsq(
        (
            solution.squeeze(-1) if vector else solution,
            residuals,
            from_array(no_ranks if driver == "gels" else ranks),
            from_array(singular),
        )
    )


# ----------------------------------------------------------------------------------------------------------- exponential
def _exponential(A: Array) -> Array:
    """By scaling, a Taylor series, and squaring."""
    wide = np.asarray(A, np.float64)
    norm = float(np.abs(wide).sum(-2).max()) if wide.size else 0.0
    squarings = max(0, math.ceil(math.log2(norm)) + 3) if norm > 0 and math.isfinite(norm) else 0
    scaled = wide / 2.0**squarings
    identity = np.broadcast_to(np.eye(wide.shape[-1]), wide.shape)
    result = term = identity
    for order in range(1, 20):
        term = term @ scaled / order
        result = result + term
    for _ in range(squarings):
        result = result @ result
    return np.asarray(result, A.dtype)


def _exponential_gradient(k: Any, g: Any, self: Any) -> Any:
    """The upper right part of the exponential of ``[[A^H, g], [0, A^H]]``."""
    size = self.shape[-1]
    transposed, rank = k.mT(self), len(self.shape)
    above = k.cat([transposed, g], rank - 1)
    below = k.cat([k.zeros(tuple(self.shape), g), transposed], rank - 1)
    whole = k.matrix_exponential(k.cat([above, below], rank - 2))
    return k.narrow(k.narrow(whole, rank - 2, 0, size), rank - 1, size, size)


@op("LinalgMatrixExpBackward0", self=_exponential_gradient)
def matrix_exponential(self: Array) -> Array:
    """The exponential of square matrices."""
    return _exponential(self)


def matrix_exp(A: Tensor) -> Tensor:
    """The exponential of square matrices."""
    check_square(A, "linalg.matrix_exp")
    return matrix_exponential(A)
