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


# ----------------------------------------------------------------------------------------------------------- adaptive
def _ranges(size: int, count: int) -> list[tuple[int, int]]:
    """From where to where each of ``count`` windows reaches that together cover ``size`` elements as evenly as possible."""
    return [(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]


def _means(size: int, count: int, dtype: Any) -> Array:
    """The matrix (count, size) that takes the mean of each such window."""
    result = np.zeros((count, size), dtype)
    for row, (start, end) in zip(result, _ranges(size, count), strict=True):
        row[start:end] = 1 / (end - start)
    return result


def along_dimensions(array: Array, matrices: list[Array]) -> Array:
    """Each of the last dimensions multiplied by a matrix (new size, old size)."""
    for position, matrix in enumerate(matrices):
        axis = array.ndim - len(matrices) + position
        array = np.moveaxis(np.matmul(np.moveaxis(array, axis, -1), matrix.T), -1, axis)
    return np.ascontiguousarray(array)


def _evenly(dims: int) -> Any:
    """The mean of so many windows that cover the last ``dims`` dimensions as evenly as possible."""
    name = f"adaptive_avg_pool{dims}d_array"

    def forward(self: Array, output_size: Sizes) -> Array:
        sizes = self.shape[self.ndim - dims :]
        return along_dimensions(self, [_means(size, count, self.dtype) for size, count in zip(sizes, output_size, strict=True)])

    def backward(grad: Array, shape: Sizes) -> Array:
        pairs = zip(shape[len(shape) - dims :], grad.shape[grad.ndim - dims :], strict=True)
        return along_dimensions(grad, [_means(size, count, grad.dtype).T for size, count in pairs])

    def gradient(k: Any, g: Any, self_shape: Sizes) -> Any:
        return getattr(k, f"{name}_backward")(g, self_shape)

    def second(k: Any, g: Any, grad_shape: Sizes) -> Any:
        return getattr(k, name)(g, tuple(grad_shape[len(grad_shape) - dims :]))

    forward.__name__, backward.__name__ = name, f"{name}_backward"
    op(f"AdaptiveAvgPool{dims}DBackwardBackward0", grad=second)(backward)
    return op(f"AdaptiveAvgPool{dims}DBackward0", self=gradient)(forward)


adaptive_avg_pool = {dims: _evenly(dims) for dims in (2, 3)}


@op(
    "AdaptiveMaxPool2DBackward0",
    outputs=("result", "indices"),
    visible=2,
    self=lambda k, g, indices, self_shape: k.from_flat_indices(g, indices, self_shape),
)
def adaptive_max_pool(self: Array, output_size: Sizes) -> tuple[Array, Array]:
    """The largest elements of windows that cover the last two dimensions as evenly as possible, and where they are."""
    height, width = self.shape[-2:]
    result = np.empty((*self.shape[:-2], *output_size), self.dtype)
    indices = np.empty(result.shape, np.int64)
    for row, (top, bottom) in enumerate(_ranges(height, output_size[0])):
        for column, (left, right) in enumerate(_ranges(width, output_size[1])):
            window = self[..., top:bottom, left:right].reshape(*self.shape[:-2], -1)
            best = window.argmax(-1)
            result[..., row, column] = np.take_along_axis(window, best[..., None], -1)[..., 0]
            indices[..., row, column] = (top + best // (right - left)) * width + left + best % (right - left)
    return result, indices


@op(
    "AdaptiveMaxPool2DBackwardBackward0",
    tensors=("indices",),
    grad=lambda k, g, indices: k.at_flat_indices(g, indices),
)
def from_flat_indices(grad: Array, indices: Array, shape: Sizes) -> Array:
    """Each gradient added at its position in the flattened last two dimensions."""
    return added_at(grad, indices, shape, 2)


@op(
    "AdaptiveMaxPool2DBackward0",
    tensors=("indices",),
    self=lambda k, g, indices, self_shape: k.from_flat_indices(g, indices, self_shape),
)
def at_flat_indices(self: Array, indices: Array) -> Array:
    """The elements at positions in the flattened last two dimensions."""
    return taken_at(self, indices, 2)


def added_at(grad: Array, indices: Array, shape: Sizes, dims: int) -> Array:
    """Zeros of ``shape``, and each gradient added at its position in the flattened last ``dims`` dimensions."""
    rows, places = math.prod(shape[:-dims]), math.prod(indices.shape[-dims:])
    result = np.zeros((rows, math.prod(shape[-dims:])), grad.dtype)
    np.add.at(result, (np.arange(rows)[:, None], indices.reshape(rows, places)), grad.reshape(rows, places))
    return result.reshape(shape)


def taken_at(array: Array, indices: Array, dims: int) -> Array:
    """The elements at positions in the flattened last ``dims`` dimensions."""
    rows, elements, places = math.prod(array.shape[:-dims]), math.prod(array.shape[-dims:]), math.prod(indices.shape[-dims:])
    return np.take_along_axis(array.reshape(rows, elements), indices.reshape(rows, places), 1).reshape(indices.shape)
