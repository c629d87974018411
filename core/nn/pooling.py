"""Pooling, padding, resampling and reshaping as modules. What they compute is in :mod:`.functional`."""

from __future__ import annotations

from typing import Any, ClassVar

from ..tensor import Tensor
from . import functional
from .module import Module
from .simple import REQUIRED, FunctionModule


class _Pool(FunctionModule):
    """A pool; its stride is the size of its windows unless told otherwise."""

    kernel_size: Any
    stride: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.stride is None:
            self.stride = self.kernel_size


_LARGEST: dict[str, Any] = {
    "kernel_size": REQUIRED,
    "stride": None,
    "padding": 0,
    "dilation": 1,
    "return_indices": False,
    "ceil_mode": False,
}
_SHOWN = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")


class MaxPool1d(_Pool):
    """The largest of every window of sequences."""

    function, options, shown = "max_pool1d", _LARGEST, _SHOWN


class MaxPool2d(_Pool):
    """The largest of every window of images."""

    function, options, shown = "max_pool2d", _LARGEST, _SHOWN


class AvgPool1d(_Pool):
    """The mean of every window of sequences."""

    function, shown = "avg_pool1d", ("kernel_size", "stride", "padding")
    options: ClassVar[dict[str, Any]] = {
        "kernel_size": REQUIRED,
        "stride": None,
        "padding": 0,
        "ceil_mode": False,
        "count_include_pad": True,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kernel_size", "stride", "padding"):
            value = getattr(self, name)
            setattr(self, name, (value,) if isinstance(value, int) else tuple(value))


class AvgPool2d(_Pool):
    """The mean of every window of images."""

    function, options, shown = "avg_pool2d", {**AvgPool1d.options, "divisor_override": None}, ("kernel_size", "stride", "padding")


class AdaptiveAvgPool1d(FunctionModule):
    """Means over so many windows of sequences."""

    function, options = "adaptive_avg_pool1d", {"output_size": REQUIRED}


class AdaptiveAvgPool2d(FunctionModule):
    """Means over so many windows of images."""

    function, options = "adaptive_avg_pool2d", {"output_size": REQUIRED}


class AdaptiveMaxPool1d(FunctionModule):
    """The largest of so many windows of sequences."""

    function, options, shown = "adaptive_max_pool1d", {"output_size": REQUIRED, "return_indices": False}, ("output_size",)


class AdaptiveMaxPool2d(FunctionModule):
    """The largest of so many windows of images."""

    function, options, shown = "adaptive_max_pool2d", {"output_size": REQUIRED, "return_indices": False}, ("output_size",)


class Upsample(FunctionModule):
    """Images (or sequences) resampled to a size, or by a factor."""

    scale_factor: Any
    function = "interpolate"
    options: ClassVar[dict[str, Any]] = {
        "size": None,
        "scale_factor": None,
        "mode": "nearest",
        "align_corners": None,
        "recompute_scale_factor": None,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.scale_factor, int):
            self.scale_factor = float(self.scale_factor)

    def extra_repr(self) -> str:
        """How it resamples."""
        how = f"size={self.size}" if self.scale_factor is None else f"scale_factor={self.scale_factor!r}"
        return f"{how}, mode={self.mode!r}"


# ------------------------------------------------------------------------------------------------------------ padding
class _Pad(Module):
    """Padding of the last ``dims`` dimensions."""

    dims: ClassVar[int]
    mode: ClassVar[str]

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = (padding,) * (2 * self.dims) if isinstance(padding, int) else tuple(padding)

    def forward(self, input: Tensor) -> Tensor:
        """Pad ``input``."""
        return functional.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        """The amounts."""
        return str(self.padding)


def _pads(title: str, mode: str) -> list[type[_Pad]]:
    """The classes for one, two and three dimensions."""
    doc = f"Padding of mode {mode!r}."
    made = []
    for dims in (1, 2, 3):
        namespace = {"dims": dims, "mode": mode, "__doc__": doc, "__module__": __name__}
        made.append(type(f"{title}Pad{dims}d", (_Pad,), namespace))
    return made


ReflectionPad1d, ReflectionPad2d, ReflectionPad3d = _pads("Reflection", "reflect")
ReplicationPad1d, ReplicationPad2d, ReplicationPad3d = _pads("Replication", "replicate")
CircularPad1d, CircularPad2d, CircularPad3d = _pads("Circular", "circular")
ZeroPad1d, ZeroPad2d, ZeroPad3d = _pads("Zero", "constant")


class ConstantPad1d(_Pad):
    """Padding with a value."""

    dims, mode = 1, "constant"

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """Pad ``input``."""
        return functional.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """The amounts and the value."""
        return f"padding={self.padding}, value={self.value}"


class ConstantPad2d(ConstantPad1d):
    """Padding of images with a value."""

    dims = 2


class ConstantPad3d(ConstantPad1d):
    """Padding of volumes with a value."""

    dims = 3


# ---------------------------------------------------------------------------------------------------------- reshaping
class Unfold(FunctionModule):
    """The windows of images as columns."""

    function, options = "unfold", {"kernel_size": REQUIRED, "dilation": 1, "padding": 0, "stride": 1}


class Fold(FunctionModule):
    """Columns added up to images."""

    function = "fold"
    options: ClassVar[dict[str, Any]] = {
        "output_size": REQUIRED,
        "kernel_size": REQUIRED,
        "dilation": 1,
        "padding": 0,
        "stride": 1,
    }


class Unflatten(Module):
    """One dimension as several."""

    def __init__(self, dim: int, unflattened_size: Any) -> None:
        super().__init__()
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        """Unflatten ``input``."""
        result: Tensor = input.unflatten(self.dim, self.unflattened_size)
        return result

    def extra_repr(self) -> str:
        """The dimension and its new sizes."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
