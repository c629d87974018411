"""Functions of networks that ``torch`` has, too, with the arguments they take there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .creation import as_tensor
from .dtypes import as_dtype
from .grad_mode import no_grad
from .nn import functional
from .ops.bags import embedding_bag_parts as embedding_bag
from .ops.grid_sampling import affine_grid_generator, grid_sampler
from .ops.layers import feature_dropout
from .tensor import Tensor, from_array

__all__ = [
    "adaptive_max_pool1d",
    "affine_grid_generator",
    "asarray",
    "batch_norm",
    "channel_shuffle",
    "dropout_",
    "embedding",
    "embedding_bag",
    "embedding_renorm_",
    "feature_alpha_dropout",
    "feature_dropout",
    "frobenius_norm",
    "frombuffer",
    "grid_sampler",
    "instance_norm",
    "max_pool1d_with_indices",
    "max_pool3d",
    "nuclear_norm",
    "pdist",
    "pixel_shuffle",
    "pixel_unshuffle",
]

_Function = Callable[..., Any]

channel_shuffle: _Function = functional.channel_shuffle
feature_alpha_dropout: _Function = functional.feature_alpha_dropout
max_pool1d_with_indices: _Function = functional.max_pool1d_with_indices
max_pool3d: _Function = functional.max_pool3d
pdist: _Function = functional.pdist
pixel_shuffle: _Function = functional.pixel_shuffle
pixel_unshuffle: _Function = functional.pixel_unshuffle


def adaptive_max_pool1d(input: Tensor, output_size: Any) -> tuple[Tensor, Tensor]:
    """The largest elements of so many windows of sequences, and where they are."""
    result: tuple[Tensor, Tensor] = functional.adaptive_max_pool1d(input, output_size, True)
    return result


def dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """Some elements zeroed in place, the others scaled up."""
    return functional.dropout(input, p, train, inplace=True)


def embedding(
    weight: Tensor, indices: Tensor, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False
) -> Tensor:
    """The rows of ``weight`` that ``indices`` names."""
    padding = None if padding_idx < 0 else padding_idx
    return functional.embedding(indices, weight, padding, scale_grad_by_freq=scale_grad_by_freq, sparse=sparse)


def embedding_renorm_(input: Tensor, indices: Tensor, max_norm: float, norm_type: float) -> Tensor:
    """Shorten the rows that are named and longer than ``max_norm``."""
    with no_grad():
        functional.embedding(indices, input, max_norm=max_norm, norm_type=norm_type)
    return input


def batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool = False,  # noqa: ARG001  (a choice of kernels)
) -> Tensor:
    """Each channel with mean 0 and variance 1 over the batch."""
    return functional.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


def instance_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool = False,  # noqa: ARG001  (a choice of kernels)
) -> Tensor:
    """Each channel of each example with mean 0 and variance 1."""
    return functional.instance_norm(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)


def frobenius_norm(input: Tensor, dim: Any, keepdim: bool = False) -> Tensor:
    """The root of the sum of the squares over some dimensions."""
    result: Tensor = input.norm("fro", dim, keepdim)
    return result


def nuclear_norm(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """The sum of the singular values."""
    result: Tensor = input.norm("nuc", dim, keepdim)
    return result


def asarray(obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False) -> Tensor:
    """``obj`` as a tensor that shares its memory where it can. Raises ``ValueError`` where it cannot and ``copy=False``."""
    result = as_tensor(obj, dtype=dtype, device=device)
    if copy and (result is obj or isinstance(obj, (Tensor, np.ndarray))):
        result = result.detach().clone()
    if copy is False and not isinstance(obj, (Tensor, np.ndarray)):
        raise ValueError("can't alias arbitrary sequence into a tensor.")
    if requires_grad and not result.requires_grad:
        result = (result.detach() if result is obj else result).requires_grad_()
    return result


def frombuffer(buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """A tensor that shares the memory of an object with Python's buffer interface."""
    result = from_array(np.frombuffer(buffer, as_dtype(dtype).np, count, offset))
    return result.requires_grad_() if requires_grad else result
