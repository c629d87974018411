"""Layers: linear, dropout, embedding, layer norm."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG001, ARG005  (derivatives take the back-end and the gradient; functions take PyTorch's deprecated arguments)
from __future__ import annotations

from typing import Any

import numpy as np

from .. import random
from ..backends import ARRAYS
from ..registry import op
from ..tensor import Array, Tensor, from_array


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Some elements zeroed at random, the others scaled up."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    keep = random.bernoulli(1 - p, input._array.shape, input._array.dtype)
    return input * from_array(keep if p == 1 else (keep / (1 - p)).astype(keep.dtype))


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Class numbers as rows with a single 1."""
    classes = int(tensor._array.max()) + 1 if num_classes == -1 else num_classes
    return from_array(np.eye(classes, dtype=np.int64)[tensor._array])


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """Scaled to ``p``-norm 1 along a dimension."""
    return input / input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)


@op(
    "EmbeddingBackward0",
    tensors=("indices",),
    weight=lambda k, g, indices, weight, padding_idx: k.embedding_backward(g, indices, weight, padding_idx),
)
def embedding_array(weight: Array, indices: Array, padding_idx: int) -> Array:
    """The rows of ``weight`` that ``indices`` name."""
    return weight[indices]


@op(
    "EmbeddingBackwardBackward0",
    tensors=("indices", "weight"),
    grad=lambda k, g, indices, padding_idx: k.where(
        k.unsqueeze(indices == padding_idx, len(indices.shape)), 0.0, k.embedding_array(g, indices, -1)
    ),
)
def embedding_backward(grad: Array, indices: Array, weight: Array, padding_idx: int) -> Array:
    """The gradient's rows added up where they came from; none for the padding row."""
    result = np.zeros_like(weight)
    used = indices != padding_idx
    np.add.at(result, indices[used], grad[used])
    return result


def embedding(input: Tensor, weight: Tensor, padding_idx: int | None = None) -> Tensor:
    """The rows of ``weight`` that ``input`` names; the row ``padding_idx`` gets no gradient."""
    rows = weight._array.shape[0]
    if input._array.dtype.kind not in "iu":
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"torch.{input.dtype.cpp_name}Tensor instead (while checking arguments for embedding)"
        )
    if input._array.size and (input._array.min() < 0 or input._array.max() >= rows):
        raise IndexError("index out of range in self")
    padding = -1 if padding_idx is None else padding_idx % rows
    return embedding_array(weight, input, padding)


def _normalised(k: Any, input: Any, dim: tuple[int, ...], eps: float) -> tuple[Any, Any]:
    """Mean 0 and variance 1 over some dimensions, and the factor that made it so."""
    centred = input - k.mean_dims(input, dim, True)
    scale = k.rsqrt(k.mean_dims(centred * centred, dim, True) + eps)
    return centred * scale, scale


def _layer_norm_gradient(k: Any, g: Any, needs: Any, input: Any, weight: Any, dim: tuple[int, ...], eps: float) -> Any:
    normal, scale = _normalised(k, input, dim, eps)
    for_input = for_weight = for_bias = None
    shape = tuple(input.shape)[len(input.shape) - len(dim) :]
    if needs[0]:
        weighted = g if weight is None else g * weight
        spread = weighted - k.mean_dims(weighted, dim, True) - normal * k.mean_dims(weighted * normal, dim, True)
        for_input = spread * scale
    if needs[1]:
        for_weight = k.sum_to(g * normal, shape)
    if needs[2]:
        for_bias = k.sum_to(g, shape)
    return for_input, for_weight, for_bias


@op(
    "NativeLayerNormBackward0",
    joint=_layer_norm_gradient,
    input=lambda k, g: g,
    weight=lambda k, g: g,
    bias=lambda k, g: g,
)
def layer_norm_dims(input: Array, weight: Array | None, bias: Array | None, dim: tuple[int, ...], eps: float) -> Array:
    """Mean 0 and variance 1 over some dimensions, then scaled and shifted."""
    normal, _ = _normalised(ARRAYS, input, dim, eps)
    if weight is not None:
        normal = normal * weight
    return normal if bias is None else normal + bias


def layer_norm(
    input: Tensor, normalized_shape: Any, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Mean 0 and variance 1 over the last dimensions, then scaled and shifted."""
    shape = tuple(normalized_shape)
    count = len(shape)
    if input._array.shape[input.ndim - count :] != shape:
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [*, {', '.join(map(str, shape))}], but got input of "
            f"size{list(input._array.shape)}"
        )
    return layer_norm_dims(input, weight, bias, tuple(range(input.ndim - count, input.ndim)), eps)
