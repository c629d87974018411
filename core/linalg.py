"""``torch.linalg``: norms, solutions and decompositions of matrices."""

from __future__ import annotations

from .ops.combining import linalg_cross as cross
from .ops.factorizations import (
    lstsq,
    lu,
    lu_factor,
    lu_factor_ex,
    lu_solve,
    matrix_exp,
)
from .ops.householder import householder_product
from .ops.matmul import matmul, multi_dot
from .ops.matrices import (
    LinAlgError,
    cholesky,
    cholesky_ex,
    det,
    eigh,
    eigvalsh,
    inv,
    inv_ex,
    matrix_power,
    matrix_rank,
    pinv,
    qr,
    slogdet,
    solve,
    solve_ex,
    solve_triangular,
    svd,
    svdvals,
)
from .ops.norms import cond, matrix_norm, vector_norm
from .ops.norms import linalg_norm as norm
from .ops.tensor_equations import linalg_diagonal as diagonal
from .ops.tensor_equations import linalg_vander as vander
from .ops.tensor_equations import tensorinv, tensorsolve, vecdot
from .out_arguments import accepts_out

__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]

for _name in set(__all__) - {"LinAlgError", "diagonal"}:
    globals()[_name] = accepts_out(globals()[_name], f"linalg_{_name}")
