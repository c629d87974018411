"""Adaptive pooling: the mean or the largest element of so many windows, which cover the last dimensions as evenly as possible.

Means are products with a matrix for each dimension. Largest elements are found window by window; their gradients are added where
they were found.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..registry import op
from ..tensor import Array
from .windows import Sizes


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


def _means_of(dims: int) -> Any:
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


adaptive_avg_pool = {dims: _means_of(dims) for dims in (2, 3)}


# ---------------------------------------------------------------------------------------------------------------- largest
def _largest_of(dims: int) -> Any:
    """The largest elements of such windows over the last ``dims`` dimensions, and where they are in these, flattened."""
    name = f"adaptive_max_pool{dims}d_array"

    def forward(self: Array, output_size: Sizes) -> tuple[Array, Array]:
        leading, sizes = self.shape[: self.ndim - dims], self.shape[self.ndim - dims :]
        result = np.empty((*leading, *output_size), self.dtype)
        indices = np.empty(result.shape, np.int64)
        ranges = [_ranges(size, count) for size, count in zip(sizes, output_size, strict=True)]
        for place in np.ndindex(*output_size):
            here: Any = (Ellipsis, *place)
            starts, ends = zip(*[ranges[axis][number] for axis, number in enumerate(place)], strict=True)
            region: Any = (Ellipsis, *[slice(start, end) for start, end in zip(starts, ends, strict=True)])
            block = self[region]
            window = block.reshape(*leading, -1)
            best = window.argmax(-1)
            result[here] = np.take_along_axis(window, best[..., None], -1)[..., 0]
            inside = np.unravel_index(best, block.shape[-dims:])
            indices[here] = np.ravel_multi_index([one + start for one, start in zip(inside, starts, strict=True)], sizes)
        return result, indices

    def backward(grad: Array, indices: Array, shape: Sizes) -> Array:
        return _added_at(grad, indices, shape, dims)

    def gradient(k: Any, g: Any, indices: Any, self_shape: Sizes) -> Any:
        return getattr(k, f"{name}_backward")(g, indices, self_shape)

    def second(k: Any, g: Any, indices: Any) -> Any:
        return k.gathered(g, indices, dims)

    forward.__name__, backward.__name__ = name, f"{name}_backward"
    op(f"AdaptiveMaxPool{dims}DBackwardBackward0", tensors=("indices",), grad=second)(backward)
    return op(f"AdaptiveMaxPool{dims}DBackward0", outputs=("result", "indices"), visible=2, self=gradient)(forward)


adaptive_max_pool = {dims: _largest_of(dims) for dims in (2, 3)}


@op("ScatterAddBackward0", tensors=("indices",), grad=lambda k, g, indices, dims: k.gathered(g, indices, dims))
def scattered(grad: Array, indices: Array, shape: Sizes, dims: int) -> Array:
    """Each gradient added at its position in the flattened last ``dims`` dimensions."""
    return _added_at(grad, indices, shape, dims)


@op("GatherBackward0", tensors=("indices",), self=lambda k, g, indices, self_shape, dims: k.scattered(g, indices, self_shape, dims))
def gathered(self: Array, indices: Array, dims: int) -> Array:
    """The elements at positions in the flattened last ``dims`` dimensions."""
    return _taken_at(self, indices, dims)


def _added_at(grad: Array, indices: Array, shape: Sizes, dims: int) -> Array:
    """Zeros of ``shape``, and each gradient added at its position in the flattened last ``dims`` dimensions."""
    rows, places = math.prod(shape[:-dims]), math.prod(indices.shape[-dims:])
    result = np.zeros((rows, math.prod(shape[-dims:])), grad.dtype)
    np.add.at(result, (np.arange(rows)[:, None], indices.reshape(rows, places)), grad.reshape(rows, places))
    return result.reshape(shape)


def _taken_at(array: Array, indices: Array, dims: int) -> Array:
    """The elements at positions in the flattened last ``dims`` dimensions."""
    rows, elements, places = math.prod(array.shape[:-dims]), math.prod(array.shape[-dims:]), math.prod(indices.shape[-dims:])
    return np.take_along_axis(array.reshape(rows, elements), indices.reshape(rows, places), 1).reshape(indices.shape)
