"""Sliding windows over the last dimensions of an array: what convolution, pooling and unfold share.

No window is visited by itself: for each offset inside the window, one strided slice holds that element of every window at once.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..tensor import Array

Sizes = tuple[int, ...]


class Windows(NamedTuple):
    """The geometry of windows, one number for each dimension they slide over."""

    kernel: Sizes
    stride: Sizes
    padding: Sizes
    dilation: Sizes

    def how_many(self, sizes: Sizes, ceil_mode: bool = False) -> Sizes:
        """How many windows fit along each dimension; with ``ceil_mode`` also ones that reach over the end."""
        result = []
        for size, kernel, stride, padding, dilation in zip(sizes, *self, strict=True):
            room = size + 2 * padding - dilation * (kernel - 1) - 1
            number = (-(-room // stride) if ceil_mode else room // stride) + 1
            if ceil_mode and (number - 1) * stride >= size + padding:
                number -= 1  # the last window has to start inside the input or its left padding
            result.append(number)
        return tuple(result)

    def reach(self, count: Sizes) -> Sizes:
        """How far ``count`` windows reach, from the beginning of the padding."""
        return tuple(
            (number - 1) * stride + dilation * (kernel - 1) + 1
            for number, kernel, stride, dilation in zip(count, self.kernel, self.stride, self.dilation, strict=True)
        )

    def slices(self, count: Sizes) -> Iterator[tuple[Any, ...]]:
        """For each offset inside the window (in C order) the index of that element of all windows, in the padded array."""
        return iter(_slices(self, count))

    def pad(self, array: Array, count: Sizes, fill: float = 0) -> Array:
        """The array with its padding, long enough for ``count`` windows; the array itself where nothing is to be added."""
        sizes = array.shape[array.ndim - len(count) :]
        wanted = tuple(
            max(size + 2 * padding, reach) for size, padding, reach in zip(sizes, self.padding, self.reach(count), strict=True)
        )
        if wanted == sizes:
            return array
        result = np.full((*array.shape[: array.ndim - len(count)], *wanted), fill, array.dtype)
        result[self.inside(sizes)] = array
        return result

    def inside(self, sizes: Sizes) -> tuple[Any, ...]:
        """Where an array of these sizes lies in its padded form."""
        return (Ellipsis, *[slice(padding, padding + size) for padding, size in zip(self.padding, sizes, strict=True)])

    def blank(self, leading: Sizes, sizes: Sizes, count: Sizes, dtype: Any) -> Array:
        """Zeros in the shape of the padded form of an array with these sizes."""
        padded = [max(s + 2 * p, r) for s, p, r in zip(sizes, self.padding, self.reach(count), strict=True)]
        return np.zeros((*leading, *padded), dtype)

    def overlap(self) -> bool:
        """Whether some element belongs to several windows."""
        return any(
            stride < dilation * (kernel - 1) + 1
            for kernel, stride, dilation in zip(self.kernel, self.stride, self.dilation, strict=True)
        )


@functools.lru_cache(maxsize=256)
def _slices(windows: Windows, count: Sizes) -> tuple[tuple[Any, ...], ...]:
    """See :meth:`Windows.slices`; a training loop asks for the same ones again and again."""
    return tuple(
        (
            Ellipsis,
            *[
                slice(place * dilation, place * dilation + (number - 1) * stride + 1, stride)
                for place, dilation, number, stride in zip(offset, windows.dilation, count, windows.stride, strict=True)
            ],
        )
        for offset in itertools.product(*map(range, windows.kernel))
    )


def columns_of(array: Array, windows: Windows, count: Sizes) -> Array:
    """(N, C, *sizes) -> (N, C, *kernel, *count): the elements of every window, side by side."""
    padded = windows.pad(array, count)
    columns = np.empty((*array.shape[:2], math.prod(windows.kernel), *count), array.dtype)
    for position, place in enumerate(windows.slices(count)):
        columns[:, :, position] = padded[place]
    return columns


def add_columns(columns: Array, windows: Windows, sizes: Sizes) -> Array:
    """The reverse of :func:`columns_of`: each element added where it came from. ``columns``: (N, C, kernel elements, *count)."""
    count = columns.shape[3:]
    result = windows.blank(columns.shape[:2], sizes, count, columns.dtype)
    for position, place in enumerate(windows.slices(count)):
        result[place] += columns[:, :, position]
    return result[windows.inside(sizes)]


def per_dimension(value: Any, dims: int, function: str, name: str) -> Sizes:
    """A number, or one number for each dimension, as a tuple. Raises ``RuntimeError`` for a wrong length."""
    if isinstance(value, (int, np.integer)):
        return (int(value),) * dims
    given = tuple(int(one) for one in value)
    if len(given) == 1:
        return given * dims
    if len(given) != dims:
        raise RuntimeError(f"{function}: {name} must either be a single int, or a tuple of {_WORDS[dims]} ints")
    return given


_WORDS = {1: "one", 2: "two", 3: "three"}
