"""Losses: squared, absolute, Huber, binary cross entropy, Kullback-Leibler."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG001, ARG005  (derivatives take the back-end and the gradient; functions take PyTorch's deprecated arguments)
from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..registry import op
from ..tensor import Array, Tensor
from . import reduction as reductions
from .arithmetic import where


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


def _warn_about_sizes(input: Tensor, target: Tensor) -> None:
    if target._array.shape != input._array.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will likely lead to "
            "incorrect results due to broadcasting. Please ensure they have the same size.",
            stacklevel=3,
        )


def mse_loss(input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Tensor:
    """The mean (or sum) of the squared differences."""
    _warn_about_sizes(input, target)
    return mse_loss_array(input, target, reduction)


def l1_loss(input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Tensor:
    """The mean (or sum) of the absolute differences."""
    _warn_about_sizes(input, target)
    return reduced((input - target).abs(), reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """Squared differences where they are below ``beta``, absolute ones elsewhere."""
    _warn_about_sizes(input, target)
    return smooth_l1_loss_array(input, target, reduction, beta)


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """Squared differences up to ``delta``, absolute ones beyond."""
    return huber_loss_array(input, target, reduction, delta)


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
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """The cross entropy of probabilities and 0/1 targets."""
    if input._array.shape != target._array.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    return binary_cross_entropy_array(input, target, weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """The cross entropy of scores and 0/1 targets."""
    if input._array.shape != target._array.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    return binary_cross_entropy_with_logits_array(input, target, weight, pos_weight, reduction)


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """The Kullback-Leibler divergence; ``input`` holds log probabilities."""
    if log_target:
        losses = target.exp() * (target - input)
    else:
        entropy = where(target > 0, target * target.log(), 0.0)
        losses = entropy - target * input
    if reduction == "batchmean":
        return losses.sum() / input._array.shape[0]
    return reduced(losses, reduction)
