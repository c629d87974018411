"""Activations: relu, gelu, softplus, softmax, …"""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG001  (derivatives take the back-end and the gradient; functions take PyTorch's deprecated arguments)
from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..backends import ARRAYS, TENSORS
from ..registry import op
from ..tensor import Array, Tensor
from . import reduction


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
