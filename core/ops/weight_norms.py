"""Weights split into lengths and directions."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

import numpy as np

from ..registry import op
from ..tensor import Array, Tensor


def _others(v: Any, dim: int) -> tuple[int, ...]:
    return tuple([axis for axis in range(len(v.shape)) if axis != dim])


def _gradients(k: Any, g: Any, needs: tuple[bool, ...], v: Any, g_: Any, dim: int) -> tuple[Any, Any]:
    over = _others(v, dim)
    norms = k.sum_dims(v * v, over, True) ** 0.5
    along = k.sum_dims(g * v, over, True)
    for_v = g_ / norms * (g - v * (along / (norms * norms))) if needs[0] else None
    return for_v, along / norms if needs[1] else None


@op(
    "WeightNormInterfaceBackward0",
    outputs=("result", "result1"),
    visible=1,
    joint=_gradients,
    v=None,  # type: ignore[arg-type]
    g_=None,  # type: ignore[arg-type]
)
def weight_norm_interface(v: Array, g_: Array, dim: int) -> tuple[Array, Array]:
    """``g_ * v / |v|``, and the norms over all dimensions but ``dim``."""
    norms = np.sqrt(np.square(v).sum(_others(v, dim), keepdims=True, dtype=v.dtype))
    return v * (g_ / norms), norms


def norm_except_dim(v: Tensor, pow: int = 2, dim: int = 0) -> Tensor:
    """The norm over all dimensions but one, which stays; with -1 that of all."""
    if dim == -1:
        return v.norm(pow)
    rows = v.transpose(0, dim).contiguous()
    sizes = [rows._array.shape[0] if axis == dim else 1 for axis in range(v.ndim)]
    return rows.view(rows._array.shape[0], -1).norm(pow, 1).view(sizes)


def weight_norm(v: Tensor, g: Tensor, dim: int = 0) -> Tensor:
    """``g * v / |v|``, with the norms over all dimensions but ``dim``."""
    if dim in (0, v.ndim - 1):
        return weight_norm_interface(v, g, dim)
    return v * (g / norm_except_dim(v, 2, dim))
