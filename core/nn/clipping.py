"""Gradients kept small."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..grad_mode import no_grad
from ..tensor import Tensor, from_array


def get_total_norm(
    tensors: Tensor | Iterable[Tensor],
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,  # noqa: ARG001  (how PyTorch computes it)
) -> Tensor:
    """The norm of all elements of all tensors. Raises ``RuntimeError`` if it is no finite number, with ``error_if_nonfinite``."""
    norm_type = float(norm_type)
    arrays = [tensor._array for tensor in ([tensors] if isinstance(tensors, Tensor) else tensors)]
    norms = [np.linalg.norm(array.reshape(-1), norm_type) for array in arrays]
    total = np.asarray(np.linalg.norm(norms, norm_type) if norms else 0.0, arrays[0].dtype if arrays else np.float32)
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be clipped. To "
            "disable this error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    return from_array(total)


def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    total_norm: Tensor,
    foreach: bool | None = None,  # noqa: ARG001  (how PyTorch computes it)
) -> None:
    """Scale all gradients as if ``total_norm`` were their norm, so that it becomes at most ``max_norm``."""
    scale = min(1.0, float(max_norm) / (float(total_norm) + 1e-6))
    with no_grad():
        for gradient in _gradients(parameters):
            gradient.mul_(scale)


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,  # noqa: ARG001  (how PyTorch computes it)
) -> Tensor:
    """Scale all gradients so that together their norm is at most ``max_norm``; return the norm they had before.

    Raises ``RuntimeError`` for a norm that is no finite number, with ``error_if_nonfinite``.
    """
    tensors = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    total = get_total_norm(_gradients(tensors), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(tensors, max_norm, total)
    return total


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    tensors = [parameters] if isinstance(parameters, Tensor) else parameters
    return [tensor.grad for tensor in tensors if tensor.grad is not None]


def clip_grad_value_(
    parameters: Tensor | Iterable[Tensor],
    clip_value: float,
    foreach: bool | None = None,  # noqa: ARG001  (how PyTorch computes it)
) -> None:
    """Clamp every element of every gradient to ±``clip_value``."""
    with no_grad():
        for gradient in _gradients(parameters):
            gradient.clamp_(-clip_value, clip_value)
