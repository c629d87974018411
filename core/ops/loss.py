"""Losses: squared, absolute, Huber, binary cross entropy, Kullback-Leibler."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG001, ARG005  (derivatives take the back-end and the gradient; functions take PyTorch's deprecated arguments)
from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from .. import errors
from ..backends import TENSORS
from ..registry import op
from ..tensor import Array, Tensor
from . import reduction as reductions
from . import scalars  # noqa: F401  (registers xlogy)


def reduced(loss: Tensor, reduction_name: str) -> Tensor:
    """The mean, the sum, or the losses themselves."""
    if reduction_name == "mean":
        return reductions.mean_all(loss)
    if reduction_name == "sum":
        return reductions.sum_all(loss)
    if reduction_name == "none":
        return loss
    raise ValueError(f"{reduction_name} is not a valid value for reduction")


def _reduced_array(loss: Array, how: str) -> Array:
    if how == "mean":
        return np.add.reduce(loss, None) / loss.dtype.type(loss.size)
    return np.add.reduce(loss, None) if how == "sum" else loss


def _loss_gradient(g: Any, slope: Any, how: str) -> Any:
    """``g * slope``, divided by the number of elements for a mean."""
    return g * (slope / math.prod(slope.shape)) if how == "mean" else g * slope


def _pair(slope: Any) -> dict[str, Any]:
    """The derivatives of a loss of ``input - target``, whose slope is ``slope(k, difference, parameter)``."""
    return {
        "self": lambda k, g, self, target, reduction, parameter: _loss_gradient(g, slope(k, self - target, parameter), reduction),
        "target": lambda k, g, self, target, reduction, parameter: _loss_gradient(
            g, -slope(k, self - target, parameter), reduction
        ),
    }


@op("MseLossBackward0", broadcast=True, **_pair(lambda k, d, parameter: 2.0 * d))
def mse_loss_array(self: Array, target: Array, reduction: str, parameter: float = 0.0) -> Array:
    """Squared differences."""
    difference = self - target
    return _reduced_array(difference * difference, reduction)


def _smooth_l1_slope(k: Any, difference: Any, beta: float) -> Any:
    return k.where(k.abs(difference) < beta, difference / beta, k.sign(difference)) if beta else k.sign(difference)


@op("SmoothL1LossBackward0", broadcast=True, **_pair(_smooth_l1_slope))
def smooth_l1_loss_array(self: Array, target: Array, reduction: str, parameter: float) -> Array:
    """Squared near zero, absolute elsewhere."""
    size = np.abs(self - target)
    loss = np.where(size < parameter, 0.5 * size * size / parameter, size - 0.5 * parameter) if parameter else size
    return _reduced_array(loss, reduction)


@op("HuberLossBackward0", broadcast=True, **_pair(lambda k, d, delta: k.where(k.abs(d) <= delta, d, delta * k.sign(d))))
def huber_loss_array(self: Array, target: Array, reduction: str, parameter: float) -> Array:
    """Squared near zero, absolute elsewhere, scaled by delta."""
    size = np.abs(self - target)
    return _reduced_array(np.where(size <= parameter, 0.5 * size * size, parameter * (size - 0.5 * parameter)), reduction)


# ------------------------------------------------------------------------------------------------ what all losses share
def reduction_of(reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> str:
    """The reduction, also from the two arguments it had before. Raises ``ValueError`` for an unknown one."""
    if size_average is not None or reduce is not None:
        averaged, reduced_at_all = size_average is not False, reduce is not False
        reduction = ("mean" if averaged else "sum") if reduced_at_all else "none"
        warnings.warn(
            f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
            UserWarning,
            stacklevel=4,
        )
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def _broadcast(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Both in their common shape, with a warning if they had different ones."""
    first, second = input._array.shape, target._array.shape
    if first == second:
        return input, target
    warnings.warn(
        f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will likely lead to "
        "incorrect results due to broadcasting. Please ensure they have the same size.",
        UserWarning,
        stacklevel=3,
    )
    try:
        shape = np.broadcast_shapes(first, second)
    except ValueError:
        raise errors.not_broadcastable(first, second) from None
    return (
        input if first == shape else TENSORS.expand(input, shape),
        target if second == shape else TENSORS.expand(target, shape),
    )


def _weighted(losses: Tensor, input: Tensor, weight: Tensor, how: str, *, by_weight: bool = True) -> Tensor:
    """Losses times weights, reduced; the mean is by the sum of the weights (or, for Huber's loss, by their number)."""
    if weight._array.shape != input._array.shape:
        raise ValueError("Weights and input must have the same size.")
    losses = losses * weight
    if how == "none":
        return losses
    if how == "sum":
        return reductions.sum_all(losses)
    return reductions.sum_all(losses) / reductions.sum_all(weight) if by_weight else reductions.mean_all(losses)


# ------------------------------------------------------------------------------------------------------- differences
def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The mean (or sum) of the squared differences."""
    input, target = _broadcast(input, target)
    how = reduction_of(reduction, size_average, reduce)
    if weight is not None:
        return _weighted((input - target) ** 2, input, weight, how)
    if input._array.dtype.kind != "f" and target._array.dtype.kind != "f":
        raise NotImplementedError(f"\"mse_cpu\" not implemented for '{input.dtype.cpp_name}'")
    return mse_loss_array(input, target, how)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The mean (or sum) of the absolute differences."""
    input, target = _broadcast(input, target)
    how = reduction_of(reduction, size_average, reduce)
    losses = (input - target).abs()
    return reduced(losses, how) if weight is None else _weighted(losses, input, weight, how)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """Squared differences where they are below ``beta``, absolute ones elsewhere."""
    input, target = _broadcast(input, target)
    how = reduction_of(reduction, size_average, reduce)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    return smooth_l1_loss_array(input, target, how, beta) if beta else reduced((input - target).abs(), how)


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None) -> Tensor:
    """Squared differences up to ``delta``, absolute ones beyond."""
    input, target = _broadcast(input, target)
    how = reduction_of(reduction)
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    if weight is not None:
        return _weighted(huber_loss_array(input, target, "none", delta), input, weight, how, by_weight=False)
    return huber_loss_array(input, target, how, delta)


# ------------------------------------------------------------------------------------------------------ cross entropies
def _binary_cross_entropy_gradient(k: Any, g: Any, self: Any, target: Any, weight: Any, reduction: str) -> Any:
    slope = (self - target) / k.clamp_min((1.0 - self) * self, 1e-12)
    return _loss_gradient(g, slope if weight is None else slope * weight, reduction)


@op(
    "BinaryCrossEntropyBackward0",
    tensors=("weight",),
    self=_binary_cross_entropy_gradient,
    target=lambda k, g, self, weight, reduction: _loss_gradient(
        g, (k.log(1.0 - self) - k.log(self)) * (1.0 if weight is None else weight), reduction
    ),
)
def binary_cross_entropy_array(self: Array, target: Array, weight: Array | None, reduction: str) -> Array:
    """``-(target * log(self) + (1 - target) * log(1 - self))``, the logarithms not below -100."""
    loss = -(target * np.maximum(np.log(self), -100) + (1 - target) * np.maximum(np.log1p(-self), -100))
    return _reduced_array(loss if weight is None else loss * weight, reduction)


def _logits_gradient(k: Any, g: Any, self: Any, target: Any, weight: Any, pos_weight: Any, reduction: str) -> Any:
    sigmoid = k.sigmoid(self)
    if pos_weight is None:
        slope = sigmoid - target
    else:
        scaled = pos_weight * target
        slope = (scaled + 1.0 - target) * sigmoid - scaled
    return _loss_gradient(g, slope if weight is None else slope * weight, reduction)


def _logits_target_gradient(k: Any, g: Any, self: Any, weight: Any, pos_weight: Any, reduction: str) -> Any:
    slope = -self
    if pos_weight is not None:
        slope = k.logsigmoid(-self) - pos_weight * k.logsigmoid(self)
    return _loss_gradient(g, slope if weight is None else slope * weight, reduction)


@op(
    "BinaryCrossEntropyWithLogitsBackward0",
    tensors=("weight", "pos_weight"),
    self=_logits_gradient,
    target=_logits_target_gradient,
)
def binary_cross_entropy_with_logits_array(
    self: Array, target: Array, weight: Array | None, pos_weight: Array | None, reduction: str
) -> Array:
    """Binary cross entropy of ``sigmoid(self)``, without overflow."""
    softplus = np.logaddexp(self.dtype.type(0), -self)
    loss = (1 - target) * self + softplus * (1 if pos_weight is None else (pos_weight - 1) * target + 1)
    return _reduced_array(loss if weight is None else loss * weight, reduction)


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The cross entropy of probabilities and 0/1 targets."""
    how = reduction_of(reduction, size_average, reduce)
    if input._array.shape != target._array.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    if input._array.size and not ((input._array >= 0) & (input._array <= 1)).all():
        raise RuntimeError("all elements of input should be between 0 and 1")
    return binary_cross_entropy_array(input, target, weight, how)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """The cross entropy of scores and 0/1 targets."""
    how = reduction_of(reduction, size_average, reduce)
    if input._array.shape != target._array.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    return binary_cross_entropy_with_logits_array(input, target, weight, pos_weight, how)


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """The Kullback-Leibler divergence; ``input`` holds log probabilities."""
    if reduction == "mean" and size_average is None and reduce is None:
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides only by the "
            "batch size, and aligns with the KL div math definition.'mean' will be changed to behave the same as 'batchmean' in "
            "the next major release.",
            UserWarning,
            stacklevel=2,
        )
    by_batch = reduction == "batchmean"
    how = reduction_of("sum" if by_batch else reduction, size_average, reduce)
    losses = target.exp() * (target - input) if log_target else TENSORS.xlogy(target, target) - target * input
    result = reduced(losses, how)
    return result / input._array.shape[0] if by_batch and input.ndim else result
