"""Layers: dropout, embedding, one_hot, normalize."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG001  (derivatives take the back-end and the gradient; functions take PyTorch's deprecated arguments)
from __future__ import annotations

import numpy as np

from .. import random
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
