"""unfold and fold: the windows of an image as columns, and columns added up to an image."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from typing import Any

from ..registry import op
from ..tensor import Array, Tensor
from .windows import Sizes, Windows, add_columns, columns_of, per_dimension


@op("Im2ColBackward0", self=lambda k, g, self_shape, windows: k.col2im(g, tuple(self_shape[-2:]), windows))
def im2col(self: Array, windows: Windows) -> Array:
    """(N, C, height, width) -> (N, C * kernel elements, windows); the batch may be missing."""
    batched = self if self.ndim == 4 else self[None]
    count = windows.how_many(batched.shape[2:])
    columns = columns_of(batched, windows, count)
    result = columns.reshape(batched.shape[0], batched.shape[1] * math.prod(windows.kernel), math.prod(count))
    return result if self.ndim == 4 else result[0]


@op("Col2ImBackward0", self=lambda k, g, windows: k.im2col(g, windows))
def col2im(self: Array, output_size: Sizes, windows: Windows) -> Array:
    """(N, C * kernel elements, windows) -> (N, C, height, width): each element added where it came from."""
    batched = self if self.ndim == 3 else self[None]
    elements = math.prod(windows.kernel)
    channels = batched.shape[1] // elements
    columns = batched.reshape(batched.shape[0], channels, elements, *windows.how_many(output_size))
    result = add_columns(columns, windows, output_size)
    return result if self.ndim == 3 else result[0]


def _windows(kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Windows:
    given = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
    windows = Windows(*[per_dimension(value, 2, "unfold", name) for name, value in given.items()])
    for name, values in (("kernel", windows.kernel), ("dilation", windows.dilation), ("stride", windows.stride)):
        if min(values) <= 0:
            what = f"{name} size" if name == "kernel" else name
            height, width = f"{name}_height", f"{name}_width"
            raise RuntimeError(f"{what} should be greater than zero, but got {height}: {values[0]} {width}: {values[1]}")
    return windows


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The windows of an image (N, C, height, width) as columns (N, C * kernel elements, windows)."""
    windows = _windows(kernel_size, dilation, padding, stride)
    if input.ndim not in (3, 4):
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: "
            f"{list(input._array.shape)}"
        )
    count = windows.how_many(input._array.shape[-2:])
    if min(count) < 1:
        height, width = input._array.shape[-2:]
        raise RuntimeError(
            f"Given input with spatial size ({height}, {width}), kernel_size={windows.kernel}, dilation={windows.dilation}, "
            f"padding={windows.padding}, calculated shape of the array of sliding blocks as {count}, but its components must be at "
            "least one."
        )
    return im2col(input, windows)


def fold(input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """Columns (N, C * kernel elements, windows) added up to an image (N, C, *output_size)."""
    windows = _windows(kernel_size, dilation, padding, stride)
    sizes = per_dimension(output_size, 2, "fold", "output_size")
    rows, columns = input._array.shape[-2:]
    if rows % math.prod(windows.kernel):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)="
            f"{rows} and kernel_size={windows.kernel}."
        )
    count = windows.how_many(sizes)
    if columns != math.prod(count):
        raise RuntimeError(
            f"Given output_size={sizes}, kernel_size={windows.kernel}, dilation={windows.dilation}, padding={windows.padding}, "
            f"stride={windows.stride}, expected size of input's dimension 2 to match the calculated number of sliding blocks "
            f"{count[0]} * {count[1]} = {math.prod(count)}, but got input.size(2)={columns}."
        )
    return col2im(input, sizes, windows)
