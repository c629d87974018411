"""Normalisation: batch, layer, group, instance and root-mean-square norm.

The first three share one derivative, on an input brought into the shape (outer, groups, inner): mean 0 and variance 1 over some of
these dimensions, then a scale and a shift that broadcast.
"""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: ARG005  (every derivative takes the back-end and the gradient)
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..backends import ARRAYS, TENSORS
from ..inplace import bump
from ..registry import op, register_pair
from ..tensor import Array, Tensor
from . import scalars  # noqa: F401  (registers add_number)
from .row_kernels import column_sums, row_products, row_sums
from .shape import reshape

Sizes = tuple[int, ...]


# ------------------------------------------------------------------------------------------------- the common parts
def _statistics(array: Array, dim: Sizes, eps: float) -> tuple[Array, Array]:
    """Mean and 1/sqrt(variance + eps) over some dimensions, which stay with size 1."""
    count = array.dtype.type(math.prod([array.shape[axis] for axis in dim]))
    mean = np.add.reduce(array, dim, keepdims=True) / count
    centred = array - mean
    variance = np.add.reduce(centred * centred, dim, keepdims=True) / count
    return mean, 1 / np.sqrt(variance + array.dtype.type(eps))


def _statistics_again(k: Any, input: Any, dim: Sizes, eps: float) -> tuple[Any, Any]:
    """The same as recorded operations, so that they have derivatives."""
    mean = k.mean_dims(input, dim, True)
    centred = input - mean
    return mean, k.rsqrt(k.mean_dims(centred * centred, dim, True) + eps)


# second derivatives have to go through mean and scale, so there they are computed again
register_pair(
    "saved_statistics",
    lambda input, dim, eps, mean, scale: (mean, scale),
    lambda input, dim, eps, mean, scale: _statistics_again(TENSORS, input, dim, eps),
)


def _applied(normal: Array, weight: Array | None, bias: Array | None, shape: Sizes) -> Array:
    """Scaled and shifted; ``shape`` is that of weight and bias against ``normal``. Changes ``normal``."""
    if weight is not None:
        normal *= weight.reshape(shape)
    if bias is not None:
        normal += bias.reshape(shape)
    return normal


def _gradients(
    k: Any, g: Any, needs: Sequence[bool], normal: Any, scale: Any, weight: Any, dim: Sizes | None, shape: Sizes, size: Sizes
) -> tuple[Any, Any, Any]:
    """The gradients of ``normal * weight + bias`` for input, weight and bias; ``dim`` is None if the statistics were given."""
    for_input = for_weight = for_bias = None
    if needs[0]:
        weighted = g if weight is None else g * k.reshape(weight, shape)
        if dim is not None:
            share = normal * k.mean_dims(weighted * normal, dim, True)
            weighted = weighted - k.mean_dims(weighted, dim, True) - share
        for_input = weighted * scale
    if needs[1]:
        for_weight = k.reshape(k.sum_to(g * normal, shape), size)
    if needs[2]:
        for_bias = k.reshape(k.sum_to(g, shape), size)
    return for_input, for_weight, for_bias


_INPUTS: dict[str, Any] = {"input": lambda k, g: g, "weight": lambda k, g: g, "bias": lambda k, g: g}
_OUTPUTS: dict[str, Any] = {"outputs": ("result", "result1", "result2"), "visible": 1}


# ------------------------------------------------------------------------------------------------------- layer norm
def _layer_norm_of_arrays(
    g: Array,
    needs: Any,
    input: Array,
    weight: Array | None,
    mean: Array,
    scale: Array,
    normalized_shape: Sizes,
    eps: float,  # noqa: ARG001
) -> Any:
    """The gradients for input, weight and bias, in as few passes over the numbers as there can be."""
    count = math.prod(normalized_shape)
    rows, scale = g.reshape(-1, count), scale.reshape(-1, 1)
    normal = input.reshape(-1, count) - mean.reshape(-1, 1)
    normal *= scale
    for_input = for_weight = for_bias = None
    if needs[1]:
        for_weight = column_sums(rows * normal, 1).reshape(normalized_shape)
    if needs[2]:
        for_bias = column_sums(rows, 1).reshape(normalized_shape)
    if needs[0]:
        size = input.dtype.type(count)
        weighted = rows.copy() if weight is None else rows * weight.reshape(-1)
        share, average = row_products(weighted, normal), row_sums(weighted)
        normal *= np.divide(share, size, share)
        weighted -= np.divide(average, size, average)
        weighted -= normal
        weighted *= scale
        for_input = weighted.reshape(input.shape)
    return for_input, for_weight, for_bias


def _layer_norm_of_tensors(
    g: Any, needs: Any, input: Any, weight: Any, mean: Any, scale: Any, normalized_shape: Sizes, eps: float
) -> Any:
    dim = tuple(range(len(input.shape) - len(normalized_shape), len(input.shape)))
    mean, scale = _statistics_again(TENSORS, input, dim, eps)
    return _gradients(TENSORS, g, needs, (input - mean) * scale, scale, weight, dim, normalized_shape, normalized_shape)


register_pair("layer_norm_gradients", _layer_norm_of_arrays, _layer_norm_of_tensors)


def _layer_norm_gradient(
    k: Any, g: Any, needs: Any, input: Any, weight: Any, result1: Any, result2: Any, normalized_shape: Sizes, eps: float
) -> Any:
    return k.layer_norm_gradients(g, needs, input, weight, result1, result2, normalized_shape, eps)


@op("NativeLayerNormBackward0", joint=_layer_norm_gradient, **_OUTPUTS, **_INPUTS)
def native_layer_norm(input: Array, normalized_shape: Sizes, weight: Array | None, bias: Array | None, eps: float) -> Any:
    """Mean 0 and variance 1 over the last dimensions, then scaled and shifted."""
    count, dtype = math.prod(normalized_shape), input.dtype
    if not input.size or not count:
        dim = tuple(range(input.ndim - len(normalized_shape), input.ndim))
        mean, scale = _statistics(input, dim, eps)
        return _applied((input - mean) * scale, weight, bias, normalized_shape), mean, scale
    rows = input.reshape(-1, count)
    mean = row_sums(rows)
    mean /= dtype.type(count)
    normal = rows - mean
    scale = row_products(normal, normal)
    scale /= dtype.type(count)
    scale += dtype.type(eps)
    np.divide(dtype.type(1), np.sqrt(scale, scale), scale)
    normal *= scale
    if weight is not None:
        normal *= weight.reshape(-1)
    if bias is not None:
        normal += bias.reshape(-1)
    leading = (*input.shape[: input.ndim - len(normalized_shape)], *(1,) * len(normalized_shape))
    return normal.reshape(input.shape), mean.reshape(leading), scale.reshape(leading)


def _check_normalized_shape(input: Tensor, shape: Sizes, weight: Tensor | None, bias: Tensor | None, star: str = "*, ") -> None:
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            "normalized_shape = []"
        )
    for name, one in (("weight", weight), ("bias", bias)):
        if one is not None and one._array.shape != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape {list(one._array.shape)} and "
                f"normalized_shape = {list(shape)}"
            )
    if input.ndim < len(shape) or input._array.shape[input.ndim - len(shape) :] != shape:
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [{star}{', '.join(map(str, shape))}], but got input "
            f"of size{list(input._array.shape)}"
        )


def layer_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Mean 0 and variance 1 over the last dimensions, then scaled and shifted."""
    shape = tuple(normalized_shape)
    _check_normalized_shape(input, shape, weight, bias)
    return native_layer_norm(input, shape, weight, bias, eps)


def rms_norm(input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None) -> Tensor:
    """Divided by the root of the mean square over the last dimensions, then scaled."""
    shape = tuple(normalized_shape)
    _check_normalized_shape(input, shape, weight, None, "*")
    dim = tuple(range(input.ndim - len(shape), input.ndim))
    square = TENSORS.mean_dims(TENSORS.pow_scalar(input, 2), dim, True)
    smallest = float(np.finfo(input._array.dtype).eps) if eps is None else eps
    result = TENSORS.mul(input, TENSORS.rsqrt(TENSORS.add_number(square, smallest)))
    return result if weight is None else TENSORS.mul(result, weight)


# ------------------------------------------------------------------------------------------------------- batch norm
def _channel_shape(ndim: int) -> Sizes:
    """The shape in which one number for each channel broadcasts against the input."""
    return (1, -1, *(1,) * (ndim - 2))


def _batch_norm_gradient(
    k: Any,
    g: Any,
    needs: Any,
    input: Any,
    weight: Any,
    result1: Any,
    result2: Any,
    training: bool,
    eps: float,
) -> Any:
    ndim = len(input.shape)
    dim = (0, *range(2, ndim))
    mean, scale = result1, result2
    if training:
        mean, scale = k.saved_statistics(input, dim, eps, mean, scale)
    shape = (1, input.shape[1], *(1,) * (ndim - 2))
    over = dim if training else None
    return _gradients(k, g, needs, (input - mean) * scale, scale, weight, over, shape, (input.shape[1],))


@op("NativeBatchNormBackward0", joint=_batch_norm_gradient, tensors=("running_mean", "running_var"), **_OUTPUTS, **_INPUTS)
def native_batch_norm(
    input: Array,
    weight: Array | None,
    bias: Array | None,
    running_mean: Any,
    running_var: Any,
    training: bool,
    eps: float,
) -> Any:
    """Each channel with mean 0 and variance 1 over the batch (or, not in training, by the running values), scaled and shifted."""
    shape = _channel_shape(input.ndim)
    if training:
        mean, scale = _statistics(input, (0, *range(2, input.ndim)), eps)
    else:
        mean, variance = np.reshape(running_mean, shape), np.reshape(running_var, shape)
        scale = 1 / np.sqrt(variance + input.dtype.type(eps))
    normal = input - mean
    normal *= scale
    return _applied(normal, weight, bias, shape), mean, scale


def _update_running(running: Tensor, value: Array, momentum: float) -> None:
    """Move a running value a little towards a new one, and count the write."""
    array = running._array
    array *= 1 - momentum
    array += momentum * value.reshape(-1).astype(array.dtype)
    bump(running, "batch_norm")


def _nothing_normalised(input: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    """As PyTorch treats an empty batch."""
    result: Tensor = TENSORS.clone_array(input)
    if weight is not None:
        result = result * weight[0]
    return result if bias is None else result + bias[0]


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel with mean 0 and variance 1 over the batch; ``running_mean`` and ``running_var`` follow in training."""
    shape = input._array.shape
    if not input._array.size:
        return _nothing_normalised(input, weight, bias)
    if training and math.prod(shape) == shape[1]:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.shape}")
    for name, one in (("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias)):
        if one is not None and one._array.size != shape[1]:
            raise RuntimeError(f"{name} should contain {shape[1]} elements not {one._array.size}")
        if one is None and not training and name.startswith("running"):
            raise RuntimeError(f"{name} must be defined in evaluation mode")
    result: Tensor = native_batch_norm(input, weight, bias, running_mean, running_var, training, eps)
    if training and running_mean is not None and running_var is not None:
        dim = (0, *range(2, input.ndim))
        mean = input._array.mean(dim)
        variance = input._array.var(dim, ddof=1)
        _update_running(running_mean, mean, momentum)
        _update_running(running_var, variance, momentum)
    return result


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel of each sample with mean 0 and variance 1: batch norm of one sample with batch times channels channels."""
    batch, channels, *sizes = input._array.shape
    if use_input_stats and math.prod(sizes) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
    repeated = [None if one is None else TENSORS.repeat_dims(one, (batch,)) for one in (weight, bias, running_mean, running_var)]
    folded = reshape(input if input.is_contiguous() else input.contiguous(), (1, batch * channels, *sizes))
    result = batch_norm(folded, repeated[2], repeated[3], repeated[0], repeated[1], use_input_stats, momentum, eps)
    for running, per_sample in ((running_mean, repeated[2]), (running_var, repeated[3])):
        if running is not None and per_sample is not None and use_input_stats:
            running._array[...] = per_sample._array.reshape(batch, channels).mean(0)
            bump(running, "instance_norm")
    return TENSORS.view_as_shape(result, (batch, channels, *sizes))


# ------------------------------------------------------------------------------------------------------- group norm
def _by_group(k: Any, input: Any, groups: int) -> tuple[Any, Sizes]:
    """(batch, groups, channels in a group, inner), and the shape of weight and bias against it."""
    batch, channels, *sizes = input.shape
    each = channels // groups
    return k.reshape(input, (batch, groups, each, math.prod(sizes))), (1, groups, each, 1)


def _group_norm_gradient(
    k: Any, g: Any, needs: Any, input: Any, weight: Any, result1: Any, result2: Any, group: int, eps: float
) -> Any:
    grouped, shape = _by_group(k, input, group)
    gradient, _ = _by_group(k, g, group)
    mean, scale = k.saved_statistics(grouped, (2, 3), eps, result1, result2)
    normal = (grouped - mean) * scale
    answers = _gradients(k, gradient, needs, normal, scale, weight, (2, 3), shape, (input.shape[1],))
    for_input = None if answers[0] is None else k.reshape(answers[0], tuple(input.shape))
    return (for_input, *answers[1:])


@op("NativeGroupNormBackward0", joint=_group_norm_gradient, **_OUTPUTS, **_INPUTS)
def native_group_norm(input: Array, weight: Array | None, bias: Array | None, group: int, eps: float) -> Any:
    """Mean 0 and variance 1 over each group of channels of each sample, then scaled and shifted."""
    grouped, shape = _by_group(ARRAYS, input, group)
    mean, scale = _statistics(grouped, (2, 3), eps)
    normal = grouped - mean
    normal *= scale
    return _applied(normal, weight, bias, shape).reshape(input.shape), mean, scale


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Mean 0 and variance 1 over each group of channels of each sample, then scaled and shifted."""
    if input.ndim < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.ndim}")
    batch, channels, *sizes = input._array.shape
    if batch * channels // num_groups * math.prod(sizes) == 1:
        size = f"torch.Size({[batch * channels // num_groups, num_groups, *sizes]})"
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {size}")
    if channels % num_groups:
        raise RuntimeError(
            f"Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input._array.shape)} and num_groups={num_groups}"
        )
    for name, one in (("weight", weight), ("bias", bias)):
        if one is not None and one._array.shape != (channels,):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of shape "
                f"{list(one._array.shape)} and input of shape {list(input._array.shape)}"
            )
    return native_group_norm(input, weight, bias, num_groups, eps)
