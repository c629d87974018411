"""Cross entropy of class numbers or class probabilities, and the negative log likelihood."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..backends import TENSORS
from ..registry import op
from ..tensor import Array, Tensor, from_array
from . import reduction as reductions
from . import scalars  # noqa: F401  (registers mul_number and its like)
from .activation import log_softmax_dim
from .loss import reduced, reduction_of
from .row_kernels import row_starts
from .shape import reshape


def _picked(self: Array, target: Array) -> tuple[Array, ...]:
    """NumPy's index of each sample's target class, for input of shape (N, C, …) and target (N, …), or (C) and ()."""
    if self.ndim == 1:
        return (target.reshape(()),)
    if target.ndim == 1:
        return np.arange(target.size), target
    grid = list(np.ogrid[tuple(slice(size) for size in target.shape)])
    return (grid[0], target, *grid[1:])


def _class_weights(self: Array, target: Array, weight: Array | None, ignore_index: int) -> tuple[Array, Array]:
    """The targets with ignored ones replaced by class 0, and each sample's weight (0 for ignored)."""
    used = target != ignore_index
    if weight is None and used.all():
        return target, np.ones(target.shape, self.dtype)
    safe = np.where(used, target, 0)
    weights = np.ones((), self.dtype) if weight is None else weight[safe]
    weights = np.where(used, weights, self.dtype.type(0)).astype(self.dtype)
    return safe, weights.reshape(()) if self.ndim == 1 else weights


def _plain_positions(self: Array, target: Array, weight: Array | None, ignore_index: int) -> Array | None:
    """Where, among all elements of a matrix, each row's target is; None unless there are no weights and nothing is ignored.

    One comparison sees to both ends of the range: as an unsigned number, a negative one is very large.
    """
    if weight is not None or self.ndim != 2 or ignore_index >= 0 or target.dtype is not _INT64 or target.ndim != 1:
        return None
    rows, classes = self.shape
    if not rows or np.maximum.reduce(target.view(np.uint64)) >= classes:
        return None
    return target + row_starts(rows, classes)


_INT64 = np.dtype(np.int64)


def _check_classes(target: Array, classes: int, ignore_index: int) -> None:
    wrong = (target != ignore_index) & ((target < 0) | (target >= classes))
    if wrong.any():
        raise IndexError(f"Target {int(target[wrong].ravel()[0])} is out of bounds.")


def _likelihood(self: Array, target: Array, weight: Array | None, reduction: str, ignore_index: int) -> Array:
    positions = _plain_positions(self, target, weight, ignore_index)
    if positions is not None:
        losses = self.take(positions)
        if reduction == "none":
            return np.negative(losses, losses)
        total = np.add.reduce(losses)
        return total / losses.dtype.type(-losses.size) if reduction == "mean" else -total
    _check_classes(target, self.shape[0 if self.ndim == 1 else 1], ignore_index)
    safe, weights = _class_weights(self, target, weight, ignore_index)
    losses = -np.asarray(self[_picked(self, safe)]) * weights
    if reduction == "none":
        return losses
    total = np.add.reduce(losses, None)
    return total / np.add.reduce(weights, None) if reduction == "mean" else total


def _likelihood_gradient(grad: Array, self: Array, target: Array, weight: Array | None, reduction: str, ignore_index: int) -> Array:
    result = np.zeros(self.shape, self.dtype)
    positions = _plain_positions(self, target, weight, ignore_index)
    if positions is not None:
        result.reshape(-1)[positions] = grad / grad.dtype.type(-positions.size) if reduction == "mean" else -grad
        return result
    safe, weights = _class_weights(self, target, weight, ignore_index)
    share = -grad * weights
    if reduction == "mean":
        share = share / np.add.reduce(weights, None)
    result[_picked(self, safe)] = share
    return result


def _likelihood_operator(title: str, name: str) -> Any:
    """The operator under one of its two names: PyTorch has one for vectors and matrices and one for images."""
    name_of_backward = f"{name}_backward"

    def backward(grad: Array, self: Array, target: Array, weight: Array | None, reduction: str, ignore_index: int) -> Array:
        return _likelihood_gradient(grad, self, target, weight, reduction, ignore_index)

    def forward(self: Array, target: Array, weight: Array | None, reduction: str, ignore_index: int) -> Array:
        return _likelihood(self, target, weight, reduction, ignore_index)

    def gradient(k: Any, g: Any, self: Any, target: Any, weight: Any, reduction: str, ignore_index: int) -> Any:
        return getattr(k, name_of_backward)(g, self, target, weight, reduction, ignore_index)

    def second(k: Any, g: Any, target: Any, weight: Any, reduction: str, ignore_index: int) -> Any:
        return getattr(k, name)(g, target, weight, reduction, ignore_index)

    forward.__name__, backward.__name__ = name, name_of_backward
    forward.__doc__ = "Minus the input at each sample's target class."
    op(f"{title}BackwardBackward0", tensors=("self", "target", "weight"), grad=second)(backward)
    return op(f"{title}Backward0", tensors=("target", "weight"), self=gradient)(forward)


nll_loss_array = _likelihood_operator("NllLoss", "nll_loss_array")
nll_loss2d_array = _likelihood_operator("NllLoss2D", "nll_loss2d_array")


def _check(input: Tensor, target: Tensor, weight: Tensor | None) -> None:
    """Raise what PyTorch raises for sizes that do not fit; the kernel looks at the classes themselves."""
    sizes, wanted = input._array.shape, target._array.shape
    ndim, target_ndim, dtype = len(sizes), len(wanted), target._array.dtype
    if ndim == 2 and target_ndim == 1 and sizes[0] == wanted[0] and weight is None and dtype is _INT64:
        return
    if not ndim:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    if ndim != 1 and (not target_ndim or sizes[0] != wanted[0]):
        got = wanted[0] if wanted else 1
        raise ValueError(f"Expected input batch_size ({sizes[0]}) to match target batch_size ({got}).")
    if ndim == 1 and target_ndim == 1 and wanted[0] != 1:
        raise ValueError(f"For 1D input, 1D target must have size 1, but got target size: {wanted[0]}")
    if ndim <= 2:
        if target_ndim > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    elif wanted[1:] != sizes[2:]:
        raise RuntimeError(f"Expected target size {[sizes[0], *sizes[2:]]}, got {list(wanted)}")
    if dtype not in (np.int64, np.uint8):
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype.cpp_name}")
    classes = sizes[0 if ndim == 1 else 1]
    if weight is not None and weight._array.shape != (classes,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: "
            f"{list(weight._array.shape)}"
        )


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The negative log likelihood of class numbers: input (N, C, …), or (C), with target (N, …), or ()."""
    how = reduction_of(reduction, size_average, reduce)
    _check(input, target, weight)
    if input.ndim <= 2:
        return nll_loss_array(input, target, weight, how, ignore_index)
    if input.ndim == 4:
        return nll_loss2d_array(input, target, weight, how, ignore_index)
    batch, classes = input._array.shape[:2]
    rest = math.prod(input._array.shape[2:])
    flat = from_array(target._array.reshape(batch, 1, rest))
    result = nll_loss2d_array(reshape(input, (batch, classes, 1, rest)), flat, weight, how, ignore_index)
    return TENSORS.view_as_shape(result, target._array.shape) if how == "none" else result


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The cross entropy of scores and class numbers (or class probabilities)."""
    how = reduction_of(reduction, size_average, reduce)
    by_probability = input._array.shape == target._array.shape and input.ndim > 0
    if by_probability:
        if not target.is_floating_point():
            raise RuntimeError(f"Expected floating point type for target with class probabilities, got {target.dtype.cpp_name}")
        if ignore_index >= 0:
            raise RuntimeError("ignore_index is not supported for floating point target")
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")
    class_dim = 0 if input.ndim == 1 else 1
    log_probabilities = log_softmax_dim(input, class_dim)
    if by_probability:
        return _soft_cross_entropy(log_probabilities, target, weight, class_dim, how, label_smoothing)
    loss = nll_loss(log_probabilities, target, weight, None, ignore_index, None, how)
    if not label_smoothing:
        return loss
    smooth = _smooth_loss(log_probabilities, target, weight, class_dim, how, ignore_index)
    classes = input._array.shape[class_dim]
    return TENSORS.mul_number(loss, 1.0 - label_smoothing) + TENSORS.mul_number(smooth, label_smoothing / classes)


def _over_classes(values: Tensor, class_dim: int) -> Tensor:
    """The sum over the classes."""
    return reductions.sum_dims(values, (class_dim,), False)


def _class_shaped(weight: Tensor, like: Tensor, class_dim: int) -> Tensor:
    """One weight for each class, in a shape that broadcasts."""
    return reshape(weight, [-1 if axis == class_dim else 1 for axis in range(like.ndim)])


def _smooth_loss(
    log_probabilities: Tensor, target: Tensor, weight: Tensor | None, class_dim: int, how: str, ignore_index: int
) -> Tensor:
    """The loss against the uniform distribution, which label smoothing mixes in."""
    weighted = log_probabilities
    if weight is not None:
        weighted = log_probabilities * _class_shaped(weight, log_probabilities, class_dim)
    smooth = -_over_classes(weighted, class_dim)
    smooth = smooth.masked_fill(target == ignore_index, 0.0)
    if how != "mean":
        return reduced(smooth, how)
    used = target._array != ignore_index
    count = used.sum() if weight is None else weight._array[target._array[used]].sum()
    return reductions.sum_all(smooth) / from_array(np.asarray(count, log_probabilities._array.dtype))


def _soft_cross_entropy(
    log_probabilities: Tensor, target: Tensor, weight: Tensor | None, class_dim: int, how: str, smoothing: float
) -> Tensor:
    classes = log_probabilities._array.shape[class_dim]
    if smoothing:
        target = TENSORS.add_number(TENSORS.mul_number(target, 1.0 - smoothing), smoothing / classes)
    products = log_probabilities * target
    if weight is not None:
        products = products * _class_shaped(weight, products, class_dim)
    if how == "none":
        return -_over_classes(products, class_dim)
    total = -reductions.sum_all(products)
    return TENSORS.div_number(total, log_probabilities._array.size / classes) if how == "mean" else total
