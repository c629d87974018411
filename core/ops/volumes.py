"""Pooling of volumes, power means of windows, and normalisation across channels: max_pool3d, avg_pool3d, lp_pool1d ... 3d, ..."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from typing import Any

from ..registry import OPERATORS, op
from ..tensor import Tensor, from_array
from . import activations
from .adaptive_pooling import adaptive_max_pool
from .padding import pad
from .pooling import flat_indices, winners_of
from .pools import _windows, avg_pool1d, avg_pool2d, max_pool1d, max_pool2d
from .windows import Windows, per_dimension

_largest: Any
_average: Any
_largest, _average = OPERATORS["max_pool"], OPERATORS["avg_pool"]
_max_pool3d = op("MaxPool3DWithIndicesBackward0", name="max_pool3d_array", **_largest.derivatives)(_largest.kernel)
_avg_pool3d = op("AvgPool3DBackward0", name="avg_pool3d_array", **_average.derivatives)(_average.kernel)


def _check_volume(input: Tensor, windows: Windows, ceil_mode: bool, name: str) -> None:
    """Raise ``RuntimeError`` for an input that is no volume, or has no whole window."""
    shape = input._array.shape
    if input.ndim not in (4, 5):
        raise RuntimeError("non-empty 4D or 5D (batch mode) tensor expected for input")
    for axis in range(1 if input.ndim == 5 else 0, input.ndim):
        if shape[axis] == 0:
            raise RuntimeError(
                f"{name}(): Expected input's non-batch dimensions to have positive length, but input has a shape of {list(shape)} "
                f"and non-batch dimension {shape[axis]} has length zero!"
            )
    planes, *sizes = shape[input.ndim - 4 :]
    count = windows.how_many(tuple(sizes), ceil_mode)
    if min(count) < 1:
        before, after = ("x".join(map(str, (planes, *some))) for some in (sizes, count))
        raise RuntimeError(f"Given input size: ({before}). Calculated output size: ({after}). Output size is too small")


def max_pool3d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of every window over the last three dimensions."""
    windows = _windows(kernel_size, stride, padding, dilation, 3, "max_pool3d")
    _check_volume(input, windows, ceil_mode, "max_pool3d_with_indices_out_cpu_template")
    result = _max_pool3d(input, windows, ceil_mode)
    if not return_indices:
        return result
    winners = winners_of(input.detach(), result.detach(), windows)
    return result, from_array(flat_indices(winners._array, windows, input._array.shape[-3:]))


def max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = True,  # noqa: ARG001  (as in PyTorch)
) -> tuple[Tensor, Tensor]:
    """The largest element of every window, and where they are in the flattened volumes."""
    result: tuple[Tensor, Tensor] = max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode, True)
    return result


def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = True,  # noqa: ARG001  (as in PyTorch)
) -> tuple[Tensor, Tensor]:
    """The largest element of every window of sequences, and where they are."""
    result: tuple[Tensor, Tensor] = max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, True)
    return result


def avg_pool3d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of every window over the last three dimensions."""
    windows = _windows(kernel_size, stride, padding, 1, 3, "avg_pool3d")
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    _check_volume(input, windows, ceil_mode, "avg_pool3d")
    return _avg_pool3d(input, windows, ceil_mode, count_include_pad, divisor_override)


# ------------------------------------------------------------------------------------------------------------ adaptive
def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest elements of so many windows that cover the last three dimensions."""
    given = (output_size,) * 3 if isinstance(output_size, int) or output_size is None else tuple(output_size)
    if not isinstance(output_size, int) and input.ndim <= len(given):
        raise ValueError(f"Input dimension should be at least {len(given) + 1}")
    if len(given) != 3:
        raise RuntimeError("adaptive_max_pool3d(): internal error: output_size.size() must be 3")
    if input.ndim not in (4, 5):
        raise RuntimeError(f"adaptive_max_pool3d(): Expected 4D or 5D tensor, but got: {list(input._array.shape)}")
    if any(one is not None and one < 0 for one in given):
        lowest = min(one for one in given if one is not None)
        shape = [*input._array.shape[:-3], *given]
        raise RuntimeError(f"Trying to create tensor with negative dimension {lowest}: {shape}")
    sizes = tuple([old if one is None else int(one) for one, old in zip(given, input._array.shape[-3:], strict=True)])
    answer = adaptive_max_pool[3](input, sizes)
    return answer if return_indices else answer[0]


# --------------------------------------------------------------------------------------------------------- power means
def _power_mean(dims: int) -> Any:
    """``(sum of |x| ** p) ** (1 / p)`` of every window, composed as PyTorch composes it."""
    average = {1: avg_pool1d, 2: avg_pool2d, 3: avg_pool3d}[dims]
    largest = {1: max_pool1d, 2: max_pool2d, 3: max_pool3d}[dims]

    def lp_pool(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
        if norm_type == math.inf:
            return largest(input.abs(), kernel_size, stride, 0, 1, ceil_mode)
        if norm_type == -math.inf:
            return -largest(-input.abs(), kernel_size, stride, 0, 1, ceil_mode)
        means = average(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
        elements = math.prod(per_dimension(kernel_size, dims, f"lp_pool{dims}d", "kernel_size"))
        return (means.sign() * activations.relu(means.abs())).mul(elements).pow(1.0 / norm_type)

    lp_pool.__name__ = lp_pool.__qualname__ = f"lp_pool{dims}d"
    lp_pool.__doc__ = f"The ``norm_type``-norm of every window over {dims} dimension{'s' * (dims > 1)}."
    return lp_pool


lp_pool1d, lp_pool2d, lp_pool3d = _power_mean(1), _power_mean(2), _power_mean(3)


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """Each element divided by a power of the mean square of its neighbours in the channels."""
    if input.ndim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality                          input (got {input.ndim} dimensions)")
    if not input._array.size:
        return input
    before, after = size // 2, (size - 1) // 2
    squares = input.mul(input)
    if input.ndim == 3:
        padded = pad(squares.unsqueeze(1), (0, 0, before, after))
        means = avg_pool2d(padded, (size, 1), stride=1).squeeze(1)
    else:
        batch, channels, first, *_ = sizes = tuple(input._array.shape)
        padded = pad(squares.view(batch, 1, channels, first, -1), (0, 0, 0, 0, before, after))
        means = avg_pool3d(padded, (size, 1, 1), stride=1).squeeze(1).view(sizes)
    return input / means.mul(alpha).add(k).pow(beta)
