"""Initial values that are more than numbers drawn one by one: identities, orthogonal and sparse matrices, cut off normals."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from .. import random
from ..grad_mode import no_grad
from ..tensor import Array, Tensor, from_array


def eye_(tensor: Tensor) -> Tensor:
    """The identity matrix. Raises ``ValueError`` for anything but a matrix."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return _written(tensor, np.eye(*tensor._array.shape, dtype=tensor._array.dtype))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """A convolution's weight that hands its input on, as far as there are output channels for it in each of the groups."""
    shape = tensor._array.shape
    if len(shape) not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    if shape[0] % groups:
        raise ValueError("dim 0 must be divisible by groups")
    per_group = shape[0] // groups
    weight = np.zeros(shape, tensor._array.dtype)
    centre = tuple(size // 2 for size in shape[2:])
    for group in range(groups):
        for channel in range(min(per_group, shape[1])):
            weight[(group * per_group + channel, channel, *centre)] = 1
    return _written(tensor, weight)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Any = None) -> Tensor:
    """Saxe, McClelland and Ganguli (2014): a matrix (of the first dimension and the others) with orthogonal rows or columns."""
    array = tensor._array
    if array.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if array.size == 0:
        return tensor
    rows, columns = array.shape[0], array.size // array.shape[0]
    drawn = random.normal((rows, columns), dtype=array.dtype, generator=generator)
    wide = rows < columns
    basis, upper = np.linalg.qr(drawn.T if wide else drawn)
    basis = basis * np.sign(np.diag(upper))  # so that all such matrices are equally likely
    return _written(tensor, (basis.T if wide else basis).reshape(array.shape) * gain)


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Any = None) -> Tensor:
    """Martens (2010): normal numbers, of which in each column a share of ``sparsity`` is set to zero."""
    array = tensor._array
    if array.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    zeros = math.ceil(sparsity * array.shape[0])
    weight = random.normal(array.shape, 0.0, std, array.dtype, generator)
    for column in range(array.shape[1]):
        weight[random.randperm(array.shape[0], generator=generator)[:zeros], column] = 0
    return _written(tensor, weight)


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Tensor:
    """Normal numbers, drawn again until they are within [a, b]; when few would be, uniform ones accepted by the density."""
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.",
            stacklevel=2,
        )
    share = (math.erf((b - mean) / (std * math.sqrt(2.0))) - math.erf((a - mean) / (std * math.sqrt(2.0)))) / 2.0
    draw = _by_rejection if share > 0.3 else _by_density
    return _written(tensor, draw(tensor._array, mean, std, a, b, generator))


def _by_rejection(like: Array, mean: float, std: float, low: float, high: float, generator: Any) -> Array:
    numbers = random.normal(like.shape, mean, std, like.dtype, generator)
    while (outside := (numbers < like.dtype.type(low)) | (numbers > like.dtype.type(high))).any():
        numbers = np.where(outside, random.normal(like.shape, mean, std, like.dtype, generator), numbers)
    return numbers


def _by_density(like: Array, mean: float, std: float, low: float, high: float, generator: Any) -> Array:
    highest = -0.5 * ((max(low, min(mean, high)) - mean) / std) ** 2  # of the density's logarithm
    numbers = np.empty_like(like)
    pending = np.ones(like.shape, np.bool_)
    while pending.any():
        candidates = random.uniform(like.shape, low, high, like.dtype, generator)
        numbers = np.where(pending, candidates, numbers)
        density = ((candidates - mean) / std) ** 2 * -0.5 - highest
        with np.errstate(divide="ignore"):
            pending &= np.log(random.uniform(like.shape, dtype=like.dtype, generator=generator)) > density
    return numbers


def _written(tensor: Tensor, values: Array) -> Tensor:
    with no_grad():
        tensor.copy_(from_array(np.asarray(values, tensor._array.dtype)))
    return tensor
