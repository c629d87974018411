"""The primitives of activations: relu, gelu, softplus, softmax, … :mod:`.activations` has the functions that users call."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (derivatives take the back-end and the gradient; functions take PyTorch's deprecated arguments)
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..backends import ARRAYS, TENSORS
from ..registry import op, register_pair
from ..tensor import Array
from .row_kernels import is_moderate, positive_part, row_maxima, row_products, row_sums

_INTEGERS: dict[int, Any] = {2: np.int16, 4: np.int32, 8: np.int64}


def _where_or_zero(mask: Array, values: Array) -> Array:
    """``np.where(mask, values, 0)``, on the bits of the numbers: several times as fast when the mask follows no pattern."""
    if values.dtype.kind != "f" or not values.ndim or mask.shape != values.shape:
        return np.where(mask, values, values.dtype.type(0))
    return np.multiply(values.view(_INTEGERS[values.itemsize]), mask).view(values.dtype)


@op("ReluBackward0", self=lambda k, g, result: k.threshold_backward(g, result, 0.0))
def relu_array(self: Array) -> Array:
    """``max(self, 0)``."""
    return positive_part(self)


@op("ThresholdBackwardBackward0", tensors=("self",), grad=lambda k, g, self, threshold: k.threshold_backward(g, self, threshold))
def threshold_backward(grad: Array, self: Array, threshold: float) -> Array:
    """``grad`` where ``self`` is above the threshold, else zero."""
    return _where_or_zero(self > threshold, grad)


@op("ThresholdBackward0", self=lambda k, g, self, threshold: k.threshold_backward(g, self, threshold))
def threshold_array(self: Array, threshold: float, value: float) -> Array:
    """``self`` where it is above the threshold, else ``value``."""
    return np.where(self > threshold, self, self.dtype.type(value))


IN_PLACE_WITH_NEGATIVE_SLOPE = (
    "In-place {} backward calculation is triggered with a negative slope which is not supported. This is caused by calling "
    "in-place forward function with a negative slope, please call out-of-place version instead{}"
)
LEAKY_RELU_ADVICE = (
    ". File an issue at https://github.com/pytorch/pytorch if you do require supporting in-place leakRelu backward calculation "
    "with negative slope"
)


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
    """Limited to an interval, whose bounds lose their fractions for integers."""
    if self.dtype.kind != "f":
        min_val, max_val = int(min_val), int(max_val)
    return np.clip(self, min_val, max_val)


@op("LogSigmoidBackward0", self=lambda k, g, self: g * k.sigmoid(-self))
def logsigmoid(self: Array) -> Array:
    """``log(sigmoid(self))``."""
    return -np.logaddexp(self.dtype.type(0), -self)


def _shifted(array: Array, dim: int) -> Array:
    """``array`` less its largest element along a dimension, as a new array."""
    return array - (row_maxima(array) if dim == array.ndim - 1 else np.maximum.reduce(array, dim, keepdims=True))


def _softmax(array: Array, dim: int) -> Array:
    if not array.ndim or not array.size:
        return np.ones_like(array)
    by_row = dim == array.ndim - 1
    values = np.exp(array) if is_moderate(array) else np.exp(_shifted(array, dim))
    np.divide(values, row_sums(values) if by_row else np.add.reduce(values, dim, keepdims=True), values)
    return values


def _sum_along(k: Any, values: Any, dim: int) -> Any:
    """The sum along a dimension, which stays with size 1; of a single number the number."""
    return k.sum_dims(values, (dim,) if len(values.shape) else (), True)


def _softmax_back(g: Array, result: Array, dim: int) -> Array:
    if not g.ndim:
        return (g - g * result) * result
    along = row_products(g, result) if dim == g.ndim - 1 else np.add.reduce(g * result, dim, keepdims=True)
    answer = g - along
    return np.multiply(answer, result, answer)


def _log_softmax_back(g: Array, result: Array, dim: int) -> Array:
    if not g.ndim:
        return g - np.exp(result) * g
    answer = np.exp(result)
    np.multiply(answer, row_sums(g) if dim == g.ndim - 1 else np.add.reduce(g, dim, keepdims=True), answer)
    return np.subtract(g, answer, answer)


register_pair("softmax_back", _softmax_back, lambda g, result, dim: (g - _sum_along(TENSORS, g * result, dim)) * result)
register_pair("log_softmax_back", _log_softmax_back, lambda g, result, dim: g - TENSORS.exp(result) * _sum_along(TENSORS, g, dim))


@op("SoftmaxBackward0", floats_only=True, self=lambda k, g, result, dim: k.softmax_back(g, result, dim))
def softmax_dim(self: Array, dim: int) -> Array:
    """Exponentials along a dimension, scaled to sum 1."""
    return _softmax(self, dim)


@op("LogSoftmaxBackward0", floats_only=True, self=lambda k, g, result, dim: k.log_softmax_back(g, result, dim))
def log_softmax_dim(self: Array, dim: int) -> Array:
    """The logarithm of the softmax."""
    if not self.ndim or not self.size:
        return np.zeros_like(self)
    shifted = _shifted(self, dim)
    exponentials = np.exp(shifted)
    sums = row_sums(exponentials) if dim == self.ndim - 1 else np.add.reduce(exponentials, dim, keepdims=True)
    return np.subtract(shifted, np.log(sums), shifted)


# ------------------------------------------------------------------------------------------- piecewise linear ones
@op("HardswishBackward0", self=lambda k, g, self: k.where(self < 3.0, k.where(self > -3.0, g * (self / 3.0 + 0.5), 0.0 * g), g))
def hardswish_array(self: Array) -> Array:
    """``self * relu6(self + 3) / 6``."""
    return self * np.clip(self + 3, 0, 6) / 6


@op("HardsigmoidBackward0", self=lambda k, g, self: k.masked(g * (1.0 / 6.0), (self > -3.0) & (self < 3.0)))
def hardsigmoid_array(self: Array) -> Array:
    """``relu6(self + 3) / 6``."""
    return np.clip(self + 3, 0, 6) / 6


@op("HardshrinkBackward0", self=lambda k, g, self, lambd: k.masked(g, (self > lambd) | (self < -lambd) | (self != self)))
def hardshrink_array(self: Array, lambd: float = 0.5) -> Array:
    """``self``, or 0 where it is within ±lambd."""
    return np.where((self >= -lambd) & (self <= lambd), self.dtype.type(0), self)


@op("SoftshrinkBackward0", self=lambda k, g, self, lambd: k.masked(g, (self > lambd) | (self < -lambd) | (self != self)))
def softshrink_array(self: Array, lambd: float = 0.5) -> Array:
    """``self`` moved towards 0 by lambd."""
    return np.where(self > lambd, self - lambd, np.where(self < -lambd, self + lambd, self * 0))


@op(
    "PreluKernelBackward0",
    broadcast=True,
    self=lambda k, g, self, weight: k.where(self > 0, g, weight * g),
    weight=lambda k, g, self: k.where(self > 0, 0.0 * g, self * g),
)
def prelu_kernel(self: Array, weight: Array) -> Array:
    """``self``, times a learned weight where it is negative."""
    return np.where(self > 0, self, weight * self)


@op("RreluWithNoiseBackward0", tensors=("noise",), joint=lambda k, g, needs, noise: (g * noise,), self=lambda k, g: g)
def rrelu_with_noise(self: Array, noise: Array) -> Array:
    """``self`` times its slope: 1 where positive, ``noise`` elsewhere."""
    return self * noise


# ---------------------------------------------------------------------------------------------------- gated linear
def _glu_gradient(k: Any, g: Any, self: Any, dim: int) -> Any:
    half = self.shape[dim] // 2
    value = k.narrow(self, dim, 0, half)
    gate = k.sigmoid(k.narrow(self, dim, half, half))
    return k.cat([g * gate, g * (value * (gate * (1.0 - gate)))], dim)


@op("GluBackward0", self=_glu_gradient)
def glu_dim(self: Array, dim: int) -> Array:
    """The first half times the sigmoid of the second."""
    value, gate = np.split(self, 2, dim)
    return value * (1 / (1 + np.exp(-gate)))
