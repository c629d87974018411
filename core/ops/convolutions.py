"""conv1d, conv2d, conv3d and conv_transpose1d … 3d, with PyTorch's arguments and messages: see :mod:`.convolution`."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..tensor import Tensor
from .convolution import convolution
from .padding import constant_pad_nd
from .shape_primitives import squeeze_dim, unsqueeze
from .windows import Sizes, Windows

_C_NAMES = {"float16": "c10::Half", "float32": "float", "float64": "double", "int64": "long int", "int32": "int"}


def _option(value: Any, dims: int, name: str) -> Sizes:
    """A number, or one for each dimension, as a tuple."""
    given = (int(value),) if isinstance(value, (int, np.integer)) else tuple([int(one) for one in value])
    if len(given) not in (1, dims):
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {dims} values to match the convolution dimensions, but got "
            f"{name}={list(given)}"
        )
    return given * (dims // len(given))


def _check(input: Tensor, weight: Tensor, bias: Tensor | None, options: dict[str, Sizes], groups: int, transposed: bool) -> None:
    """Raise ``RuntimeError`` for what cannot be convolved."""
    sizes, shape, kernel = input._array.shape, weight._array.shape, list(weight._array.shape)
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    for name, smallest, wording in (("padding", 0, "negative"), ("stride", 1, "non-positive"), ("dilation", 1, "")):
        if min(options[name]) < smallest:
            raise RuntimeError(f"{wording} {name} is not supported" if wording else "dilation should be greater than zero")
    if shape[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size {kernel} "
            "instead"
        )
    if shape[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of size "
            f"[{kernel}] instead"
        )
    channels, outputs = (shape[0], shape[1] * groups) if transposed else (shape[1] * groups, shape[0])
    if sizes[1] != channels:
        how = f"transposed={int(transposed)}" if transposed else f"groups={groups}"
        raise RuntimeError(
            f"Given {how}, weight of size {kernel}, expected input{list(sizes)} to have {channels} channels, but got {sizes[1]} "
            "channels instead"
        )
    if bias is not None and bias._array.shape != (outputs,):
        start = "Given transposed=1, " if transposed else "Given "
        raise RuntimeError(
            f"{start}weight of size {kernel}, expected bias to be 1-dimensional with {outputs} elements, but got bias of size "
            f"{list(bias._array.shape)} instead"
        )
    for other, name in ((bias, "bias"), (weight, "weight")):
        if other is not None and other._array.dtype != input._array.dtype:
            if name == "weight":
                raise RuntimeError(f"expected scalar type {input.dtype.cpp_name} but found {other.dtype.cpp_name}")
            first, second = _C_NAMES[input.dtype.name], _C_NAMES[other.dtype.name]
            raise RuntimeError(f"Input type ({first}) and {name} type ({second}) should be the same")
    if not transposed:
        windows = Windows(shape[2:], options["stride"], options["padding"], options["dilation"])
        if min(windows.how_many(sizes[2:])) <= 0 or any(s + 2 * p < r for s, p, r in _fit(sizes[2:], windows)):
            padded = " x ".join(str(size + 2 * padding) for size, padding in zip(sizes[2:], windows.padding, strict=True))
            reach = " x ".join(map(str, windows.reach((1,) * len(windows.kernel))))
            raise RuntimeError(
                f"Calculated padded input size per channel: ({padded}). Kernel size: ({reach}). Kernel size can't be greater than "
                "actual input size"
            )


def _fit(sizes: Sizes, windows: Windows) -> Any:
    return zip(sizes, windows.padding, windows.reach((1,) * len(sizes)), strict=True)


def _batched(input: Tensor, weight: Tensor, dims: int, name: str) -> tuple[Tensor, bool]:
    """The input with a batch dimension, and whether it had none."""
    if weight.ndim != dims + 2:
        if weight.ndim < 3:
            raise RuntimeError("weight should have at least three dimensions")
        sizes = [1, *input._array.shape] if input.ndim == dims + 1 else list(input._array.shape)
        raise RuntimeError(
            f"Expected {weight.ndim}-dimensional input for {weight.ndim}-dimensional weight{list(weight._array.shape)}, but got "
            f"{dims + 2}-dimensional input of size {sizes} instead"
        )
    if input.ndim == dims + 1:
        return unsqueeze(input, 0), True
    if input.ndim != dims + 2:
        raise RuntimeError(
            f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {name}, but got input of size: "
            f"{list(input._array.shape)}"
        )
    return input, False


def _same_padding(input: Tensor, weight: Tensor, stride: Sizes, dilation: Sizes) -> tuple[Tensor, Sizes]:
    """The padding that keeps the sizes; what is needed on one side only is added to the input."""
    if any(step != 1 for step in stride):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    totals = [step * (size - 1) for step, size in zip(dilation, weight._array.shape[2:], strict=True)]
    odd = [total % 2 for total in totals]
    if any(odd):
        warnings.warn(
            "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the input be created "
            "(Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/native/Convolution.cpp:1101.)",
            UserWarning,
            stacklevel=4,
        )
        extra = tuple([amount for one in reversed(odd) for amount in (0, one)])
        input = constant_pad_nd(input, extra, 0.0)
    return input, tuple([total // 2 for total in totals])


def _ordinary(dims: int) -> Callable[..., Tensor]:
    name = f"conv{dims}d"

    def conv(
        input: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Tensor:
        input, unbatched = _batched(input, weight, dims, name)
        steps, spacing = _option(stride, dims, "stride"), _option(dilation, dims, "dilation")
        if padding == "same":
            input, amount = _same_padding(input, weight, steps, spacing)
        elif isinstance(padding, str):
            if padding != "valid":
                raise RuntimeError(f"Invalid padding string: '{padding}'")
            amount = (0,) * dims
        else:
            amount = _option(padding, dims, "padding")
        _check(input, weight, bias, {"stride": steps, "padding": amount, "dilation": spacing}, groups, False)
        result = convolution(input, weight, bias, steps, amount, spacing, False, (0,) * dims, groups)
        return squeeze_dim(result, 0) if unbatched else result

    conv.__name__ = conv.__qualname__ = name
    conv.__doc__ = f"A convolution over {dims} dimension{'s' * (dims > 1)}: (N, C, …) with kernels (O, C/groups, …) to (N, O, …)."
    return conv


def _transposed(dims: int) -> Callable[..., Tensor]:
    name = f"conv_transpose{dims}d"

    def conv_transpose(
        input: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
    ) -> Tensor:
        input, unbatched = _batched(input, weight, dims, name)
        steps, spacing = _option(stride, dims, "stride"), _option(dilation, dims, "dilation")
        amount, extra = _option(padding, dims, "padding"), _option(output_padding, dims, "output_padding")
        _check(input, weight, bias, {"stride": steps, "padding": amount, "dilation": spacing}, groups, True)
        if any(one >= max(step, gap) for one, step, gap in zip(extra, steps, spacing, strict=True)):
            raise _output_padding_too_large(extra, steps, spacing)
        result = convolution(input, weight, bias, steps, amount, spacing, True, extra, groups)
        return squeeze_dim(result, 0) if unbatched else result

    conv_transpose.__name__ = conv_transpose.__qualname__ = name
    conv_transpose.__doc__ = f"A transposed convolution over {dims} dimension{'s' * (dims > 1)}; kernels are (C, O/groups, …)."
    return conv_transpose


def _output_padding_too_large(extra: Sizes, stride: Sizes, dilation: Sizes) -> RuntimeError:
    axes = ("depth", "height", "width")[3 - max(len(extra), 2) :]
    extra, stride, dilation = [(0,) * (len(axes) - len(one)) + one for one in (extra, stride, dilation)]
    parts = [
        f"{name}_{axis}: {value}"
        for name, values in (("output_padding", extra), ("stride", stride), ("dilation", dilation))
        for axis, value in zip(axes, values, strict=True)
    ]
    return RuntimeError(f"output padding must be smaller than either stride or dilation, but got {' '.join(parts)}")


conv1d, conv2d, conv3d = _ordinary(1), _ordinary(2), _ordinary(3)
conv_transpose1d, conv_transpose2d, conv_transpose3d = _transposed(1), _transposed(2), _transposed(3)
