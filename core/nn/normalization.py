"""Normalisation as modules: batch, instance, group and root-mean-square norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from ..dtypes import as_dtype, dtype, get_default_dtype
from ..tensor import Tensor, from_array
from . import functional, init
from .layers import _empty_parameter, _reset_scale_and_shift
from .module import Module


class _ByChannel(Module):
    """What batch and instance norm share: scale and shift for each channel, and running values."""

    ranks: ClassVar[tuple[int, ...]]
    """The numbers of dimensions an input may have."""

    def __init__(
        self,
        num_features: int,
        eps: float,
        momentum: float | None,
        affine: bool,
        track_running_stats: bool,
        dtype: dtype | None,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        self.register_parameter("weight", _empty_parameter((num_features,), dtype) if affine else None)
        self.register_parameter("bias", _empty_parameter((num_features,), dtype) if affine and bias else None)
        wanted = (get_default_dtype() if dtype is None else as_dtype(dtype)).np
        for name, value in (("running_mean", np.zeros(num_features, wanted)), ("running_var", np.ones(num_features, wanted))):
            self.register_buffer(name, from_array(value) if track_running_stats else None)
        self.register_buffer("num_batches_tracked", from_array(np.zeros((), np.int64)) if track_running_stats else None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Mean 0, variance 1, no batches."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Weight 1, bias 0, and the running values as at the start."""
        self.reset_running_stats()
        _reset_scale_and_shift(self.weight, self.bias)

    def _check_rank(self, input: Tensor) -> None:
        if input.dim() not in self.ranks:
            raise ValueError(f"expected {' or '.join(f'{rank}D' for rank in self.ranks)} input (got {input.dim()}D input)")

    def extra_repr(self) -> str:
        """The options."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, bias={self.bias is not None}, "
            f"track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(_ByChannel):
    """Each channel of (N, C) or (N, C, length) with mean 0 and variance 1 over the batch, then scaled and shifted."""

    ranks: ClassVar[tuple[int, ...]] = (2, 3)

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,  # noqa: ARG002  (always the CPU)
        dtype: dtype | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, dtype, bias)

    def forward(self, input: Tensor) -> Tensor:
        """Normalise ``input`` by its own statistics in training, by the running ones in evaluation."""
        self._check_rank(input)
        momentum = 0.0 if self.momentum is None else self.momentum
        if self.training and self.track_running_stats and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:
                momentum = 1.0 / float(self.num_batches_tracked)
        by_itself = self.training or (self.running_mean is None and self.running_var is None)
        keeps = not self.training or self.track_running_stats
        mean, variance = (self.running_mean, self.running_var) if keeps else (None, None)
        return functional.batch_norm(input, mean, variance, self.weight, self.bias, by_itself, momentum, self.eps)


class BatchNorm2d(BatchNorm1d):
    """Each channel of images (N, C, height, width) with mean 0 and variance 1 over the batch, then scaled and shifted."""

    ranks = (4,)


class BatchNorm3d(BatchNorm1d):
    """Each channel of volumes with mean 0 and variance 1 over the batch, then scaled and shifted."""

    ranks = (5,)


class InstanceNorm1d(_ByChannel):
    """Each channel of each sequence with mean 0 and variance 1."""

    ranks: ClassVar[tuple[int, ...]] = (2, 3)

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,  # noqa: ARG002  (always the CPU)
        dtype: dtype | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, dtype, bias)

    def forward(self, input: Tensor) -> Tensor:
        """Normalise ``input``."""
        self._check_rank(input)
        unbatched = input.dim() == self.ranks[0]
        if unbatched:
            input = input.unsqueeze(0)
        by_itself = self.training or not self.track_running_stats
        momentum = 0.0 if self.momentum is None else self.momentum
        result = functional.instance_norm(
            input, self.running_mean, self.running_var, self.weight, self.bias, by_itself, momentum, self.eps
        )
        return result.squeeze(0) if unbatched else result


class InstanceNorm2d(InstanceNorm1d):
    """Each channel of each image with mean 0 and variance 1."""

    ranks = (3, 4)


class InstanceNorm3d(InstanceNorm1d):
    """Each channel of each volume with mean 0 and variance 1."""

    ranks = (4, 5)


class GroupNorm(Module):
    """Groups of channels with mean 0 and variance 1, then scaled and shifted."""

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,  # noqa: ARG002  (always the CPU)
        dtype: dtype | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        self.register_parameter("weight", _empty_parameter((num_channels,), dtype) if affine else None)
        self.register_parameter("bias", _empty_parameter((num_channels,), dtype) if affine and bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Weight 1, bias 0."""
        _reset_scale_and_shift(self.weight, self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """Normalise ``input``."""
        return functional.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The sizes and the options."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, bias={self.bias is not None}"


class RMSNorm(Module):
    """Divide by the root of the mean square over the last dimensions, then scale."""

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,  # noqa: ARG002  (always the CPU)
        dtype: dtype | None = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self.register_parameter("weight", _empty_parameter(self.normalized_shape, dtype) if elementwise_affine else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Weight 1."""
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, input: Tensor) -> Tensor:
        """Normalise ``input``."""
        return functional.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """The shape and the options."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
