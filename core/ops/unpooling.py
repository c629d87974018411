"""The way back from the largest elements of windows: max_unpool1d ... 3d; windows at random distances: fractional_max_pool2d."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import random
from ..registry import op
from ..tensor import Array, Tensor
from .shape_primitives import squeeze_dim, unsqueeze
from .windows import Sizes, per_dimension


def _unpool(dims: int) -> Any:
    def unpooled(self: Array, indices: Array, output_size: Sizes) -> Array:
        leading = self.shape[: self.ndim - dims]
        rows = math.prod(leading)
        result = np.zeros((rows, math.prod(output_size)), self.dtype)
        np.put_along_axis(result, indices.reshape(rows, -1), self.reshape(rows, -1), 1)
        return result.reshape(*leading, *output_size)

    def gradient(k: Any, g: Any, indices: Any) -> Any:
        return k.gathered(g, indices, dims)

    unpooled.__name__ = f"max_unpool{dims}d_array"
    return op(f"MaxUnpool{dims}DBackward0", tensors=("indices",), self=gradient)(unpooled)


_ARRAYS = {dims: _unpool(dims) for dims in (2, 3)}


def _output_size(input: Tensor, kernel: Sizes, stride: Sizes, padding: Sizes, wanted: Sequence[int] | None) -> Sizes:
    """The size that was pooled, or one near to it that was asked for. Raises ``ValueError`` for an impossible one."""
    dims = len(kernel)
    sizes = input._array.shape[input.ndim - dims :]
    default = [
        (size - 1) * step + window - 2 * amount for size, step, window, amount in zip(sizes, stride, kernel, padding, strict=True)
    ]
    if wanted is None:
        return tuple(default)
    given = list(wanted)[2:] if len(wanted) == dims + 2 else list(wanted)
    if len(given) != dims:
        raise ValueError(
            f"output_size should be a sequence containing {dims} or {dims + 2} elements, but it has a length of '{len(given)}'"
        )
    for axis, (one, near, step) in enumerate(zip(given, default, stride, strict=True)):
        if not near - step < one < near + step:
            shown = type(wanted)(given) if isinstance(wanted, (list, tuple)) else given
            raise ValueError(f'invalid output_size "{shown}" (dim {axis} must be between {near - step} and {near + step})')
    return tuple(given)


def _check(input: Tensor, indices: Tensor, sizes: Sizes, dims: int) -> None:
    if indices._array.dtype != np.int64:
        raise RuntimeError("elements in indices should be type int64")
    if input.ndim not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"Input to max_unpooling{dims}d should be a {dims + 1}d or {dims + 2}d Tensor, but got a tensor with {input.ndim} dims."
        )
    if input._array.shape != indices._array.shape:
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor ({list(input._array.shape)}) but got indices "
            f"tensor with shape: {list(indices._array.shape)}"
        )
    places = indices._array
    if places.size and (places.min() < 0 or places.max() >= math.prod(sizes)):
        wrong = int(places[(places < 0) | (places >= math.prod(sizes))].reshape(-1)[0])
        shown = ", ".join(map(str, sizes)) if dims == 3 else f"{sizes[0]}x{sizes[1]}"
        raise RuntimeError(f"Found an invalid max index: {wrong} (output volumes are of size {shown})")


def _unpooling(dims: int) -> Any:
    name = f"max_unpool{dims}d"

    def max_unpool(
        input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
    ) -> Tensor:
        kernel = per_dimension(kernel_size, dims, name, "kernel_size")
        steps = kernel if stride is None else per_dimension(stride, dims, name, "stride")
        sizes = _output_size(input, kernel, steps, per_dimension(padding, dims, name, "padding"), output_size)
        if dims == 1:
            last = input.ndim
            _check(unsqueeze(input, last), unsqueeze(indices, last), (*sizes, 1), 2)
            return squeeze_dim(_ARRAYS[2](unsqueeze(input, last), unsqueeze(indices, last), (*sizes, 1)), last)
        _check(input, indices, sizes, dims)
        return _ARRAYS[dims](input, indices, sizes)

    max_unpool.__name__ = max_unpool.__qualname__ = name
    max_unpool.__doc__ = f"The largest elements of windows, put back where max_pool{dims}d found them; zeros elsewhere."
    return max_unpool


max_unpool1d, max_unpool2d, max_unpool3d = _unpooling(1), _unpooling(2), _unpooling(3)


# ----------------------------------------------------------------------------------------------------------- fractional
def _starts(sample: float, size: int, count: int, window: int, dtype: Any) -> list[int]:
    """Where windows begin whose distances vary at random."""
    if count <= 1:
        return [size - window]
    alpha = dtype.type(size - window) / dtype.type(count - 1)
    first = dtype.type(sample)
    return [*[int((dtype.type(i) + first) * alpha) - int(first * alpha) for i in range(count - 1)], size - window]


def _fractional(dims: int) -> Any:
    def largest(self: Array, kernel: Sizes, output_size: Sizes, samples: Array) -> tuple[Array, Array]:
        sizes = self.shape[self.ndim - dims :]
        planes = self.reshape(-1, *sizes)
        result = np.empty((len(planes), *output_size), self.dtype)
        indices = np.empty(result.shape, np.int64)
        for row, (plane, sample) in enumerate(zip(planes, samples.reshape(-1, dims), strict=True)):
            order = sample if dims == 3 else sample[::-1]
            each = zip(order, sizes, output_size, kernel, strict=True)
            starts = [_starts(one, size, count, window, self.dtype) for one, size, count, window in each]
            for place in np.ndindex(*output_size):
                corner = [starts[axis][number] for axis, number in enumerate(place)]
                block = plane[tuple([slice(start, start + window) for start, window in zip(corner, kernel, strict=True)])]
                best = np.unravel_index(int(np.argmax(block)), block.shape)
                where = tuple([start + one for start, one in zip(corner, best, strict=True)])
                result[(row, *place)] = plane[where]
                indices[(row, *place)] = np.ravel_multi_index(where, sizes)
        shape = (*self.shape[: self.ndim - dims], *output_size)
        return result.reshape(shape), indices.reshape(shape)

    def gradient(k: Any, g: Any, indices: Any, self_shape: Sizes) -> Any:
        return k.scattered(g, indices, self_shape, dims)

    largest.__name__ = f"fractional_max_pool{dims}d_array"
    outputs = {"outputs": ("result", "indices"), "visible": 2}
    array: Any = op(f"FractionalMaxPool{dims}DBackward0", tensors=("samples",), **outputs, self=gradient)(largest)  # type: ignore[arg-type]
    name = f"fractional_max_pool{dims}d"

    def pool(
        input: Tensor,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> Any:
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
        sizes = input._array.shape[input.ndim - dims :]
        if output_size is None:
            ratios = (output_ratio,) * dims if isinstance(output_ratio, (int, float)) else tuple(output_ratio)
            wanted = tuple([int(size * ratio) for size, ratio in zip(sizes, ratios, strict=True)])
        else:
            wanted = per_dimension(output_size, dims, name, "output_size")
        kernel = per_dimension(kernel_size, dims, name, "kernel_size")
        for axis, (size, count, window) in enumerate(zip(sizes, wanted, kernel, strict=True)):
            if count + window - 1 > size - (dims == 3):
                suffix = "_out" if dims == 3 else ""
                what = ("time", "height", "width")[3 - dims + axis]
                raise RuntimeError(f"{name}{suffix}(): pool {what} {window} too large relative to input {what} {size}")
        if _random_samples is None:
            batch = 1 if input.ndim == dims + 1 else input._array.shape[0]
            samples = random.rand((batch, input._array.shape[input.ndim - dims - 1], dims), input._array.dtype, None)
        else:
            samples = _random_samples._array
        answer = array(input, kernel, wanted, samples)
        return answer if return_indices else answer[0]

    pool.__name__ = pool.__qualname__ = name
    pool.__doc__ = "The largest elements of so many windows at random distances."
    return pool


fractional_max_pool2d, fractional_max_pool3d = _fractional(2), _fractional(3)


def fractional_max_pool2d_with_indices(*arguments: Any, **options: Any) -> Any:
    """:func:`fractional_max_pool2d` with the positions of the largest elements."""
    return fractional_max_pool2d(*arguments, **{**options, "return_indices": True})


def fractional_max_pool3d_with_indices(*arguments: Any, **options: Any) -> Any:
    """:func:`fractional_max_pool3d` with the positions of the largest elements."""
    return fractional_max_pool3d(*arguments, **{**options, "return_indices": True})
