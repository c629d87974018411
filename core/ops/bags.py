"""embedding_bag: rows of a table added up, averaged or compared, bag by bag."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..registry import op
from ..tensor import Array, Tensor, from_array
from .layers import renormalise
from .margin_losses import _no_second_derivative

_MODES = ("sum", "mean", "max")


def _bag_of_each(offsets: Array, count: int, bags: int) -> Array:
    """The number of the bag that each index belongs to."""
    return np.searchsorted(offsets[:bags], np.arange(count), side="right") - 1


def _counts(bag: Array, used: Array, bags: int) -> Array:
    return np.bincount(bag[used], minlength=bags)


def _frequency(indices: Array, wanted: bool) -> Any:
    """How often each index occurs, as a column; 1 if that does not matter."""
    return np.bincount(indices)[indices][:, None] if wanted else 1


@op("NotImplemented", display_name="torch::autograd::NotImplemented", grad=_no_second_derivative("_embedding_bag_backward"))
def embedding_bag_to_weight(
    grad: Array,
    weight: Array,
    indices: Array,
    offsets: Array,
    per_sample_weights: Array | None,
    places: Array,
    options: tuple[Any, ...],
) -> Array:
    """The gradient of the table."""
    mode, by_frequency, padding_idx, bags = options
    result = np.zeros_like(weight)
    if mode == "max":
        filled = places >= 0
        columns = np.broadcast_to(np.arange(weight.shape[1]), places.shape)
        np.add.at(result, (places[filled], columns[filled]), grad[filled])
        return result
    bag, used = _bag_of_each(offsets, len(indices), bags), indices != padding_idx
    rows = grad[bag]
    if mode == "mean":
        rows = rows / np.maximum(_counts(bag, used, bags), 1)[bag][:, None].astype(weight.dtype)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights[:, None]
    rows = (rows / _frequency(indices, by_frequency)).astype(weight.dtype, copy=False)
    np.add.at(result, indices[used], rows[used])
    return result


@op("NotImplemented", display_name="torch::autograd::NotImplemented", grad=_no_second_derivative("_embedding_bag_backward"))
def embedding_bag_to_samples(grad: Array, weight: Array, indices: Array, offsets: Array, options: tuple[Any, ...]) -> Array:
    """The gradient of the weights of single rows."""
    bag = _bag_of_each(offsets, len(indices), options[3])
    return (grad[bag] * weight[indices]).sum(1) * (indices != options[2])


@op(
    "EmbeddingBagBackward0",
    tensors=("indices", "offsets"),
    outputs=("result", "offset2bag", "bag_size", "max_indices"),
    visible=4,
    weight=lambda k, g, weight, indices, offsets, per_sample_weights, max_indices, options: k.embedding_bag_to_weight(
        g, weight, indices, offsets, per_sample_weights, max_indices, options
    ),
    per_sample_weights=lambda k, g, weight, indices, offsets, options: k.embedding_bag_to_samples(
        g, weight, indices, offsets, options
    ),
)
def embedding_bag_array(
    weight: Array, indices: Array, offsets: Array, per_sample_weights: Array | None, options: tuple[Any, ...]
) -> tuple[Array, Array, Array, Array]:
    """The rows of each bag in one, and what PyTorch returns with that: bags, their sizes, the places of the largest."""
    mode, _, padding_idx, bags = options
    bag, used = _bag_of_each(offsets, len(indices), bags), indices != padding_idx
    counts = _counts(bag, used, bags)
    result = np.zeros((bags, weight.shape[1]), weight.dtype)
    if mode == "max":
        places = np.full(result.shape, -1, np.int64)
        for number in range(bags):
            chosen = indices[used & (bag == number)]
            if chosen.size:
                best = weight[chosen].argmax(0)
                places[number] = chosen[best]
                result[number] = weight[chosen].max(0)
        return result, bag, counts, places
    rows = weight[indices]
    if per_sample_weights is not None:
        rows = rows * per_sample_weights[:, None]
    np.add.at(result, bag[used], rows[used])
    if mode == "mean":
        result = (result / np.maximum(counts, 1)[:, None]).astype(weight.dtype)
        return result, bag, counts, counts.copy()
    return result, np.zeros(0, np.int64), np.zeros(bags, np.int64), np.zeros(bags, np.int64)


def _check(weight: Tensor, indices: Tensor, offsets: Tensor, samples: Tensor | None) -> None:
    if indices._array.dtype.kind not in "iu":
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"torch.{indices.dtype.cpp_name}Tensor instead (while checking arguments for embedding_bag)"
        )
    starts, count, rows = offsets._array, indices._array.size, weight._array.shape[0]
    if starts.size and starts[0] != 0:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got "
            f"{int(starts[0])}"
        )
    if starts.size and starts[-1] > count:
        raise RuntimeError(f"offsets[-1] can not be greater than input's length {count} but got offsets[-1] of {int(starts[-1])}")
    if samples is not None and samples._array.dtype != weight._array.dtype:
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 'per_sample_weights'; but "
            f"type {weight.dtype.tensor_type} does not equal {samples.dtype.tensor_type} (while checking arguments for "
            "embedding_bag)"
        )
    outside = np.flatnonzero((indices._array < 0) | (indices._array >= rows))
    if outside.size:
        raise RuntimeError(
            f"Index {int(outside[0])} of input takes value {int(indices._array[outside[0]])} which is not in the valid range "
            f"[0, {rows})"
        )


def embedding_bag_parts(
    weight: Tensor,
    indices: Tensor,
    offsets: Tensor,
    scale_grad_by_freq: bool = False,
    mode: int = 0,
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> tuple[Tensor, ...]:
    """``torch.embedding_bag``: the bags, and what is known about them."""
    if sparse:
        raise NotImplementedError("embedding_bag: gradtrace.core has no sparse gradients; leave out sparse, or run on PyTorch")
    _check(weight, indices, offsets, per_sample_weights)
    rows = weight._array.shape[0]
    if padding_idx is not None and not -rows <= padding_idx < rows:
        raise RuntimeError(
            f"padding_idx must be within the number of embeddings, {-rows} through {rows - 1}, but got {padding_idx}"
        )
    padding = -1 if padding_idx is None else padding_idx % rows
    bags = offsets._array.size - bool(include_last_offset)
    options = (_MODES[mode], scale_grad_by_freq, padding, bags)
    return embedding_bag_array(weight, indices, offsets, per_sample_weights, options)


def _flattened(
    input: Tensor, offsets: Tensor | None, samples: Tensor | None, include_last_offset: bool
) -> tuple[Tensor, Tensor, Tensor | None, bool]:
    """Indices in one dimension, and where each bag begins. Raises ``ValueError`` for shapes that do not fit."""
    if input.ndim == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. "
                f"However, found offsets of type {type(offsets)}"
            )
        count, length = input._array.shape
        starts = from_array(np.arange(count, dtype=np.int64) * length)
        return input.reshape(-1), starts, None if samples is None else samples.reshape(-1), False
    if input.ndim != 1:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    if offsets is None:
        raise ValueError("offsets has to be a 1D Tensor but got None")
    if offsets.ndim != 1:
        raise ValueError("offsets has to be a 1D Tensor")
    return input, offsets, samples, include_last_offset


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """Rows of ``weight``, of one bag of indices at a time: their sum, mean or largest elements."""
    if weight._array.dtype == np.int64 and input._array.dtype.kind == "f":
        warnings.warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is deprecated, "
            "and should now be `embedding_bag(input, weight, ...)`.",
            UserWarning,
            stacklevel=2,
        )
        weight, input = input, weight
    if per_sample_weights is not None and input._array.shape != per_sample_weights._array.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the same shape as "
            f"the input ({input.shape})"
        )
    if weight.ndim != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.ndim}")
    indices, starts, samples, with_last = _flattened(input, offsets, per_sample_weights, include_last_offset)
    if mode not in _MODES:
        raise ValueError("mode has to be one of sum, mean or max")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    if max_norm is not None:
        renormalise(weight, indices, max_norm, norm_type)
    if samples is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
            f"mode='{mode}'). Please open a feature request on GitHub."
        )
    number = _MODES.index(mode)
    return embedding_bag_parts(weight, indices, starts, scale_grad_by_freq, number, sparse, samples, with_last, padding_idx)[0]
