"""Layers: dropout, embedding, one_hot, normalize, bilinear."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG001  (derivatives take the back-end and the gradient; functions take PyTorch's deprecated arguments)
from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from .. import random
from ..backends import TENSORS
from ..grad_mode import no_grad
from ..registry import op
from ..tensor import Array, Tensor, from_array
from .shape import reshape
from .shape_primitives import squeeze_dim, unsqueeze


def _kept(p: float, training: bool) -> bool:
    """Whether dropout changes anything. Raises ``ValueError`` for a bad probability."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    return training and p > 0


def _drop(input: Tensor, p: float, shape: tuple[int, ...], inplace: bool) -> Tensor:
    """Elements zeroed with probability ``p`` and the others scaled up; ``shape`` says what is zeroed together."""
    keep = random.bernoulli(1 - p, shape, input._array.dtype)
    noise = from_array(keep if p == 1 else (keep / (1 - p)).astype(keep.dtype))
    return input.mul_(noise) if inplace else input * noise


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Some elements zeroed at random, the others scaled up."""
    return _drop(input, p, input._array.shape, inplace) if _kept(p, training) else input


def feature_dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels zeroed at random, the others scaled up: ``dropout1d``, ``dropout2d`` and ``dropout3d``."""
    shape = (*input._array.shape[:2], *(1,) * (input.ndim - 2))
    return _drop(input, p, shape, inplace) if _kept(p, training) else input


def _per_channel(dims: int) -> Callable[..., Tensor]:
    """Dropout of whole channels; for an input without batch as PyTorch does it."""

    def function(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
        if dims == 2 or input.ndim != dims + 1:
            return feature_dropout(input, p, training, inplace)
        return squeeze_dim(feature_dropout(unsqueeze(input, 0), p, training, inplace), 0)

    function.__name__ = function.__qualname__ = f"dropout{dims}d"
    function.__doc__ = "Whole channels zeroed at random, the others scaled up."
    return function


dropout1d, dropout2d, dropout3d = _per_channel(1), _per_channel(2), _per_channel(3)

_ALPHA = 1.7580993408473766


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps the mean and variance which SELU gives."""
    if not _kept(p, training):
        return input
    if p == 1:
        return _drop(input, p, input._array.shape, inplace)
    keep = random.bernoulli(1 - p, input._array.shape, input._array.dtype)
    scale = 1 / math.sqrt((_ALPHA * _ALPHA * p + 1) * (1 - p))
    offset = from_array(((keep - 1) * (_ALPHA * scale) + _ALPHA * scale * p).astype(keep.dtype))
    noise = from_array((keep * scale).astype(keep.dtype))
    return input.mul_(noise).add_(offset) if inplace else input * noise + offset


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Class numbers as rows with a single 1."""
    array = tensor._array
    if array.dtype != np.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if not array.size and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if array.size and array.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes != -1 and num_classes < 1:
        raise RuntimeError("num_classes should be positive")
    if num_classes != -1 and array.size and array.max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    classes = int(array.max()) + 1 if num_classes == -1 else num_classes
    return from_array(np.eye(classes, dtype=np.int64)[array])


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """Scaled to ``p``-norm 1 along a dimension."""
    return input / input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``input1 @ weight[o] @ input2`` for every output ``o``, plus ``bias``."""
    for position, one in ((1, input1), (2, input2)):
        expected, got = weight._array.shape[position], one._array.shape[-1]
        if expected != got:
            raise RuntimeError(f"bilinear(): input{position} size does not match weight size: got {got} but expected {expected}")
    leading = input1._array.shape[:-1]
    first = reshape(input1, (-1, input1._array.shape[-1]))
    second = reshape(input2, (-1, input2._array.shape[-1]))
    result = TENSORS.view_as_shape(trilinear(first, weight, second), (*leading, weight._array.shape[0]))
    return result if bias is None else result + bias


@op(
    "TrilinearBackward0",
    i1=lambda k, g, i2, i3: k.sum_dims(k.unsqueeze(k.unsqueeze(g, 2), 3) * i2 * k.unsqueeze(k.unsqueeze(i3, 1), 2), (1, 3), False),
    i2=lambda k, g, i1, i3: k.sum_dims(
        k.unsqueeze(k.unsqueeze(g, 2), 3) * k.unsqueeze(k.unsqueeze(i1, 1), 3) * k.unsqueeze(k.unsqueeze(i3, 1), 2), (0,), False
    ),
    i3=lambda k, g, i1, i2: k.sum_dims(k.unsqueeze(k.unsqueeze(g, 2), 3) * i2 * k.unsqueeze(k.unsqueeze(i1, 1), 3), (1, 2), False),
)
def trilinear(i1: Array, i2: Array, i3: Array) -> Array:
    """(N, a), (O, a, b), (N, b) -> (N, O): a bilinear form for each output."""
    return np.matmul(np.einsum("na,oab->nob", i1, i2), i3[:, :, None])[..., 0]


@op(
    "EmbeddingBackward0",
    tensors=("indices",),
    weight=lambda k, g, indices, weight, padding_idx, by_frequency: k.embedding_backward(
        g, indices, weight, padding_idx, by_frequency
    ),
)
def embedding_array(weight: Array, indices: Array, padding_idx: int, by_frequency: bool = False) -> Array:
    """The rows of ``weight`` that ``indices`` name."""
    return weight[indices]


@op(
    "EmbeddingBackwardBackward0",
    tensors=("indices", "weight"),
    grad=lambda k, g, indices, padding_idx: k.where(
        k.unsqueeze(indices == padding_idx, len(indices.shape)), 0.0, k.embedding_array(g, indices, -1)
    ),
)
def embedding_backward(grad: Array, indices: Array, weight: Array, padding_idx: int, by_frequency: bool = False) -> Array:
    """The gradient's rows added up where they came from, or averaged ``by_frequency``; none for the padding row."""
    result = np.zeros_like(weight)
    used = indices != padding_idx
    np.add.at(result, indices[used], grad[used])
    if by_frequency:
        result /= np.maximum(np.bincount(indices[used], minlength=len(result)), 1)[:, None].astype(result.dtype)
    return result


def renormalise(weight: Tensor, indices: Tensor, max_norm: float, norm_type: float) -> None:
    """Shorten, in place, the rows that are named and longer than ``max_norm``."""
    rows = np.unique(indices._array)
    chosen = weight._array[rows]
    lengths = np.linalg.norm(chosen, norm_type, axis=1)
    factors = np.where(lengths > max_norm, max_norm / (lengths + 1e-7), 1.0).astype(chosen.dtype)
    renewed = weight._array.copy()
    renewed[rows] = chosen * factors[:, None]
    with no_grad():
        weight.copy_(from_array(renewed))


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of ``weight`` that ``input`` names; the row ``padding_idx`` gets no gradient."""
    if sparse:
        raise NotImplementedError("embedding: gradtrace.core has no sparse gradients; leave out sparse, or run on PyTorch")
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    rows = weight._array.shape[0]
    if padding_idx is not None and not -rows <= padding_idx < rows:
        raise AssertionError("Padding_idx must be within num_embeddings")
    if input._array.dtype.kind not in "iu":
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"torch.{input.dtype.cpp_name}Tensor instead (while checking arguments for embedding)"
        )
    if input._array.size and (input._array.min() < 0 or input._array.max() >= rows):
        raise IndexError("index out of range in self")
    padding = -1 if padding_idx is None else padding_idx % rows
    if max_norm is not None:
        renormalise(weight, input, max_norm, norm_type)
    return embedding_array(weight, input, padding, scale_grad_by_freq)
