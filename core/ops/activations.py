"""Activations with PyTorch's arguments and messages: see :mod:`.activation`.

``inplace=True`` writes the result into the input, as PyTorch does; ``relu_`` and its like always do.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import random
from ..backends import TENSORS
from ..inplace import in_place
from ..registry import OPERATORS, op
from ..tensor import Tensor, from_array
from . import reduction
from .activation import (
    IN_PLACE_WITH_NEGATIVE_SLOPE,
    LEAKY_RELU_ADVICE,
    celu_array,
    elu_array,
    gelu_array,
    glu_dim,
    hardshrink_array,
    hardsigmoid_array,
    hardswish_array,
    hardtanh_array,
    leaky_relu_array,
    log_softmax_dim,
    logsigmoid,
    mish_array,
    prelu_kernel,
    relu_array,
    rrelu_with_noise,
    silu_array,
    softmax_dim,
    softplus_array,
    softshrink_array,
    threshold_array,
)
from .shape import reshape

__all__ = ["hardshrink", "logsigmoid", "softshrink"]


def _written(function: Callable[..., Tensor], node_name: str, **slopes: tuple[str, str]) -> Callable[..., Tensor]:
    """The same operator by the name its node has when the result is written into the input.

    ``slopes``: the parameter that may not be negative then, and what the message that says so has to add.
    """
    row: Any = OPERATORS[function.__name__]
    formulas = row.derivatives
    for parameter, words in slopes.items():
        formulas = {of: _refusing(formula, parameter, words) for of, formula in formulas.items()}
    result: Callable[..., Tensor] = op(node_name, name=f"{row.name}_written", **formulas)(row.kernel)
    return result


def _refusing(formula: Callable[..., Any], slope: str, words: tuple[str, str]) -> Callable[..., Any]:
    """``formula``, refused for a negative slope: the sign of the result then does not tell that of the overwritten input."""

    @functools.wraps(formula)
    def checked(k: Any, g: Any, *values: Any) -> Any:
        if values[position] < 0:
            raise RuntimeError(IN_PLACE_WITH_NEGATIVE_SLOPE.format(*words))
        return formula(k, g, *values)

    position = list(inspect.signature(formula).parameters).index(slope) - 2
    return checked


_WRITTEN = {
    leaky_relu_array: _written(leaky_relu_array, "LeakyReluBackward1", negative_slope=("leakyReLu", LEAKY_RELU_ADVICE)),
    elu_array: _written(elu_array, "EluBackward1", alpha=("elu", ".")),
    celu_array: _written(celu_array, "CeluBackward1", alpha=("elu", ".")),
    threshold_array: _written(threshold_array, "ThresholdBackward1"),
}
_IN_PLACE: dict[Callable[..., Tensor], Callable[..., Tensor]] = {}


def _apply(function: Callable[..., Tensor], inplace: bool, input: Tensor, *arguments: Any) -> Tensor:
    """``function(input, …)``, written into ``input`` if so wished."""
    if not inplace:
        return function(input, *arguments)
    variant = _IN_PLACE.get(function)
    if variant is None:
        variant = _IN_PLACE[function] = in_place(_WRITTEN.get(function, function), function.__name__.removesuffix("_array") + "_")
    return variant(input, *arguments)


def _floats_only(input: Tensor, name: str) -> Tensor:
    if input._array.dtype.kind != "f":
        raise NotImplementedError(f"\"{name}\" not implemented for '{input.dtype.cpp_name}'")
    return input


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """``max(input, 0)``."""
    if input._array.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    return _apply(relu_array, inplace, input)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """``input`` where it is above the threshold, else ``value``."""
    return _apply(threshold_array, inplace, input, threshold, value)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """``input``, scaled where it is negative."""
    return _apply(leaky_relu_array, inplace, _floats_only(input, "leaky_relu_cpu"), negative_slope)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``input if input > 0 else alpha * (exp(input) - 1)``."""
    return _apply(elu_array, inplace, _floats_only(input, "elu_cpu"), alpha, 1.0)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """The self-normalising ELU."""
    return _apply(elu_array, inplace, _floats_only(input, "elu_cpu"), 1.6732632423543772, 1.0507009873554805)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """The continuously differentiable ELU."""
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return _apply(celu_array, inplace, input, alpha)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """``input`` times the normal distribution function of it."""
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    return gelu_array(_floats_only(input, "GeluKernelImpl"), approximate)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """``input * sigmoid(input)``."""
    return _apply(silu_array, inplace, _floats_only(input, "silu_cpu"))


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """``input * tanh(softplus(input))``."""
    return _apply(mish_array, inplace, _floats_only(input, "mish_cpu"))


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """A smooth ReLU."""
    return softplus_array(_floats_only(input, "softplus_cpu"), beta, threshold)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """Limited to an interval."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return _apply(hardtanh_array, inplace, input, min_val, max_val)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """Limited to [0, 6]."""
    return _apply(hardtanh_array, inplace, input, 0.0, 6.0)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """``input * relu6(input + 3) / 6``."""
    return _apply(hardswish_array, inplace, _floats_only(input, "hardswish_cpu"))


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """``relu6(input + 3) / 6``."""
    return _apply(hardsigmoid_array, inplace, _floats_only(input, "hardsigmoid_cpu"))


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """``input``, or 0 where it is within ±lambd."""
    return hardshrink_array(input, lambd)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """``input`` moved towards 0 by lambd."""
    if lambd < 0:
        largest = np.finfo(input._array.dtype).max
        kind = input.dtype.cpp_name
        raise RuntimeError(f"lambda must be in range [0, {largest:.6g}] for input dtype {kind}, but found {lambd:g}")
    return softshrink_array(input, lambd)


def tanhshrink(input: Tensor) -> Tensor:
    """``input - tanh(input)``."""
    return input - TENSORS.tanh(input)


def softsign(input: Tensor) -> Tensor:
    """``input / (1 + |input|)``."""
    return input / (input.abs() + 1)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half along a dimension times the sigmoid of the second."""
    if not input.ndim:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    axis = reduction.one_dim(dim, input.ndim)
    size = input._array.shape[axis]
    if size % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {axis} is size {size}")
    return glu_dim(input, axis)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """``input``, times a learned weight (one, or one for each channel) where it is negative."""
    if weight.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}")
    if weight._array.size != 1:
        if not input.ndim:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = input._array.shape[1] if input.ndim > 1 else 1
        if channels != weight._array.size:
            raise RuntimeError(
                f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {weight._array.size} and channel "
                f"size = {channels}."
            )
    if weight.ndim != input.ndim:
        shape = [1] * input.ndim
        if input.ndim > 1:
            shape[1] = weight._array.size
        weight = reshape(weight, shape)
    return prelu_kernel(input, weight)


def rrelu(input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False) -> Tensor:
    """``input``, times a slope where it is negative: a random one in training, else the middle of the range."""
    array = input._array
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    if training:
        negative = array <= 0
        slopes = random.uniform((int(negative.sum()),), lower, upper, np.dtype(np.float64))
        noise = np.ones_like(array)
        noise[negative] = slopes
    else:
        noise = np.where(array > 0, array.dtype.type(1), array.dtype.type((lower + upper) / 2))
    return _apply(rrelu_with_noise, inplace, input, from_array(noise))


def sigmoid(input: Tensor) -> Tensor:
    """``1 / (1 + exp(-input))``."""
    result: Tensor = TENSORS.sigmoid(input)
    return result


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    result: Tensor = TENSORS.tanh(input)
    return result


# ------------------------------------------------------------------------------------------------------------ softmax
def _softmax_dim_of(input: Tensor, dim: int | None, name: str) -> int:
    if dim is None:
        warnings.warn(
            f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
            UserWarning,
            stacklevel=3,
        )
        dim = 0 if input.ndim in (0, 1, 3) else 1
    return reduction.one_dim(dim, input.ndim)


def _in_dtype(input: Tensor, dtype: Any, kernel: str) -> Tensor:
    return _floats_only(input if dtype is None else input.to(dtype), kernel)


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """Exponentials along a dimension, scaled to sum 1."""
    axis = _softmax_dim_of(input, dim, "softmax")
    return softmax_dim(_in_dtype(input, dtype, "softmax_kernel_impl"), axis)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """The softmax of ``-input``."""
    axis = _softmax_dim_of(input, dim, "softmin")
    return softmax_dim(_in_dtype(-input, dtype, "softmax_kernel_impl"), axis)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """The logarithm of the softmax."""
    axis = _softmax_dim_of(input, dim, "log_softmax")
    return log_softmax_dim(_in_dtype(input, dtype, "log_softmax_lastdim_kernel_impl"), axis)


def _always_in_place(function: Callable[..., Tensor], name: str) -> Callable[..., Tensor]:
    def variant(input: Tensor, *arguments: Any, **options: Any) -> Tensor:
        return function(input, *arguments, **options, inplace=True)

    variant.__name__ = variant.__qualname__ = name
    variant.__doc__ = f"In-place version of :func:`{name[:-1]}`."
    return variant


relu_, threshold_, leaky_relu_, elu_, selu_, celu_, hardtanh_, rrelu_ = (
    _always_in_place(function, function.__name__ + "_")
    for function in (relu, threshold, leaky_relu, elu, selu, celu, hardtanh, rrelu)
)
