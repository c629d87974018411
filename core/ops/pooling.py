"""The primitives of pooling: the largest or the mean element of every window.

Everything is done by whole slices (see :mod:`.windows`): the largest is the ``maximum`` of as many slices as a window has elements.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..registry import op
from ..tensor import Array
from .nondifferentiable import plain
from .windows import Sizes, Windows


# ---------------------------------------------------------------------------------------------------------------- max
def _lowest(dtype: Any) -> Any:
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


@op(
    "MaxPool2DWithIndicesBackward0",
    self=lambda k, g, self, result, windows: k.max_pool_backward(
        g, k.winners_of(self, result, windows), tuple(self.shape), windows
    ),
)
def max_pool(self: Array, windows: Windows, ceil_mode: bool) -> Array:
    """The largest element of every window over the last dimensions."""
    dims = len(windows.kernel)
    count = windows.how_many(self.shape[self.ndim - dims :], ceil_mode)
    padded = windows.pad(self, count, _lowest(self.dtype))
    slices = [padded[place] for place in windows.slices(count)]
    if len(slices) == 1:
        return slices[0].copy()
    result = np.maximum(slices[0], slices[1])
    for other in slices[2:]:
        np.maximum(result, other, out=result)
    return result


@plain
def winners_of(self: Array, result: Array, windows: Windows) -> Array:
    """Which element of each window its maximum is: the first, if several are equal; the last NaN, if there is one."""
    dims = len(windows.kernel)
    count = result.shape[result.ndim - dims :]
    padded = windows.pad(self, count, _lowest(self.dtype))
    places = list(enumerate(windows.slices(count)))
    if len(places) < 256:  # in bytes: the position where it matches, 255 elsewhere, and the smallest of these
        winners = np.full(result.shape, 255, np.uint8)
        for position, place in places:
            found = (padded[place] == result).view(np.uint8)
            np.minimum(winners, (found - np.uint8(1)) | np.uint8(position), out=winners)
    else:
        winners = np.zeros(result.shape, np.int64)
        for position, place in reversed(places):
            winners[padded[place] == result] = position
    if np.isnan(result).any():
        for position, place in places:
            winners[np.isnan(padded[place])] = position
    return winners


@op(
    "MaxPool2DWithIndicesBackwardBackward0",
    tensors=("winners",),
    grad=lambda k, g, winners, windows: k.max_pool_pick(g, winners, windows),
)
def max_pool_backward(grad: Array, winners: Array, shape: Sizes, windows: Windows) -> Array:
    """The gradient of each window given to its largest element."""
    dims = len(windows.kernel)
    leading, sizes = shape[: len(shape) - dims], shape[len(shape) - dims :]
    count = grad.shape[grad.ndim - dims :]
    result = windows.blank(leading, sizes, count, grad.dtype)
    overlap = windows.overlap()
    for position, place in enumerate(windows.slices(count)):
        if overlap:
            result[place] += grad * (winners == position)
        else:
            np.multiply(grad, winners == position, out=result[place])
    return result[windows.inside(sizes)]


@op(
    "MaxPool2DWithIndicesBackward0",
    tensors=("winners",),
    self=lambda k, g, winners, self_shape, windows: k.max_pool_backward(g, winners, self_shape, windows),
)
def max_pool_pick(self: Array, winners: Array, windows: Windows) -> Array:
    """The element of each window that won before."""
    count = winners.shape[winners.ndim - len(windows.kernel) :]
    padded = windows.pad(self, count)
    result = np.zeros(winners.shape, self.dtype)
    for position, place in enumerate(windows.slices(count)):
        np.copyto(result, padded[place], where=winners == position)
    return result


def flat_indices(winners: Array, windows: Windows, sizes: Sizes) -> Array:
    """PyTorch's indices: where the winners are in the flattened last dimensions of the input."""
    dims = len(windows.kernel)
    count = winners.shape[winners.ndim - dims :]
    result = np.zeros(winners.shape, np.int64)
    offsets = np.unravel_index(winners, windows.kernel)
    for axis, (size, offset) in enumerate(zip(sizes, offsets, strict=True)):
        start = np.arange(count[axis]) * windows.stride[axis] - windows.padding[axis]
        start = start.reshape([-1 if i == axis else 1 for i in range(dims)])
        result = result * size + (start + offset * windows.dilation[axis])
    return result


# ------------------------------------------------------------------------------------------------------------ average
def _divisors(sizes: Sizes, windows: Windows, count: Sizes, include_pad: bool, override: int | None, dtype: Any) -> Any:
    """How many elements each window's mean divides by."""
    if override is not None:
        return dtype.type(override)
    lengths = []
    for axis, number in enumerate(count):
        start = np.arange(number) * windows.stride[axis] - windows.padding[axis]
        end = np.minimum(start + windows.kernel[axis], sizes[axis] + windows.padding[axis])
        if not include_pad:
            start, end = np.maximum(start, 0), np.minimum(end, sizes[axis])
        lengths.append((end - start).reshape([-1 if i == axis else 1 for i in range(len(count))]))
    if all((length == kernel).all() for length, kernel in zip(lengths, windows.kernel, strict=True)):
        return dtype.type(math.prod(windows.kernel))
    result = np.ones((), np.int64)
    for length in lengths:
        result = result * length
    return result.astype(dtype)


@op(
    "AvgPool2DBackward0",
    self=lambda k, g, self_shape, windows, ceil_mode, count_include_pad, divisor_override: k.avg_pool_backward(
        g, self_shape, windows, ceil_mode, count_include_pad, divisor_override
    ),
)
def avg_pool(self: Array, windows: Windows, ceil_mode: bool, count_include_pad: bool, divisor_override: int | None) -> Array:
    """The mean of every window over the last dimensions."""
    dims = len(windows.kernel)
    sizes = self.shape[self.ndim - dims :]
    count = windows.how_many(sizes, ceil_mode)
    padded = windows.pad(self, count)
    places = windows.slices(count)
    result = padded[next(places)].copy()
    for place in places:
        result += padded[place]
    divisors = _divisors(sizes, windows, count, count_include_pad, divisor_override, self.dtype)
    if self.dtype.kind == "f":
        return result / divisors
    return np.sign(result) * np.sign(divisors) * (np.abs(result) // np.abs(divisors))  # integers are divided as in C++


@op(
    "AvgPool2DBackwardBackward0",
    grad=lambda k, g, windows, ceil_mode, count_include_pad, divisor_override: k.avg_pool(
        g, windows, ceil_mode, count_include_pad, divisor_override
    ),
)
def avg_pool_backward(
    grad: Array,
    shape: Sizes,
    windows: Windows,
    ceil_mode: bool,  # noqa: ARG001  (already in the shape of grad)
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    """The gradient of each window shared by its elements."""
    dims = len(windows.kernel)
    leading, sizes = shape[: len(shape) - dims], shape[len(shape) - dims :]
    count = grad.shape[grad.ndim - dims :]
    share = grad / _divisors(sizes, windows, count, count_include_pad, divisor_override, grad.dtype)
    result = windows.blank(leading, sizes, count, grad.dtype)
    for place in windows.slices(count):
        result[place] += share
    return result[windows.inside(sizes)]
