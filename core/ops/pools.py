"""Pooling with PyTorch's arguments and messages: see :mod:`.pooling`."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

from ..tensor import Tensor, from_array
from .adaptive_pooling import adaptive_avg_pool, adaptive_max_pool
from .pooling import avg_pool, flat_indices, max_pool, winners_of
from .reduction import mean_dims
from .shape_primitives import squeeze_dim, unsqueeze
from .windows import Sizes, Windows, per_dimension


def _windows(kernel_size: Any, stride: Any, padding: Any, dilation: Any, dims: int, function: str) -> Windows:
    kernel = per_dimension(kernel_size, dims, function, "kernel_size")
    given = stride is None or stride == () or stride == []
    windows = Windows(
        kernel,
        kernel if given else per_dimension(stride, dims, function, "stride"),
        per_dimension(padding, dims, function, "padding"),
        per_dimension(dilation, dims, function, "dilation"),
    )
    if 0 in windows.stride:
        raise RuntimeError("stride should not be zero")
    if min(windows.kernel) <= 0:
        raise RuntimeError("kernel size should be greater than zero, but got " + _sizes_text(windows.kernel))
    if min(windows.dilation) <= 0:
        raise RuntimeError("dilation should be greater than zero, but got " + _sizes_text(windows.dilation))
    if min(windows.padding) < 0:
        raise RuntimeError(f"pad must be non-negative, but got pad: {min(windows.padding)}")
    for pad, size, gap in zip(windows.padding, kernel, windows.dilation, strict=True):
        if pad > (gap * (size - 1) + 1) // 2:
            raise RuntimeError(
                f"pad should be at most half of effective kernel size, but got pad={pad}, kernel_size={size} and dilation={gap}"
            )
    return windows


def _sizes_text(sizes: Sizes) -> str:
    names = ("dT", "dH", "dW")[3 - len(sizes) :]
    return " ".join(f"{name}: {size}" for name, size in zip(names, sizes, strict=True))


def _check(input: Tensor, windows: Windows, ceil_mode: bool) -> None:
    """Raise ``RuntimeError`` for an input that has no whole window."""
    shape = input._array.shape
    if input.ndim not in (3, 4):
        raise RuntimeError("non-empty 3D or 4D (batch mode) tensor expected for input")
    if 0 in shape[input.ndim - 3 :]:
        raise RuntimeError(f"Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:{list(shape)}")
    planes, *sizes = shape[input.ndim - 3 :]
    count = windows.how_many(tuple(sizes), ceil_mode)
    if min(count) < 1:
        before = "x".join(map(str, (planes, *sizes)))
        after = "x".join(map(str, (planes, *[max(one, 0) for one in count])))
        raise RuntimeError(f"Given input size: ({before}). Calculated output size: ({after}). Output size is too small")


def max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = True,  # noqa: ARG001  (as in PyTorch)
) -> tuple[Tensor, Tensor]:
    """The largest element of every window, and where they are in the flattened planes."""
    windows = _windows(kernel_size, stride, padding, dilation, 2, "max_pool2d")
    _check(input, windows, ceil_mode)
    result = max_pool(input, windows, ceil_mode)
    winners = winners_of(input.detach(), result.detach(), windows)
    return result, from_array(flat_indices(winners._array, windows, input._array.shape[-2:]))


def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of every window over the last two dimensions."""
    if return_indices:
        return max_pool2d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
    windows = _windows(kernel_size, stride, padding, dilation, 2, "max_pool2d")
    _check(input, windows, ceil_mode)
    return max_pool(input, windows, ceil_mode)


def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of every window over the last dimension."""
    size, gap, amount = (per_dimension(one, 1, "max_pool1d", "kernel_size") for one in (kernel_size, dilation, padding))
    steps = size if stride in (None, (), []) else per_dimension(stride, 1, "max_pool1d", "stride")
    _check_line(input, "max_pool1d", Windows(size, steps, amount, gap), ceil_mode)
    planes = unsqueeze(input, input.ndim - 1)
    answer = max_pool2d(planes, (1, *size), (1, *steps), (0, *amount), (1, *gap), ceil_mode, return_indices)
    if return_indices:
        return tuple([squeeze_dim(one, one.ndim - 2) for one in answer])
    return squeeze_dim(answer, answer.ndim - 2)


def _check_line(input: Tensor, name: str, windows: Windows, ceil_mode: bool) -> None:
    """The checks of one-dimensional pooling, which PyTorch words in its own way."""
    shape = list(input._array.shape)
    if input.ndim not in (2, 3) or 0 in shape[input.ndim - 2 :]:
        raise RuntimeError(
            f"{name}: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:{shape}"
        )
    (kernel,), (stride,), (padding,), (dilation,) = windows
    for what, value in (("kernel_size", kernel), ("stride", stride)):
        if value <= 0:
            raise RuntimeError(f"{name}() {what} must be greater than zero, but got {value}")
    if padding < 0:
        raise RuntimeError(f"pad must be non-negative, but got pad: {padding}")
    if padding > (dilation * (kernel - 1) + 1) // 2:
        raise RuntimeError(
            f"pad should be at most half of effective kernel size, but got pad={padding}, kernel_size={kernel} and "
            f"dilation={dilation}"
        )
    if dilation <= 0:
        raise RuntimeError(f"{name}() dilation must be greater than zero, but got {dilation}")
    (count,) = windows.how_many((shape[-1],), ceil_mode)
    if count <= 0:
        raise RuntimeError(f"{name}() Invalid computed output size: {count}")


def avg_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of every window over the last two dimensions."""
    windows = _windows(kernel_size, stride, padding, 1, 2, "avg_pool2d")
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    _check(input, windows, ceil_mode)
    return avg_pool(input, windows, ceil_mode, count_include_pad, divisor_override)


def avg_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of every window over the last dimension."""
    size, amount = (per_dimension(one, 1, "avg_pool1d", "kernel_size") for one in (kernel_size, padding))
    steps = size if stride in (None, (), []) else per_dimension(stride, 1, "avg_pool1d", "stride")
    planes = unsqueeze(input, input.ndim - 1)
    result = avg_pool2d(planes, (1, *size), (1, *steps), (0, *amount), ceil_mode, count_include_pad)
    return squeeze_dim(result, result.ndim - 2)


def _adaptive_size(input: Tensor, output_size: Any, name: str) -> Sizes:
    wanted = (output_size,) * 2 if isinstance(output_size, int) or output_size is None else tuple(output_size)
    if not isinstance(output_size, int) and input.ndim <= len(wanted):
        raise ValueError(f"Input dimension should be at least {len(wanted) + 1}")
    is_max = "max" in name
    if len(wanted) != 2:
        raise RuntimeError(
            f"{name}(): internal error: output_size.size() must be 2" if is_max else f"{name}: output_size must be 2"
        )
    if any(one is not None and one < 0 for one in wanted):
        if is_max:
            shape = [*input._array.shape[:-2], *wanted]
            raise RuntimeError(f"Trying to create tensor with negative dimension {min(wanted)}: {shape}")
        received = ", ".join(map(str, wanted))
        raise RuntimeError(f"{name}: elements of output_size must be greater than or equal to 0 but received {{{received}}}")
    if input.ndim not in (3, 4):
        raise RuntimeError(f"{name}(): Expected 3D or 4D tensor, but got{':' * is_max} {list(input._array.shape)}")
    return tuple([size if one is None else int(one) for one, size in zip(wanted, input._array.shape[-2:], strict=True)])


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The means of so many windows that cover the last two dimensions."""
    size = _adaptive_size(input, output_size, "adaptive_avg_pool2d")
    if size == (1, 1):
        return mean_dims(input, (input.ndim - 2, input.ndim - 1), True)
    result: Tensor = adaptive_avg_pool[2](input, size)
    return result


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """The means of so many windows that cover the last three dimensions."""
    given = (output_size,) * 3 if isinstance(output_size, int) or output_size is None else tuple(output_size)
    if not isinstance(output_size, int) and input.ndim <= len(given):
        raise ValueError(f"Input dimension should be at least {len(given) + 1}")
    if len(given) != 3:
        raise RuntimeError("adaptive_avg_pool3d: output_size must be 3")
    if any(one is not None and one < 0 for one in given):
        received = "{}, {},{}".format(*given)
        raise RuntimeError(
            f"adaptive_avg_pool3d: elements of output_size must be greater than or equal to 0 but received {{{received}}}"
        )
    size = tuple([old if one is None else int(one) for one, old in zip(given, input._array.shape[-3:], strict=True)])
    if size == (1, 1, 1):
        return mean_dims(input, (input.ndim - 3, input.ndim - 2, input.ndim - 1), True)
    result: Tensor = adaptive_avg_pool[3](input, size)
    return result


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest elements of so many windows that cover the last two dimensions."""
    answer = adaptive_max_pool[2](input, _adaptive_size(input, output_size, "adaptive_max_pool2d"))
    return answer if return_indices else answer[0]


def _one_size(output_size: Any, name: str) -> Sizes:
    size = (output_size,) if isinstance(output_size, int) else tuple(output_size)
    if len(size) != 1:
        raise RuntimeError(f"{name}() argument 'output_size' should contain one int (got {len(size)})")
    return size


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """The means of so many windows that cover the last dimension."""
    size = _one_size(output_size, "adaptive_avg_pool1d")
    if input.ndim not in (2, 3):
        raise RuntimeError(f"adaptive_avg_pool1d(): Expected 2D or 3D tensor, but got {list(input._array.shape)}")
    result = adaptive_avg_pool2d(unsqueeze(input, input.ndim - 1), (1, *size))
    return squeeze_dim(result, result.ndim - 2)


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest elements of so many windows that cover the last dimension."""
    size = _one_size(output_size, "adaptive_max_pool1d")
    answer = adaptive_max_pool2d(unsqueeze(input, input.ndim - 1), (1, *size), True)
    squeezed = tuple([squeeze_dim(one, one.ndim - 2) for one in answer])
    return squeezed if return_indices else squeezed[0]
