"""Gradients kept small."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..grad_mode import no_grad
from ..tensor import Tensor, from_array


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
    max_norm, norm_type = float(max_norm), float(norm_type)
    tensors = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    gradients = [tensor.grad for tensor in tensors if tensor.grad is not None]
    norms = [np.linalg.norm(gradient._array.reshape(-1), norm_type) for gradient in gradients]
    total = np.asarray(np.linalg.norm(norms, norm_type) if norms else 0.0, gradients[0]._array.dtype if gradients else np.float32)
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be clipped. To "
            "disable this error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    scale = min(1.0, max_norm / (float(total) + 1e-6))
    with no_grad():
        for gradient in gradients:
            gradient.mul_(scale)
    return from_array(total)


def clip_grad_value_(
    parameters: Tensor | Iterable[Tensor],
    clip_value: float,
    foreach: bool | None = None,  # noqa: ARG001  (how PyTorch computes it)
) -> None:
    """Clamp every element of every gradient to ±``clip_value``."""
    tensors = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    with no_grad():
        for tensor in tensors:
            if tensor.grad is not None:
                tensor.grad.clamp_(-clip_value, clip_value)
