"""Convolutions as modules. What they compute is in :mod:`.functional`."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from ..dtypes import dtype
from ..tensor import Tensor
from . import functional, init
from .layers import _empty_parameter
from .module import Module

Sizes = tuple[int, ...]


def _per_dimension(value: Any, dims: int) -> Sizes:
    return (value,) * dims if isinstance(value, int) else tuple(value)


class _Convolution(Module):
    """What the convolutions share; ``weight`` and ``bias`` start uniform in ±1/sqrt(inputs of each output)."""

    dims: ClassVar[int]
    transposed: ClassVar[bool] = False

    in_channels: int
    out_channels: int
    kernel_size: Sizes
    stride: Sizes
    padding: Any
    dilation: Sizes
    output_padding: Sizes
    groups: int
    padding_mode: str

    def _set_up(self, given: dict[str, Any], bias: bool, dtype: dtype | None) -> None:
        """Check the options (the constructor's arguments), keep them, and make the parameters."""
        dims = self.dims
        if given["groups"] <= 0:
            raise ValueError("groups must be a positive integer")
        for name in ("in_channels", "out_channels"):
            if given[name] % given["groups"]:
                raise ValueError(f"{name} must be divisible by groups")
        for name in ("kernel_size", "stride", "dilation", "output_padding"):
            given[name] = _per_dimension(given[name], dims)
        if isinstance(given["padding"], str):
            if given["padding"] not in ("same", "valid"):
                raise ValueError(f"Invalid padding string {given['padding']!r}, should be one of {{'same', 'valid'}}")
            if given["padding"] == "same" and any(step != 1 for step in given["stride"]):
                raise ValueError("padding='same' is not supported for strided convolutions")
        else:
            given["padding"] = _per_dimension(given["padding"], dims)
        if given["padding_mode"] not in ("zeros", "reflect", "replicate", "circular"):
            raise ValueError(
                "padding_mode must be one of {'zeros', 'reflect', 'replicate', 'circular'}, but got padding_mode="
                f"'{given['padding_mode']}'"
            )
        for name, value in given.items():
            setattr(self, name, value)
        outer, inner = (self.in_channels, self.out_channels) if self.transposed else (self.out_channels, self.in_channels)
        self.weight = _empty_parameter((outer, inner // self.groups, *self.kernel_size), dtype)
        if bias:
            self.bias = _empty_parameter((self.out_channels,), dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init.fans(self.weight)
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        """The sizes, and what differs from the defaults."""
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != (0,) * len(self.padding):
            text += f", padding={self.padding}"
        for name, plain in (("dilation", 1), ("output_padding", 0)):
            if getattr(self, name) != (plain,) * self.dims:
                text += f", {name}={getattr(self, name)}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        return text if self.padding_mode == "zeros" else f"{text}, padding_mode={self.padding_mode}"


class _Ordinary(_Convolution):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,  # noqa: ARG002  (always the CPU)
        dtype: dtype | None = None,
    ) -> None:
        super().__init__()
        given = {
            "in_channels": in_channels,
            "out_channels": out_channels,
            "kernel_size": kernel_size,
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "output_padding": 0,
            "groups": groups,
            "padding_mode": padding_mode,
        }
        self._set_up(given, bias, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """Convolve ``input`` (N, in_channels, …)."""
        padding = self.padding
        if self.padding_mode != "zeros":
            input = functional.pad(input, self._amounts(), mode=self.padding_mode)
            padding = 0
        convolve = getattr(functional, f"conv{self.dims}d")
        result: Tensor = convolve(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)
        return result

    def _amounts(self) -> list[int]:
        """The padding as :func:`.functional.pad` takes it."""
        amounts: list[int] = []
        for axis in reversed(range(self.dims)):
            if isinstance(self.padding, str):
                total = self.dilation[axis] * (self.kernel_size[axis] - 1) if self.padding == "same" else 0
                amounts += [total // 2, total - total // 2]
            else:
                amounts += [self.padding[axis]] * 2
        return amounts


class Conv1d(_Ordinary):
    """A convolution over sequences (N, C, length)."""

    dims = 1


class Conv2d(_Ordinary):
    """A convolution over images (N, C, height, width)."""

    dims = 2


class Conv3d(_Ordinary):
    """A convolution over volumes (N, C, depth, height, width)."""

    dims = 3


class _Transposed(_Convolution):
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,  # noqa: ARG002  (always the CPU)
        dtype: dtype | None = None,
    ) -> None:
        super().__init__()
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        given = {
            "in_channels": in_channels,
            "out_channels": out_channels,
            "kernel_size": kernel_size,
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "output_padding": output_padding,
            "groups": groups,
            "padding_mode": padding_mode,
        }
        self._set_up(given, bias, dtype)

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """Convolve ``input`` (N, in_channels, …); ``output_size`` chooses between the sizes that are possible with strides."""
        extra = self.output_padding if output_size is None else self._output_padding(input, tuple(output_size))
        convolve = getattr(functional, f"conv_transpose{self.dims}d")
        result: Tensor = convolve(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)
        return result

    def _output_padding(self, input: Tensor, output_size: Sizes) -> Sizes:
        wanted = output_size[len(output_size) - self.dims :]
        smallest = [
            (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1
            for size, stride, padding, dilation, kernel in zip(
                input.shape[2:], self.stride, self.padding, self.dilation, self.kernel_size, strict=True
            )
        ]
        largest = [low + stride - 1 for low, stride in zip(smallest, self.stride, strict=True)]
        if any(not low <= one <= high for low, one, high in zip(smallest, wanted, largest, strict=True)):
            raise ValueError(
                f"requested an output size of {list(wanted)}, but valid sizes range from {smallest} to {largest} (for an input of "
                f"{input.shape[2:]})"
            )
        return tuple(one - low for one, low in zip(wanted, smallest, strict=True))


class ConvTranspose1d(_Transposed):
    """A transposed convolution over sequences (N, C, length)."""

    dims = 1


class ConvTranspose2d(_Transposed):
    """A transposed convolution over images (N, C, height, width)."""

    dims = 2


class ConvTranspose3d(_Transposed):
    """A transposed convolution over volumes (N, C, depth, height, width)."""

    dims = 3
