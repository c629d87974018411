"""Cross entropy of class numbers or class probabilities, and the negative log likelihood."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG001  (derivatives take the back-end and the gradient; functions take PyTorch's deprecated arguments)
from __future__ import annotations

from typing import Any

import numpy as np

from ..registry import op
from ..tensor import Array, Tensor
from . import reduction as reductions
from .activation import log_softmax_dim
from .loss import reduced
from .shape import reshape


def _picked(target: Array) -> tuple[Array, ...]:
    """NumPy's index of each sample's target class, for input of shape (N, C, …) and target (N, …)."""
    grid = list(np.ogrid[tuple(slice(size) for size in target.shape)])
    return (grid[0], target, *grid[1:])


def _class_weights(self: Array, target: Array, weight: Array | None, ignore_index: int) -> tuple[Array, Array]:
    """The targets with ignored ones replaced by class 0, and each sample's weight (0 for ignored)."""
    used = target != ignore_index
    safe = np.where(used, target, 0)
    weights = np.ones((), self.dtype) if weight is None else weight[safe]
    return safe, np.where(used, weights, self.dtype.type(0)).astype(self.dtype)


@op(
    "NllLossBackward0",
    tensors=("target", "weight"),
    self=lambda k, g, self, target, weight, reduction, ignore_index: k.nll_loss_backward(
        g, self, target, weight, reduction, ignore_index
    ),
)
def nll_loss_array(self: Array, target: Array, weight: Array | None, reduction: str, ignore_index: int) -> Array:
    """Minus the input at each sample's target class."""
    safe, weights = _class_weights(self, target, weight, ignore_index)
    losses = -self[_picked(safe)] * weights
    if reduction == "none":
        return losses
    total = np.add.reduce(losses, None)
    return total / np.add.reduce(weights, None) if reduction == "mean" else total


@op(
    "NllLossBackwardBackward0",
    tensors=("self", "target", "weight"),
    grad=lambda k, g, target, weight, reduction, ignore_index: k.nll_loss_array(g, target, weight, reduction, ignore_index),
)
def nll_loss_backward(grad: Array, self: Array, target: Array, weight: Array | None, reduction: str, ignore_index: int) -> Array:
    """The gradient of :func:`nll_loss_array`: minus ``grad`` at each sample's target class."""
    safe, weights = _class_weights(self, target, weight, ignore_index)
    share = -grad * weights
    if reduction == "mean":
        share = share / np.add.reduce(weights, None)
    result = np.zeros(self.shape, self.dtype)
    result[_picked(safe)] = share
    return result


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """The negative log likelihood of class numbers."""
    if target._array.dtype.kind not in "iu":
        raise RuntimeError(f"expected scalar type Long but found {target.dtype.cpp_name}")
    classes = input._array.shape[1 if input.ndim > 1 else 0]
    if input.ndim > 1 and input._array.shape[0] != target._array.shape[0]:
        raise ValueError(
            f"Expected input batch_size ({input._array.shape[0]}) to match target batch_size ({target._array.shape[0]})."
        )
    wrong = (target._array != ignore_index) & ((target._array < 0) | (target._array >= classes))
    if wrong.any():
        raise IndexError(f"Target {int(target._array[wrong].ravel()[0])} is out of bounds.")
    if input.ndim == 1:
        loss = nll_loss_array(reshape(input, 1, -1), reshape(target, 1), weight, reduction, ignore_index)
        return reshape(loss, ()) if reduction == "none" else loss
    return nll_loss_array(input, target, weight, reduction, ignore_index)


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The cross entropy of scores and class numbers (or class probabilities)."""
    class_dim = 0 if input.ndim == 1 else 1
    log_probabilities = log_softmax_dim(input, class_dim)
    if target.is_floating_point():
        return _soft_cross_entropy(log_probabilities, target, weight, class_dim, reduction, label_smoothing)
    loss = nll_loss(log_probabilities, target, weight, None, ignore_index, None, reduction)
    if not label_smoothing:
        return loss
    weighted = log_probabilities if weight is None else log_probabilities * weight
    smooth = -_over_classes(weighted, class_dim)
    smooth = smooth.masked_fill(target == ignore_index, 0.0)
    if reduction == "mean":
        _, weights = _class_weights(input._array, target._array, None if weight is None else weight._array, ignore_index)
        smooth = smooth.sum() / float(weights.sum())
    else:
        smooth = reduced(smooth, reduction)
    return loss * (1.0 - label_smoothing) + smooth * (label_smoothing / input._array.shape[class_dim])


def _over_classes(values: Tensor, class_dim: int) -> Tensor:
    """The sum over the classes."""
    return reductions.sum_dims(values, (class_dim,), False)


def _soft_cross_entropy(
    log_probabilities: Tensor, target: Tensor, weight: Tensor | None, class_dim: int, how: str, smoothing: float
) -> Tensor:
    classes = log_probabilities._array.shape[class_dim]
    if smoothing:
        target = target * (1.0 - smoothing) + smoothing / classes
    products = log_probabilities * target
    if weight is not None:
        products = products * weight
    if how == "none":
        return -_over_classes(products, class_dim)
    total = -products.sum()
    return total / (log_probabilities._array.size / classes) if how == "mean" else total
