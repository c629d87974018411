"""Distances and similarities, and the losses made of them; composed as PyTorch composes them."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..backends import TENSORS
from ..grad_mode import no_grad
from ..registry import OPERATORS, op
from ..tensor import Tensor, from_array
from . import scalars, statistics  # noqa: F401  (they register add_number and its like, vector_norm_dims)
from .loss import reduced, reduction_of
from .reduction import one_dim
from .shape import expand_to

_vector_norm: Any = OPERATORS["vector_norm_dims"]
norm_dims = op("NormBackward1", name="norm_dims", floats_only=True, **_vector_norm.derivatives)(_vector_norm.kernel)
"""The norm as PyTorch's own code takes it, by a name that it otherwise no longer uses."""


def _number(value: float, like: Tensor) -> Tensor:
    """A number that PyTorch's code turns into a tensor."""
    return from_array(np.asarray(value, like._array.dtype))


# ------------------------------------------------------------------------------------------------- distances
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The ``p``-norm of the differences along the last dimension; ``eps`` keeps it from being zero."""
    difference = TENSORS.add_number(x1 - x2, eps)
    return norm_dims(difference, p, (difference.ndim - 1,), keepdim)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between the vectors along a dimension."""
    shape = np.broadcast_shapes(x1._array.shape, x2._array.shape)
    axis = one_dim(dim, len(shape))
    parts = []
    for one in (x1, x2):
        vectors = one if one._array.shape == shape else expand_to(one, shape)
        length = TENSORS.clone_array(TENSORS.vector_norm_dims(vectors, 2.0, (axis,) if shape else (), True))
        with no_grad():
            length.clamp_min_(eps)
        parts.append(vectors / length)
    return TENSORS.sum_dims(parts[0] * parts[1], (axis,) if shape else (), False)


# ---------------------------------------------------------------------------------------------------- losses
def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Positive unless ``input1`` is larger than ``input2`` by the margin (for target 1), or the reverse (-1)."""
    how = reduction_of(reduction, size_average, reduce)
    if len({input1.ndim, input2.ndim, target.ndim}) > 1:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.shape}, input2: {input2.shape}, target: {target.shape} "
        )
    return reduced(TENSORS.clamp_min(TENSORS.add_number(-target * (input1 - input2), margin), 0), how)


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``input`` for target 1, ``max(0, margin - input)`` for -1."""
    how = reduction_of(reduction, size_average, reduce)
    zeros = from_array(np.zeros_like(input._array))
    beyond = TENSORS.clamp_min(TENSORS.sub(_number(margin, input), input), 0)
    return reduced(TENSORS.where(target != 1, beyond, zeros) + TENSORS.where(target != -1, input, zeros), how)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """One minus the cosine for target 1, the cosine beyond the margin for -1."""
    how = reduction_of(reduction, size_average, reduce)
    if target.ndim not in (0, 1):
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if target.ndim == 1 and (input1.ndim != 2 or input2.ndim != 2):
        sizes = f"input1 sizes: {list(input1._array.shape)} and input2 sizes: {list(input2._array.shape)}"
        raise RuntimeError(f"1D target tensor expects 2D input tensors, but found inputs with {sizes}.")
    if target.ndim == 0 and (input1.ndim != 1 or input2.ndim != 1):
        sizes = f"input1 sizes: {list(input1._array.shape)} and input2 sizes: {list(input2._array.shape)}"
        raise RuntimeError(f"0D target tensor expects 1D input tensors, but found inputs with {sizes}.")
    axis = (target.ndim,)
    product = TENSORS.sum_dims(input1 * input2, axis, False)
    squares = [TENSORS.add_number(TENSORS.sum_dims(one * one, axis, False), 1e-12) for one in (input1, input2)]
    cosine = product / TENSORS.sqrt(squares[0] * squares[1])
    zeros = from_array(np.zeros_like(cosine._array))
    alike = TENSORS.sub(_number(1, cosine), cosine)
    apart = TENSORS.clamp_min(TENSORS.sub_number(cosine, margin), 0)
    return reduced(TENSORS.where(target == 1, alike, zeros) + TENSORS.where(target == -1, apart, zeros), how)


def _check_triplet(anchor: Tensor, positive: Tensor, negative: Tensor) -> None:
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor "
            f"{anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Positive unless the anchor is nearer to ``positive`` than to ``negative`` by the margin."""
    how = reduction_of(reduction, size_average, reduce)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    _check_triplet(anchor, positive, negative)
    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = TENSORS.minimum(far, pairwise_distance(positive, negative, p, eps))
    return reduced(TENSORS.clamp_min(TENSORS.add_number(near, margin) - far, 0), how)


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """As :func:`triplet_margin_loss`, with a distance of one's own."""
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    _check_triplet(anchor, positive, negative)
    distance = pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = TENSORS.minimum(far, distance(positive, negative))
    return reduced((margin + near - far).clamp_min(0), reduction_of(reduction))


def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Tensor | float, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """The negative log likelihood of normal distributions with mean ``input`` and variance ``var``."""
    spread: Tensor = var if isinstance(var, Tensor) else from_array(np.full_like(input._array, var))
    if (spread._array < 0).any():
        raise ValueError("var has negative entry/entries")
    sizes, given = input._array.shape, spread._array.shape
    if given != sizes:
        if sizes[:-1] == given:
            spread = spread.unsqueeze(-1)
        elif len(sizes) != len(given) or sum(b for a, b in zip(sizes, given, strict=True) if a != b) != 1:
            raise ValueError("var is of incorrect size")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(reduction + " is not valid")
    variance = spread.clone()
    with no_grad():
        variance.clamp_(min=eps)
    loss = 0.5 * (variance.log() + (input - target) ** 2 / variance)
    if full:
        loss += 0.5 * math.log(2 * math.pi)
    return reduced(loss, reduction)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The negative log likelihood of Poisson distributions with (the logarithm of) their mean as ``input``."""
    if reduction not in ("none", "mean", "sum") and size_average is None and reduce is None:
        raise ValueError(reduction + " is not a valid value for reduction")
    how = reduction_of(reduction, size_average, reduce)
    if log_input:
        loss = input.exp() - target * input
    else:
        loss = input - target * TENSORS.add_number(input, eps).log()
    if full:
        twice = TENSORS.mul_number(target, 2 * math.pi)
        stirling = target * target.log() - target + TENSORS.mul_number(twice.log(), 0.5)
        loss = loss + stirling.masked_fill(target <= 1, 0)
    return reduced(loss, how)


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Binary cross entropy of scores, averaged over the classes."""
    how = reduction_of(reduction, size_average, reduce)
    loss = -(target * TENSORS.logsigmoid(input) + (1 - target) * TENSORS.logsigmoid(-input))
    if weight is not None:
        loss = loss * weight
    return reduced(loss.sum(dim=loss.ndim - 1) / input._array.shape[-1], how)
