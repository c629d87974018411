"""Ready-made parametrizations: weights of norm 1 with a length of their own, of spectral norm 1, and with orthogonal columns."""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from typing import Any

import numpy as np

from ...factories import eye, zeros_like
from ...grad_mode import no_grad
from ...ops import weight_norms
from ...ops.factorizations import matrix_exp
from ...ops.householder import householder_product
from ...ops.joining import cat
from ...ops.matrices import solve
from ...sampling import randn
from ...tensor import Tensor, from_array
from ...type_info import finfo
from ..module import Module
from .parametrize import register_parametrization
from .power_iterations import as_matrix, default_dim, normalized_into, start

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


# ----------------------------------------------------------------------------------------------------------------- lengths
class _WeightNorm(Module):
    """``g * v / |v|``, with the norm over all dimensions but ``dim``."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return weight_norms.weight_norm(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return weight_norms.norm_except_dim(weight, 2, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int = 0) -> Module:
    """Split a weight into its lengths along ``dim`` (``original0``) and its direction (``original1``)."""
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def take_old_names(state_dict: dict[str, Any], prefix: str, *_others: Any) -> None:
        keys = [f"{prefix}{name}_{part}" for part in "gv"]
        if all(key in state_dict for key in keys):
            for number, key in enumerate(keys):
                state_dict[f"{prefix}parametrizations.{name}.original{number}"] = state_dict.pop(key)

    module._register_load_state_dict_pre_hook(take_old_names)
    return module


# ---------------------------------------------------------------------------------------------------------- spectral norm
class _SpectralNorm(Module):
    """A weight divided by its largest singular value, which a few steps of the power method follow in training."""

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        ndim = weight.ndim
        if not -ndim <= dim < ndim:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{ndim}, {ndim - 1}] but got {dim})")
        if n_power_iterations <= 0:
            raise ValueError(f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}")
        self.dim = dim if dim >= 0 else dim + ndim
        self.eps = eps
        if ndim > 1:
            self.n_power_iterations = n_power_iterations
            matrix = as_matrix(weight, self.dim)
            for name, vector in zip(("_u", "_v"), start(matrix, eps), strict=True):
                self.register_buffer(name, vector)
            self._power_method(matrix, 15)

    @no_grad()
    def _power_method(self, matrix: Tensor, steps: int) -> None:
        for _ in range(steps):
            normalized_into(self._u, matrix.mv(self._v), self.eps)
            normalized_into(self._v, matrix.mH.mv(self._u), self.eps)

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return weight / weight.norm(2, 0, keepdim=True).clamp_min(self.eps).expand_as(weight)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()  # they change at the next step, and are needed for backward
        return weight / u.vdot(matrix.mv(v))

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Keep the largest singular value of a weight, as a matrix of ``dim`` by all others, at 1."""
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    along = default_dim(module) if dim is None else dim
    return register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, along, eps))


# -------------------------------------------------------------------------------------------------------------- orthogonal
_MAPS = ("matrix_exp", "cayley", "householder")


class _Orthogonal(Module):
    """A matrix with orthogonal columns (rows, if it is wide) from any matrix, by one of three maps."""

    def __init__(self, weight: Tensor, orthogonal_map: str, *, use_trivialization: bool = True) -> None:
        super().__init__()
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Tensor) -> Tensor:  # noqa: N803
        wide = X.size(-2) < X.size(-1)
        if wide:
            X = X.mT  # noqa: N806
        rows, columns = X.size(-2), X.size(-1)
        result = self._reflected(X) if self.orthogonal_map == "householder" else self._rotated(X, rows, columns)
        if hasattr(self, "base"):
            result = self.base @ result
        return result.mT if wide else result

    def _rotated(self, X: Tensor, rows: int, columns: int) -> Tensor:  # noqa: N803
        """From a skew-symmetric matrix, by its exponential or by Cayley's transform."""
        lower = X.tril()
        if rows != columns:
            lower = cat([lower, lower.new_zeros(rows, rows - columns).expand(*lower.shape[:-2], -1, -1)], dim=-1)
        skew = lower - lower.mH
        if self.orthogonal_map == "matrix_exp":
            result = matrix_exp(skew)
        else:
            identity = eye(rows, dtype=skew.dtype)
            result = solve(identity.add(skew, alpha=-0.5), identity.add(skew, alpha=0.5))
        return result if rows == columns else result[..., :columns]

    def _reflected(self, X: Tensor) -> Tensor:  # noqa: N803
        """From the product of Householder's reflections, as QR decompositions keep them; the diagonal has the signs."""
        vectors = X.tril(diagonal=-1)
        scales = 2.0 / (1.0 + (vectors * vectors).sum(dim=-2))
        result: Tensor = householder_product(vectors, scales)
        return result * X.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)

    @no_grad()
    def right_inverse(self, Q: Tensor) -> Tensor:  # noqa: N803
        if Q.shape != self.shape:
            raise ValueError(f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape {Q.shape}.")
        given, wide = Q, Q.size(-2) < Q.size(-1)
        if wide:
            Q = Q.mT  # noqa: N806
        if not hasattr(self, "base"):
            return self._reflections(Q, wide)
        rows, columns = Q.size(-2), Q.size(-1)
        if rows != columns:
            self.base = _made_orthogonal(cat([Q, randn(*Q.shape[:-2], rows, rows - columns, dtype=Q.dtype)], dim=-1))
        else:
            self.base = Q.clone() if _is_orthogonal(Q) else _made_orthogonal(Q)
        negative = zeros_like(given)
        negative.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
        return negative

    def _reflections(self, Q: Tensor, wide: bool) -> Tensor:  # noqa: N803
        if self.orthogonal_map != "householder":
            raise NotImplementedError(
                "It is not possible to assign to the matrix exponential or the Cayley parametrizations when "
                "use_trivialization=False."
            )
        vectors, scales = _qr_as_reflections(Q)
        diagonal = vectors.diagonal(dim1=-2, dim2=-1)
        diagonal.sign_()
        diagonal[scales == 0.0] *= -1
        return vectors.mT if wide else vectors


def _qr_as_reflections(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """What LAPACK's ``geqrf`` gives: R and the reflections below it, and their scales."""
    packed, scales = np.linalg.qr(matrix._array, mode="raw")
    return from_array(np.ascontiguousarray(np.swapaxes(packed, -1, -2))), from_array(np.asarray(scales))


def _is_orthogonal(Q: Tensor) -> bool:  # noqa: N803
    identity = eye(Q.size(-1), dtype=Q.dtype)
    return bool((Q.mH @ Q).allclose(identity, atol=10.0 * Q.size(-2) * finfo(Q.dtype).eps))


def _made_orthogonal(A: Tensor) -> Tensor:  # noqa: N803
    """The orthogonal factor of the QR decomposition whose R has a positive diagonal."""
    packed, scales = _qr_as_reflections(A)
    result: Tensor = householder_product(packed, scales)
    return result * packed.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


def orthogonal(
    module: Module, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> Module:
    """Keep the columns (rows, if it is wide) of a weight orthogonal and of length 1.

    ``orthogonal_map``: ``"matrix_exp"`` (the default for square weights), ``"cayley"`` or ``"householder"``.
    ``use_trivialization``: relative to the present value, so that any orthogonal matrix can be assigned.
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.size(-2) == weight.size(-1) else "householder"
    if orthogonal_map not in _MAPS:
        raise ValueError(f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}')
    made = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
    return register_parametrization(module, name, made, unsafe=True)
