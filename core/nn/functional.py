"""Activations, losses and layers as functions: ``torch.nn.functional``."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG001, ARG005  (derivatives take the back-end and the gradient; functions take PyTorch's deprecated arguments)
from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from .. import random
from ..ops import linalg, reduction
from ..ops.arithmetic import where
from ..ops.shape import reshape
from ..registry import ARRAYS, TENSORS, op
from ..tensor import Array, Tensor, from_array

linear = linalg.linear


# ----------------------------------------------------------------------------------------------------------- activations
@op("ReluBackward0", self=lambda k, g, result: k.threshold_backward(g, result, 0.0))
def relu_array(self: Array) -> Array:
    """``max(self, 0)``."""
    return np.maximum(self, self.dtype.type(0))


@op("ThresholdBackwardBackward0", tensors=("self",), grad=lambda k, g, self, threshold: k.threshold_backward(g, self, threshold))
def threshold_backward(grad: Array, self: Array, threshold: float) -> Array:
    """``grad`` where ``self`` is above the threshold, else zero."""
    return np.where(self > threshold, grad, grad.dtype.type(0))


@op("ThresholdBackward0", self=lambda k, g, self, threshold: k.threshold_backward(g, self, threshold))
def threshold_array(self: Array, threshold: float, value: float) -> Array:
    """``self`` where it is above the threshold, else ``value``."""
    return np.where(self > threshold, self, self.dtype.type(value))


@op("LeakyReluBackward0", self=lambda k, g, self, negative_slope: k.where(self > 0, g, g * negative_slope))
def leaky_relu_array(self: Array, negative_slope: float) -> Array:
    """``self``, scaled where it is negative."""
    return np.where(self > 0, self, self * negative_slope)


def _elu_gradient(k: Any, g: Any, self: Any, alpha: float, scale: float) -> Any:
    return k.where(self > 0, g * scale, g * (alpha * scale) * k.exp(k.where(self > 0, 0.0 * self, self)))


@op("EluBackward0", self=_elu_gradient)
def elu_array(self: Array, alpha: float, scale: float) -> Array:
    """``scale * (self if self > 0 else alpha * (exp(self) - 1))``."""
    return np.where(self > 0, self * scale, (alpha * scale) * np.expm1(np.minimum(self, 0)))


@op("CeluBackward0", self=lambda k, g, self, alpha: k.where(self > 0, g, g * k.exp(k.where(self > 0, 0.0 * self, self) / alpha)))
def celu_array(self: Array, alpha: float) -> Array:
    """``self if self > 0 else alpha * (exp(self / alpha) - 1)``."""
    return np.where(self > 0, self, alpha * np.expm1(np.minimum(self, 0) / alpha))


_TANH_SCALE = math.sqrt(2.0 / math.pi)


def _gelu_gradient(k: Any, g: Any, self: Any, approximate: str) -> Any:
    if approximate == "tanh":
        tanh = k.tanh(_TANH_SCALE * (self + 0.044715 * (self * self * self)))
        slope = _TANH_SCALE * (1.0 + 0.134145 * (self * self))
        return g * (0.5 * (1.0 + tanh) + 0.5 * self * (1.0 - tanh * tanh) * slope)
    density = k.exp(-0.5 * (self * self)) * (1.0 / math.sqrt(2.0 * math.pi))
    return g * (0.5 * (1.0 + k.erf(self * math.sqrt(0.5))) + self * density)


@op("GeluBackward0", self=_gelu_gradient)
def gelu_array(self: Array, approximate: str) -> Array:
    """``self`` times the normal distribution function of it."""
    if approximate == "tanh":
        return 0.5 * self * (1.0 + np.tanh(_TANH_SCALE * (self + 0.044715 * (self * self * self))))
    result: Array = 0.5 * self * (1.0 + ARRAYS.erf(self * math.sqrt(0.5)))
    return result


def _silu_gradient(k: Any, g: Any, self: Any) -> Any:
    sigmoid = k.sigmoid(self)
    return g * (sigmoid * (1.0 + self * (1.0 - sigmoid)))


@op("SiluBackward0", self=_silu_gradient)
def silu_array(self: Array) -> Array:
    """``self * sigmoid(self)``."""
    return self / (1 + np.exp(-self))


@op(
    "SoftplusBackward0",
    self=lambda k, g, self, beta, threshold: k.where(self * beta > threshold, g, g * k.sigmoid(self * beta)),
)
def softplus_array(self: Array, beta: float, threshold: float) -> Array:
    """``log(1 + exp(beta * self)) / beta``; linear above the threshold."""
    return np.where(self * beta > threshold, self, np.logaddexp(self * beta, self.dtype.type(0)) / beta)


def _mish_gradient(k: Any, g: Any, self: Any) -> Any:
    sigmoid = k.sigmoid(self)
    tanh = k.tanh(-k.logsigmoid(-self))
    return g * (tanh + self * sigmoid * (1.0 - tanh * tanh))


@op("MishBackward0", self=_mish_gradient)
def mish_array(self: Array) -> Array:
    """``self * tanh(softplus(self))``."""
    return self * np.tanh(np.logaddexp(self, self.dtype.type(0)))


@op("HardtanhBackward0", self=lambda k, g, self, min_val, max_val: k.masked(g, (self > min_val) & (self < max_val)))
def hardtanh_array(self: Array, min_val: float, max_val: float) -> Array:
    """Limited to an interval."""
    return np.clip(self, min_val, max_val)


@op("LogSigmoidBackward0", self=lambda k, g, self: g * k.sigmoid(-self))
def logsigmoid(self: Array) -> Array:
    """``log(sigmoid(self))``."""
    return -np.logaddexp(self.dtype.type(0), -self)


def _softmax(array: Array, dim: int) -> Array:
    if not array.ndim:
        return np.ones_like(array)
    exponentials = np.exp(array - np.maximum.reduce(array, dim, keepdims=True))
    exponentials /= np.add.reduce(exponentials, dim, keepdims=True)
    return exponentials


@op("SoftmaxBackward0", floats_only=True, self=lambda k, g, result, dim: (g - k.sum_dims(g * result, (dim,), True)) * result)
def softmax_dim(self: Array, dim: int) -> Array:
    """Exponentials along a dimension, scaled to sum 1."""
    return _softmax(self, dim)


@op(
    "LogSoftmaxBackward0",
    floats_only=True,
    self=lambda k, g, result, dim: g - k.exp(result) * k.sum_dims(g, (dim,), True),
)
def log_softmax_dim(self: Array, dim: int) -> Array:
    """The logarithm of the softmax."""
    if not self.ndim:
        return np.zeros_like(self)
    shifted = self - np.maximum.reduce(self, dim, keepdims=True)
    return shifted - np.log(np.add.reduce(np.exp(shifted), dim, keepdims=True))


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """``max(input, 0)``."""
    return input.relu_() if inplace else relu_array(input)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """``input`` where it is above the threshold, else ``value``."""
    return threshold_array(input, threshold, value)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """``input``, scaled where it is negative."""
    return leaky_relu_array(input, negative_slope)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``input if input > 0 else alpha * (exp(input) - 1)``."""
    return elu_array(input, alpha, 1.0)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """The self-normalising ELU."""
    return elu_array(input, 1.6732632423543772, 1.0507009873554805)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """The continuously differentiable ELU."""
    return celu_array(input, alpha)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """``input`` times the normal distribution function of it."""
    return gelu_array(input, approximate)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """``input * sigmoid(input)``."""
    return silu_array(input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """``input * tanh(softplus(input))``."""
    return mish_array(input)


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """A smooth ReLU."""
    return softplus_array(input, beta, threshold)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """Limited to an interval."""
    return hardtanh_array(input, min_val, max_val)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """Limited to [0, 6]."""
    return hardtanh_array(input, 0.0, 6.0)


def softsign(input: Tensor) -> Tensor:
    """``input / (1 + |input|)``."""
    return input / (input.abs() + 1)


def sigmoid(input: Tensor) -> Tensor:
    """``1 / (1 + exp(-input))``."""
    return TENSORS.sigmoid(input)


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    return TENSORS.tanh(input)


def _softmax_dim_of(input: Tensor, dim: int | None, name: str) -> int:
    if dim is None:
        warnings.warn(
            f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
            UserWarning,
            stacklevel=3,
        )
        dim = 0 if input.ndim in (0, 1, 3) else 1
    return reduction.one_dim(dim, input.ndim)


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """Exponentials along a dimension, scaled to sum 1."""
    return softmax_dim(input if dtype is None else input.to(dtype), _softmax_dim_of(input, dim, "softmax"))


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """The logarithm of the softmax."""
    return log_softmax_dim(input if dtype is None else input.to(dtype), _softmax_dim_of(input, dim, "log_softmax"))


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Some elements zeroed at random, the others scaled up."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    keep = random.bernoulli(1 - p, input._array.shape, input._array.dtype)
    return input * from_array(keep if p == 1 else (keep / (1 - p)).astype(keep.dtype))


# ---------------------------------------------------------------------------------------------------------------- losses
def _reduced(loss: Tensor, reduction_name: str) -> Tensor:
    if reduction_name == "mean":
        return reduction.mean_all(loss)
    if reduction_name == "sum":
        return reduction.sum_all(loss)
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
    return _reduced((input - target).abs(), reduction)


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


# --------------------------------------------------------------------------------------------------------- cross entropy
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
        smooth = _reduced(smooth, reduction)
    return loss * (1.0 - label_smoothing) + smooth * (label_smoothing / input._array.shape[class_dim])


def _over_classes(values: Tensor, class_dim: int) -> Tensor:
    """The sum over the classes."""
    return reduction.sum_dims(values, (class_dim,), False)


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
    return _reduced(losses, reduction)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Class numbers as rows with a single 1."""
    classes = int(tensor._array.max()) + 1 if num_classes == -1 else num_classes
    return from_array(np.eye(classes, dtype=np.int64)[tensor._array])


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """Scaled to ``p``-norm 1 along a dimension."""
    return input / input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)


# ---------------------------------------------------------------------------------------------------------------- layers
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
