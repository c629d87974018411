"""Products of Householder's reflections, which QR decompositions consist of."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import numpy as np

from ..tensor import Tensor, from_array
from .matrices import check_matrix


def householder_product(A: Tensor, tau: Tensor) -> Tensor:  # noqa: N803
    """The first columns of the product of the reflections ``I - tau[i] v v^T``: ``v`` has a 1 at ``i`` and below it ``A[:, i]``.

    Composed of simple operators here; PyTorch has one with a derivative of its own.
    """
    check_matrix(A, "torch.linalg.householder_product")
    rows, columns = A._array.shape[-2:]
    if rows < columns:
        raise RuntimeError("torch.linalg.householder_product: input.shape[-2] must be greater than or equal to input.shape[-1]")
    if columns < tau._array.shape[-1]:
        raise RuntimeError("torch.linalg.householder_product: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    identity = np.eye(rows, dtype=A._array.dtype)
    vectors = A.tril(-1)
    result = from_array(np.broadcast_to(identity[:, :columns], A._array.shape).copy())
    for number in reversed(range(tau._array.shape[-1])):
        vector = vectors.select(-1, number) + from_array(identity[number])
        scale = tau.select(-1, number).unsqueeze(-1).unsqueeze(-1)
        result = result - scale * (vector.unsqueeze(-1) * (vector.unsqueeze(-2) @ result))
    return result
