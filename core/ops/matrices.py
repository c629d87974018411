"""The functions of ``torch.linalg`` on square matrices and decompositions, as users call them.

The operators behind them, with their derivatives, are in :mod:`.decompositions`.
"""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: N803, N806  (matrices have capital letters, as in PyTorch's arguments)
from __future__ import annotations

from typing import Any

import numpy as np

from ..results import return_type
from ..tensor import Array, Tensor, from_array
from .convert import clone
from .decompositions import (
    cholesky_factor,
    determinant,
    inverse_matrix,
    orthogonal_triangular,
    pseudo_inverse,
    sign_and_log_determinant,
    singular_values_and_vectors,
    solve_matrix,
    solve_triangular_matrix,
    symmetric_eigen,
)
from .elementwise import where
from .filling import copy_
from .matmul import matmul


class LinAlgError(RuntimeError):
    """A matrix for which the answer does not exist: singular, or not positive-definite."""


LinAlgError.__name__ = LinAlgError.__qualname__ = "_LinAlgError"
LinAlgError.__module__ = "torch._C"

InvEx = return_type("linalg_inv_ex", "inverse", "info")
SolveEx = return_type("linalg_solve_ex", "result", "info")
CholeskyEx = return_type("linalg_cholesky_ex", "L", "info")
Slogdet = return_type("linalg_slogdet", "sign", "logabsdet")
Eigh = return_type("linalg_eigh", "eigenvalues", "eigenvectors")
Svd = return_type("linalg_svd", "U", "S", "Vh")
Qr = return_type("linalg_qr", "Q", "R")
OldSlogdet = return_type("slogdet", "sign", "logabsdet")
OldSvd = return_type("svd", "U", "S", "V")
OldQr = return_type("qr", "Q", "R")


# --------------------------------------------------------------------------------------------------------------- checks
def check_matrix(A: Tensor, function: str) -> None:
    """Raise ``RuntimeError`` for a tensor that holds no matrices."""
    if A.ndim < 2:
        raise RuntimeError(f"{function}: The input tensor A must have at least 2 dimensions.")


def check_floating(A: Tensor, function: str) -> None:
    """Raise ``RuntimeError`` for integers and bools."""
    if not A.is_floating_point():
        raise RuntimeError(f"{function}: Expected a floating point or complex tensor as input. Got {A.dtype.cpp_name}")


def check_square(A: Tensor, function: str, *, floating: bool = True) -> None:
    """Raise ``RuntimeError`` for a tensor that holds no square matrices."""
    check_matrix(A, function)
    rows, columns = A._array.shape[-2:]
    if rows != columns:
        raise RuntimeError(f"{function}: A must be batches of square matrices, but they are {rows} by {columns} matrices")
    if floating:
        check_floating(A, function)


def _eliminated(matrix: Array) -> int:
    """Gaussian elimination with partial pivoting: the number (from 1) of the first pivot that is zero, or 0."""
    work = matrix.copy()
    first = 0
    for column in range(len(work)):
        pivot = column + int(np.argmax(np.abs(work[column:, column])))
        if not work[pivot, column]:
            first = first or column + 1
            continue
        work[[column, pivot]] = work[[pivot, column]]
        work[column + 1 :] -= np.outer(work[column + 1 :, column] / work[column, column], work[column])
    return first


def _minor(matrix: Array) -> int:
    """The order of the first leading minor that is not positive-definite, or 0."""
    for order in range(1, len(matrix) + 1):
        try:
            np.linalg.cholesky(matrix[:order, :order])
        except np.linalg.LinAlgError:
            return order
    return 0


def _first_failure(A: Tensor, find: Any) -> tuple[str, int]:
    """Where the first bad matrix of a stack is, for a message, and what ``find`` says about it."""
    array = A._array
    for number, place in enumerate(np.ndindex(array.shape[:-2])):
        info = find(array[place])
        if info:
            return (f"(Batch element {number}): " if array.ndim > 2 else ""), info
    return "", 0


def _info(A: Tensor, find: Any) -> Tensor:
    array = A._array
    infos = [find(array[place]) for place in np.ndindex(array.shape[:-2])]
    return from_array(np.array(infos, np.int32).reshape(array.shape[:-2]))


# -------------------------------------------------------------------------------------------------- inverses, solutions
def inv(A: Tensor) -> Tensor:
    """The inverse. Raises ``LinAlgError`` for a singular matrix."""
    check_square(A, "linalg.inv")
    try:
        return inverse_matrix(A)
    except np.linalg.LinAlgError:
        where_, pivot = _first_failure(A, _eliminated)
        raise LinAlgError(
            f"linalg.inv: {where_}The diagonal element {pivot} is zero, the inversion could not be completed because the input "
            "matrix is singular."
        ) from None


def inv_ex(A: Tensor, *, check_errors: bool = False) -> Any:  # noqa: ARG001  (a singular matrix always raises)
    """The inverse, and 0 for each matrix that has one."""
    return InvEx((inv(A), _info(A, _eliminated)))


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """``X`` in ``A X = B``, or with ``left=False`` in ``X A = B``; ``B`` may hold vectors."""
    check_square(A, "linalg.solve")
    if A.dtype is not B.dtype:
        raise RuntimeError(
            f"linalg.solve: Expected A and B to have the same dtype, but found A of type {A.dtype.cpp_name} and B of type "
            f"{B.dtype.cpp_name} instead"
        )
    vector = _is_vector_case(A, B)
    if vector and not left:
        raise RuntimeError(
            "linalg.solve: Vector broadcasting of the left hand side is not supported for left=False. In this case "
            "linalg.solve is equivalent to B / A.squeeze(-1)"
        )
    _check_compatible(A, B, left, vector)
    try:
        return solve_matrix(A, B, left, vector)
    except np.linalg.LinAlgError:
        place, _ = _first_failure(A, _eliminated)
        raise LinAlgError(f"torch.linalg.solve: {place}The solver failed because the input matrix is singular.") from None


def _is_vector_case(A: Tensor, B: Tensor) -> bool:
    """One vector, or a stack of vectors for a stack of matrices."""
    return B.ndim == 1 or (A.ndim - 1 == B.ndim and B._array.shape == A._array.shape[:-1])


def _check_compatible(A: Tensor, B: Tensor, left: bool, vector: bool, function: str = "linalg.solve") -> None:
    size = A._array.shape[-1]
    rows, columns = (B._array.shape[-1], 1) if vector else B._array.shape[-2:]
    if size != (rows if left or vector else columns):
        equation = "AX = B" if left else "XA = B"
        raise RuntimeError(
            f"{function}: Incompatible shapes of A and B for the equation {equation} ({size}x{size} and {rows}x{columns})"
        )


def solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False) -> Any:  # noqa: ARG001
    """As :func:`solve`, and 0 for each matrix that could be solved."""
    return SolveEx((solve(A, B, left=left), _info(A, _eliminated)))


def solve_triangular(A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """As :func:`solve`, for matrices of which only one triangle is read."""
    check_square(A, "linalg.solve_triangular")
    _check_compatible(A, B, left, False, "linalg.solve_triangular")
    return solve_triangular_matrix(A, B, upper, left, unitriangular)


def pinv(A: Tensor, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """The pseudo-inverse; singular values up to ``max(atol, rtol * largest)`` count as zero."""
    if A.ndim < 2 or not A.is_floating_point():
        raise RuntimeError(
            f"linalg.pinv({A.dtype.cpp_name}{{{list(A._array.shape)}}}): expected a tensor with 2 or more dimensions of float, "
            "double, cfloat or cdouble types"
        )
    rtol = rcond if rtol is None else rtol
    if rtol is None:
        rows, columns = A._array.shape[-2:]
        rtol = 0.0 if atol is not None and _positive(atol) else max(rows, columns) * float(np.finfo(A._array.dtype).eps)
    return pseudo_inverse(A, _limit(atol), _limit(rtol), hermitian)


def _positive(atol: Any) -> bool:
    return bool(np.all(_limit(atol) > 0))


def _limit(value: Any) -> Any:
    return value._array if isinstance(value, Tensor) else 0.0 if value is None else value


# --------------------------------------------------------------------------------------------------------- determinants
def det(A: Tensor) -> Tensor:
    """The determinant."""
    check_square(A, "linalg.det")
    return determinant(A)


def slogdet(A: Tensor) -> Any:
    """The determinant's sign, and the logarithm of its absolute value."""
    check_square(A, "linalg.slogdet")
    return Slogdet(sign_and_log_determinant(A))


def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant; NaN where that is negative."""
    check_square(input, "logdet")
    sign, logarithm = sign_and_log_determinant(input)
    return where(sign == -1.0, float("nan"), logarithm)


# ------------------------------------------------------------------------------------------------------- decompositions
def cholesky(A: Tensor, *, upper: bool = False) -> Tensor:
    """The triangular factor ``L`` of ``A = L Lᵀ``. Raises ``LinAlgError`` if ``A`` is not positive-definite."""
    check_square(A, "linalg.cholesky")
    try:
        return cholesky_factor(A, upper)
    except np.linalg.LinAlgError:
        place, order = _first_failure(A, _minor)
        raise LinAlgError(
            f"linalg.cholesky: {place}The factorization could not be completed because the input is not positive-definite (the "
            f"leading minor of order {order} is not positive-definite)."
        ) from None


def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False) -> Any:  # noqa: ARG001
    """As :func:`cholesky`, and 0 for each matrix that is positive-definite."""
    return CholeskyEx((cholesky(A, upper=upper), _info(A, _minor)))


def eigh(A: Tensor, UPLO: str = "L") -> Any:
    """Eigenvalues, ascending, and eigenvectors of symmetric matrices."""
    check_square(A, "linalg.eigh", floating=False)
    if not A.is_floating_point():
        raise NotImplementedError(f"\"linalg_eigh_cpu\" not implemented for '{A.dtype.cpp_name}'")
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return Eigh(symmetric_eigen(A, UPLO))


def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues of symmetric matrices."""
    values: Tensor = eigh(A, UPLO)[0]
    return values


def svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None) -> Any:  # noqa: ARG001  (a choice of CUDA kernels)
    """``A = U diag(S) Vh`` with orthonormal columns in ``U`` and rows in ``Vh``."""
    check_matrix(A, "linalg.svd")
    check_floating(A, "linalg.svd")
    return Svd(singular_values_and_vectors(A, full_matrices))


def svdvals(A: Tensor, *, driver: str | None = None) -> Tensor:  # noqa: ARG001
    """The singular values, descending."""
    values: Tensor = svd(A, False)[1]
    return values


def qr(A: Tensor, mode: str = "reduced") -> Any:
    """``A = Q R`` with orthonormal columns in ``Q`` and an upper triangular ``R``.

    ``mode``: ``"reduced"``, ``"complete"`` or, for ``R`` alone, ``"r"``.
    """
    check_matrix(A, "linalg.qr")
    check_floating(A, "linalg.qr")
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'")
    return Qr(orthogonal_triangular(A, mode))


def matrix_power(A: Tensor, n: int) -> Tensor:
    """``A`` multiplied with itself, or for a negative ``n`` its inverse."""
    check_square(A, "linalg.matrix_power", floating=False)
    if n == 0:
        size = A._array.shape[-1]
        return copy_(clone(A), from_array(np.eye(size, dtype=A._array.dtype)))
    if n == 1:
        return clone(A)
    base = inv(A) if n < 0 else A
    n = abs(n)
    if n == 3:
        return matmul(matmul(base, base), base)
    result = None
    while True:
        n, odd = divmod(n, 2)
        if odd:
            result = base if result is None else matmul(result, base)
        if not n:
            assert result is not None
            return result
        base = matmul(base, base)


def matrix_rank(A: Tensor, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """How many singular values are larger than ``max(atol, rtol * largest)``."""
    if A.ndim < 2:
        raise RuntimeError("torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.")
    array = A._array
    values = np.abs(np.linalg.eigvalsh(array)) if hermitian else np.linalg.svd(array, compute_uv=False)
    if tol is not None:
        atol, rtol = tol, 0.0 if rtol is None else rtol
    if rtol is None:
        rtol = 0.0 if atol is not None and _positive(atol) else max(array.shape[-2:]) * float(np.finfo(array.dtype).eps)
    limit = np.maximum(_limit(atol), _limit(rtol) * np.max(values, -1, initial=0.0))
    return from_array(np.asarray(np.sum(values > limit[..., None], -1), np.int64))


# ------------------------------------------------------------------------------------------------- under their old names
def old_slogdet(input: Tensor) -> Any:
    """As :func:`slogdet`."""
    return OldSlogdet(slogdet(input))


def old_svd(input: Tensor, some: bool = True, compute_uv: bool = True) -> Any:  # noqa: ARG001
    """As :func:`svd`, with ``V`` instead of its transpose."""
    U, S, Vh = svd(input, not some)
    return OldSvd((U, S, Vh.mT))


def old_qr(input: Tensor, some: bool = True) -> Any:
    """As :func:`qr`."""
    return OldQr(qr(input, "reduced" if some else "complete"))


def old_pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """As :func:`pinv`."""
    return pinv(input, rcond)
