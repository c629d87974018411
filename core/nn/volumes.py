"""Pooling of volumes, power means, unpooling, shuffles and distances as modules. What they compute is in :mod:`.functional`."""

from __future__ import annotations

from typing import Any, ClassVar

from ..ops.windows import per_dimension
from ..tensor import Tensor
from . import functional
from .module import Module
from .pooling import _LARGEST, _SHOWN, AvgPool2d, Upsample, _Pool
from .simple import REQUIRED, FunctionModule


class MaxPool3d(_Pool):
    """The largest of every window of volumes."""

    function, options, shown = "max_pool3d", _LARGEST, _SHOWN


class AvgPool3d(_Pool):
    """The mean of every window of volumes."""

    function, options, shown = "avg_pool3d", AvgPool2d.options, ("kernel_size", "stride", "padding")


class AdaptiveAvgPool3d(FunctionModule):
    """Means over so many windows of volumes."""

    function, options = "adaptive_avg_pool3d", {"output_size": REQUIRED}


class AdaptiveMaxPool3d(FunctionModule):
    """The largest of so many windows of volumes."""

    function, options, shown = "adaptive_max_pool3d", {"output_size": REQUIRED, "return_indices": False}, ("output_size",)


class _PowerMean(FunctionModule):
    options: ClassVar[dict[str, Any]] = {"norm_type": REQUIRED, "kernel_size": REQUIRED, "stride": None, "ceil_mode": False}

    def forward(self, *inputs: Tensor) -> Any:
        """Apply the function; the type of norm is a number with a fraction."""
        return getattr(functional, self.function)(*inputs, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class LPPool1d(_PowerMean):
    """The power mean of every window of sequences."""

    function = "lp_pool1d"


class LPPool2d(_PowerMean):
    """The power mean of every window of images."""

    function = "lp_pool2d"


class LPPool3d(_PowerMean):
    """The power mean of every window of volumes."""

    function = "lp_pool3d"


class _Unpool(Module):
    dims: ClassVar[int]

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        for name, value in (
            ("kernel_size", kernel_size),
            ("stride", kernel_size if stride is None else stride),
            ("padding", padding),
        ):
            setattr(self, name, per_dimension(value, self.dims, f"max_unpool{self.dims}d", name))

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        """Put the elements back where they were."""
        unpool = getattr(functional, f"max_unpool{self.dims}d")
        result: Tensor = unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)
        return result

    def extra_repr(self) -> str:
        """The windows."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_Unpool):
    """The reverse of MaxPool1d."""

    dims = 1


class MaxUnpool2d(_Unpool):
    """The reverse of MaxPool2d."""

    dims = 2


class MaxUnpool3d(_Unpool):
    """The reverse of MaxPool3d."""

    dims = 3


class _Fractional(Module):
    dims: ClassVar[int]

    def __init__(
        self,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.kernel_size = (kernel_size,) * self.dims if isinstance(kernel_size, int) else tuple(kernel_size)
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = (output_size,) * self.dims if isinstance(output_size, int) else output_size
        self.output_ratio = (output_ratio,) * self.dims if isinstance(output_ratio, (int, float)) else output_ratio
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        if self.output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def forward(self, input: Tensor) -> Any:
        """Pool ``input``."""
        pool = getattr(functional, f"fractional_max_pool{self.dims}d")
        return pool(input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices, self._random_samples)


class FractionalMaxPool2d(_Fractional):
    """The largest of windows of images at random distances."""

    dims = 2


class FractionalMaxPool3d(_Fractional):
    """The largest of windows of volumes at random distances."""

    dims = 3


class UpsamplingNearest2d(Upsample):
    """Images resampled by nearest neighbours."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """Images resampled linearly in both directions, corners aligned."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)


class PixelShuffle(FunctionModule):
    """Channels moved into the image."""

    function, options = "pixel_shuffle", {"upscale_factor": REQUIRED}


class PixelUnshuffle(FunctionModule):
    """The image moved into channels."""

    function, options = "pixel_unshuffle", {"downscale_factor": REQUIRED}


class ChannelShuffle(FunctionModule):
    """The channels of groups, dealt out in turn."""

    function, options = "channel_shuffle", {"groups": REQUIRED}

    def extra_repr(self) -> str:
        """The number of groups."""
        return f"groups={self.groups}"


class LocalResponseNorm(FunctionModule):
    """Each element divided by a power of the mean square of its neighbours in the channels."""

    function = "local_response_norm"
    options: ClassVar[dict[str, Any]] = {"size": REQUIRED, "alpha": 1e-4, "beta": 0.75, "k": 1.0}

    def extra_repr(self) -> str:
        """The options."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class PairwiseDistance(FunctionModule):
    """The norm of the differences along the last dimension."""

    function, shown = "pairwise_distance", ()
    options: ClassVar[dict[str, Any]] = {"p": 2.0, "eps": 1e-6, "keepdim": False}

    def forward(self, *inputs: Tensor) -> Any:
        """The distance of two inputs."""
        first, second = inputs
        return functional.pairwise_distance(first, second, self.norm, self.eps, self.keepdim)

    @property
    def norm(self) -> float:
        """The type of norm."""
        return float(self.p)


class CosineSimilarity(FunctionModule):
    """The cosine of the angle between two inputs along a dimension."""

    function, shown = "cosine_similarity", ()
    options: ClassVar[dict[str, Any]] = {"dim": 1, "eps": 1e-8}
