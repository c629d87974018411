"""Inverses, solutions, determinants and decompositions of matrices and stacks of matrices: the operators with their derivatives.

:mod:`.matrices` has the functions that users call. The formulas are the well-known ones; for their derivation see M. Giles,
*An extended collection of matrix derivative results for forward and reverse mode algorithmic differentiation* (2008), and, for the
QR decomposition, S. Walter and L. Lehmann, *Algorithmic differentiation of linear algebra functions* (2018).
"""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
# ruff: noqa: N803, N806  (matrices have capital letters, as in the formulas and in PyTorch's arguments)
from __future__ import annotations

from typing import Any

import numpy as np

from ..registry import formula_helper, op, register_pair
from ..tensor import Array, from_array

register_pair("constant", lambda array: array, from_array)


@formula_helper
def identity_like(k: Any, matrix: Any) -> Any:
    """The identity matrix of the size of the square ``matrix``."""
    size = matrix.shape[-1]
    dtype = matrix.dtype if isinstance(matrix, np.ndarray) else matrix._array.dtype
    return k.constant(np.eye(size, dtype=dtype))


@formula_helper
def halved_diagonal(k: Any, matrix: Any) -> Any:
    """The lower triangle, with half of the diagonal."""
    return k.tril(matrix, 0) * (1.0 - 0.5 * k.identity_like(matrix))


def _column_major(array: Array) -> Array:
    """The matrices in the memory order of LAPACK, as PyTorch returns them."""
    return np.ascontiguousarray(array.swapaxes(-1, -2)).swapaxes(-1, -2)


def _row(values: Any) -> Any:
    """``(..., n)`` as ``(..., 1, n)``: multiplies the columns of a matrix."""
    return values[..., None, :]


def _column(values: Any) -> Any:
    """``(..., n)`` as ``(..., n, 1)``: multiplies the rows of a matrix."""
    return values[..., :, None]


# -------------------------------------------------------------------------------------------------- inverses, solutions
@op(
    "LinalgInvExBackward0",
    self=lambda k, g, result: -k.matmul(k.mT(result), k.matmul(g, k.mT(result))),
)
def inverse_matrix(self: Array) -> Array:
    """The inverses of square matrices."""
    return _column_major(np.linalg.inv(self))


def _solution(A: Array, B: Array, left: bool) -> Array:
    if left:
        return _column_major(np.linalg.solve(A, B))
    return np.linalg.solve(A.swapaxes(-1, -2), B.swapaxes(-1, -2)).swapaxes(-1, -2)


def _solve_gradient(
    k: Any, g: Any, needs: Any, A: Any, result: Any, A_shape: Any, B_shape: Any, left: bool, vector: bool
) -> tuple[Any, Any]:
    """``A X = B``: the gradient of ``B`` solves the transposed system, that of ``A`` is its outer product with ``-X``."""
    for_b = k.solve_matrix(k.mT(A), g, left, vector)
    for_a = None
    if needs[0]:
        if vector:
            for_a = -k.matmul(_column(for_b), _row(result))
        else:
            for_a = -k.matmul(for_b, k.mT(result)) if left else -k.matmul(k.mT(result), for_b)
        for_a = k.sum_to(for_a, A_shape)
    return for_a, k.sum_to(for_b, B_shape) if needs[1] else None


@op("LinalgSolveExBackward0", joint=_solve_gradient, A=lambda k, g: g, B=lambda k, g: g)
def solve_matrix(A: Array, B: Array, left: bool, vector: bool) -> Array:
    """``X`` in ``A X = B`` (``left``) or ``X A = B``; ``vector``: the last dimension of ``B`` holds vectors, not matrices."""
    if not vector:
        return _solution(A, B, left)
    answer = _solution(A, B[..., None], True)[..., 0]
    return _column_major(answer) if answer.ndim > 1 else answer


def _triangular_gradient(
    k: Any, g: Any, needs: Any, A: Any, result: Any, A_shape: Any, B_shape: Any, upper: bool, left: bool, unitriangular: bool
) -> tuple[Any, Any]:
    """As for any system; of ``A`` only the triangle that was read gets a gradient."""
    for_b = k.solve_triangular_matrix(k.mT(A), g, not upper, left, unitriangular)
    for_a = None
    if needs[0]:
        for_a = -k.matmul(for_b, k.mT(result)) if left else -k.matmul(k.mT(result), for_b)
        offset = int(unitriangular)
        for_a = k.sum_to(k.triu(for_a, offset) if upper else k.tril(for_a, -offset), A_shape)
    return for_a, k.sum_to(for_b, B_shape) if needs[1] else None


@op("LinalgSolveTriangularBackward0", joint=_triangular_gradient, A=lambda k, g: g, B=lambda k, g: g)
def solve_triangular_matrix(A: Array, B: Array, upper: bool, left: bool, unitriangular: bool) -> Array:
    """``X`` in ``A X = B`` (``left``) or ``X A = B``, where only one triangle of ``A`` is read."""
    triangle = np.triu(A, int(unitriangular)) if upper else np.tril(A, -int(unitriangular))
    if unitriangular:
        triangle = triangle + np.eye(A.shape[-1], dtype=A.dtype)
    return _solution(triangle, B, left)


# --------------------------------------------------------------------------------------------------------- determinants
def _det_on_arrays(g: Array, self: Array, result: Array) -> Array:
    """det(A) A⁻ᵀ; zero, as in PyTorch, for a matrix whose determinant is exactly zero."""
    singular = np.asarray(result == 0)[..., None, None]
    inverse = np.linalg.inv(np.where(singular, np.eye(self.shape[-1], dtype=self.dtype), self)).swapaxes(-1, -2)
    return np.asarray(g * result)[..., None, None] * inverse


register_pair(
    "det_gradient",
    _det_on_arrays,
    lambda g, self, result: (g * result)[..., None, None] * inverse_matrix(self).mT,
)


@op("LinalgDetBackward0", self=lambda k, g, self, result: k.det_gradient(g, self, result))
def determinant(self: Array) -> Array:
    """The determinants of square matrices."""
    return np.linalg.det(self)


@op(
    "LinalgSlogdetBackward0",
    outputs=("sign", "logabsdet"),
    visible=2,
    differentiable_outputs=2,
    undefined_as_none=True,
    self=lambda k, g, self: k.zeros_like(self) if g[1] is None else g[1][..., None, None] * k.mT(k.inverse_matrix(self)),
)
def sign_and_log_determinant(self: Array) -> tuple[Array, Array]:
    """The signs of the determinants and the logarithms of their absolute values."""
    sign, logarithm = np.linalg.slogdet(self)
    return sign, logarithm


# ------------------------------------------------------------------------------------------------------- decompositions
def _cholesky_gradient(k: Any, g: Any, result: Any, upper: bool) -> Any:
    if upper:
        g, result = k.mT(g), k.mT(result)
    inverse = k.inverse_matrix(result)
    inner = k.halved_diagonal(k.matmul(k.mT(result), g))
    answer = k.matmul(k.mT(inverse), k.matmul(inner, inverse))
    return 0.5 * (answer + k.mT(answer))


@op("LinalgCholeskyExBackward0", self=_cholesky_gradient)
def cholesky_factor(self: Array, upper: bool) -> Array:
    """The lower (or upper) triangular factor of symmetric positive-definite matrices."""
    return _column_major(np.linalg.cholesky(self, upper=upper))


def _eigh_gradient(k: Any, g: Any, eigenvalues: Any, eigenvectors: Any) -> Any:
    for_values, for_vectors = g
    transposed = k.mT(eigenvectors)
    if for_vectors is None:
        return k.matmul(eigenvectors * _row(for_values), transposed)
    unit = k.identity_like(eigenvectors)
    differences = _row(eigenvalues) - _column(eigenvalues) + unit
    inner = k.matmul(transposed, for_vectors) / differences * (1.0 - unit)
    if for_values is not None:
        inner = inner + unit * _row(for_values)
    answer = k.matmul(eigenvectors, k.matmul(inner, transposed))
    return 0.5 * (answer + k.mT(answer))


@op(
    "LinalgEighBackward0",
    outputs=("eigenvalues", "eigenvectors"),
    visible=2,
    differentiable_outputs=2,
    undefined_as_none=True,
    self=_eigh_gradient,
)
def symmetric_eigen(self: Array, UPLO: str) -> tuple[Array, Array]:
    """Eigenvalues (ascending) and eigenvectors of symmetric matrices, of which one triangle is read."""
    values, vectors = np.linalg.eigh(self, UPLO.upper())  # type: ignore[call-overload]
    return values, _column_major(vectors)


def _skew(k: Any, matrix: Any) -> Any:
    return matrix - k.mT(matrix)


def _svd_gradient(k: Any, g: Any, U: Any, S: Any, Vh: Any) -> Any:
    """``A = U S Vh``; with full matrices only the columns that belong to singular values count."""
    count = S.shape[-1]
    for_u, for_s, for_vh = g
    U, Vh = U[..., :, :count], Vh[..., :count, :]
    if for_u is None and for_vh is None:
        return k.matmul(U * _row(for_s), Vh)
    inner = 0.0
    square = S * S
    unit = k.identity_like(k.matmul(k.mT(U), U))
    differences = _row(square) - _column(square) + unit
    if for_u is not None:
        for_u = for_u[..., :, :count]
        inner = inner + _skew(k, k.matmul(k.mT(U), for_u)) * _row(S) / differences
    if for_vh is not None:
        for_vh = for_vh[..., :count, :]
        inner = inner + _column(S) * _skew(k, k.matmul(Vh, k.mT(for_vh))) / differences
    if for_s is not None:
        inner = inner + unit * _row(for_s)
    answer = k.matmul(U, k.matmul(inner, Vh))
    if for_u is not None and U.shape[-2] > count:
        scaled = for_u / _row(S)
        answer = answer + k.matmul(scaled - k.matmul(U, k.matmul(k.mT(U), scaled)), Vh)
    if for_vh is not None and Vh.shape[-1] > count:
        scaled = for_vh / _column(S)
        answer = answer + k.matmul(U, scaled - k.matmul(k.matmul(scaled, k.mT(Vh)), Vh))
    return answer


@op(
    "LinalgSvdBackward0",
    outputs=("U", "S", "Vh"),
    visible=3,
    differentiable_outputs=3,
    undefined_as_none=True,
    self=_svd_gradient,
)
def singular_values_and_vectors(self: Array, full_matrices: bool) -> tuple[Array, Array, Array]:
    """Left singular vectors, singular values (descending) and right singular vectors."""
    u, s, vh = np.linalg.svd(self, full_matrices)
    return _column_major(u), s, _column_major(vh)


def _square_qr_gradient(k: Any, for_q: Any, for_r: Any, Q: Any, R: Any) -> Any:
    """For at least as many rows as columns."""
    inner = 0.0
    if for_r is not None:
        inner = k.matmul(for_r, k.mT(R))
    if for_q is not None:
        inner = inner - k.matmul(k.mT(Q), for_q)
    # the transposed strict triangle of `inner` is what keeps Q orthogonal and R triangular
    upper = k.triu(inner, 0) * (1.0 - 0.5 * k.identity_like(inner))
    answer = k.matmul(Q, upper + k.mT(upper))
    if for_q is not None:
        answer = answer + for_q
    return k.mT(k.solve_matrix(R, k.mT(answer), True, False))


def _qr_gradient(k: Any, g: Any, self: Any, Q: Any, R: Any, mode: str) -> Any:
    rows, columns = self.shape[-2:]
    for_q, for_r = g
    if mode == "r":
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use "
            "linalg.qr(A, mode='reduced') if you are going to differentiate through linalg.qr."
        )
    if mode == "complete" and rows > columns:
        raise RuntimeError(
            "The QR decomposition is not differentiable when mode='complete' and nrows > ncols. Please use "
            "linalg.qr(A, mode='reduced')"
        )
    if rows >= columns:
        return _square_qr_gradient(k, for_q, for_r, Q, R)
    # A = (X Y), X = Q U, Y = Q V with R = (U V)
    for_u = for_v = None
    if for_r is not None:
        for_u, for_v = for_r[..., :, :rows], for_r[..., :, rows:]
        from_v = k.matmul(self[..., :, rows:], k.mT(for_v))
        for_q = from_v if for_q is None else for_q + from_v
    for_x = _square_qr_gradient(k, for_q, for_u, Q, R[..., :, :rows])
    for_y = k.zeros_like(self[..., :, rows:]) if for_v is None else k.matmul(Q, for_v)
    return k.cat([for_x, for_y], len(self.shape) - 1)


@op(
    "LinalgQrBackward0",
    outputs=("Q", "R"),
    visible=2,
    differentiable_outputs=2,
    undefined_as_none=True,
    self=_qr_gradient,
)
def orthogonal_triangular(self: Array, mode: str) -> tuple[Array, Array]:
    """``Q`` with orthonormal columns and the upper triangular ``R`` of ``A = Q R``; ``Q`` is empty in mode ``"r"``."""
    if mode == "r":
        return np.empty(0, self.dtype), _column_major(np.asarray(np.linalg.qr(self, "r")))
    q, r = np.linalg.qr(self, mode)  # type: ignore[call-overload]
    return _column_major(q), _column_major(r)


def _pinv_gradient(k: Any, g: Any, self: Any, result: Any) -> Any:
    """From ``dP = -P dA P + P Pᵀ dAᵀ (1 - A P) + (1 - P A) dAᵀ Pᵀ P`` (Golub and Pereyra, 1973)."""
    transposed, g_transposed = k.mT(result), k.mT(g)
    first = -k.matmul(transposed, k.matmul(g, transposed))
    left = k.matmul(g_transposed, k.matmul(result, transposed))
    right = k.matmul(transposed, k.matmul(result, g_transposed))
    return first + (left - k.matmul(self, k.matmul(result, left))) + (right - k.matmul(k.matmul(right, result), self))


@op("LinalgPinvBackward0", self=_pinv_gradient)
def pseudo_inverse(self: Array, atol: Any, rtol: Any, hermitian: bool) -> Array:
    """The Moore-Penrose inverses; singular values up to ``max(atol, rtol * largest)`` count as zero."""
    if not self.size:
        return np.empty((*self.shape[:-2], self.shape[-1], self.shape[-2]), self.dtype)
    if hermitian:
        values, vectors = np.linalg.eigh(self)
        left, magnitudes, right = vectors * _row(np.sign(values)), np.abs(values), vectors.swapaxes(-1, -2)
    else:
        left, magnitudes, right = np.linalg.svd(self, full_matrices=False)
    smallest = np.maximum(atol, rtol * np.max(magnitudes, -1))
    kept = magnitudes > smallest[..., None]
    inverted = np.where(kept, 1 / np.where(kept, magnitudes, 1), 0).astype(self.dtype)
    return np.matmul(right.swapaxes(-1, -2) * _row(inverted), left.swapaxes(-1, -2))
