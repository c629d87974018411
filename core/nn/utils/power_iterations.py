"""What both kinds of spectral norm share: the weight as a matrix, and steps of the power method."""

from __future__ import annotations

from ...grad_mode import no_grad
from ...tensor import Tensor
from .. import functional
from ..convolution import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from ..module import Module


def default_dim(module: Module) -> int:
    """The dimension of a weight that has its outputs."""
    return 1 if isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)) else 0


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """The weight with ``dim`` as rows and all others as columns."""
    if dim != 0:
        weight = weight.permute(dim, *[other for other in range(weight.ndim) if other != dim])
    return weight.flatten(1)  # type: ignore[no-any-return]


def start(matrix: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """Two random vectors of length 1, one for the rows and one for the columns."""
    with no_grad():
        rows, columns = (matrix.new_empty(size).normal_(0, 1) for size in matrix.shape)
        return functional.normalize(rows, dim=0, eps=eps), functional.normalize(columns, dim=0, eps=eps)


def normalized_into(target: Tensor, vector: Tensor, eps: float) -> None:
    """Write ``vector`` with length 1 into ``target``."""
    target.copy_(functional.normalize(vector, dim=0, eps=eps))
