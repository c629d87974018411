"""Elements of channels moved into the image and back: pixel_shuffle, pixel_unshuffle, channel_shuffle."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

import numpy as np

from ..registry import op
from ..tensor import Array, Tensor


@op("PixelShuffleBackward0", self=lambda k, g, upscale_factor: k.pixel_unshuffled(g, upscale_factor))
def pixel_shuffled(self: Array, upscale_factor: int) -> Array:
    """(..., C * r * r, height, width) -> (..., C, height * r, width * r)."""
    *leading, channels, height, width = self.shape
    r = upscale_factor
    blocks = self.reshape(*leading, channels // (r * r), r, r, height, width)
    d = len(leading)
    order = (*range(d + 1), d + 3, d + 1, d + 4, d + 2)
    return np.ascontiguousarray(blocks.transpose(order)).reshape(*leading, channels // (r * r), height * r, width * r)


@op("PixelUnshuffleBackward0", self=lambda k, g, downscale_factor: k.pixel_shuffled(g, downscale_factor))
def pixel_unshuffled(self: Array, downscale_factor: int) -> Array:
    """(..., C, height * r, width * r) -> (..., C * r * r, height, width)."""
    *leading, channels, height, width = self.shape
    r = downscale_factor
    blocks = self.reshape(*leading, channels, height // r, r, width // r, r)
    d = len(leading)
    order = (*range(d + 1), d + 2, d + 4, d + 1, d + 3)
    return np.ascontiguousarray(blocks.transpose(order)).reshape(*leading, channels * r * r, height // r, width // r)


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """``upscale_factor ** 2`` channels at a time become one that is so many times larger."""
    shape = list(input._array.shape)
    if input.ndim < 3:
        raise RuntimeError(
            f"pixel_shuffle expects input to have at least 3 dimensions, but got input with {input.ndim} dimension(s)"
        )
    if upscale_factor <= 0:
        raise RuntimeError(f"pixel_shuffle expects a positive upscale_factor, but got {upscale_factor}")
    square = upscale_factor * upscale_factor
    if shape[-3] % square:
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but "
            f"input.size(-3)={shape[-3]} is not divisible by {square}"
        )
    return pixel_shuffled(input, upscale_factor)


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """One channel becomes ``downscale_factor ** 2`` that are so many times smaller: the reverse of :func:`pixel_shuffle`."""
    shape = list(input._array.shape)
    if input.ndim < 3:
        raise RuntimeError(
            f"pixel_unshuffle expects input to have at least 3 dimensions, but got input with {input.ndim} dimension(s)"
        )
    if downscale_factor <= 0:
        raise RuntimeError(f"pixel_unshuffle expects a positive downscale_factor, but got {downscale_factor}")
    for name, axis in (("height", -2), ("width", -1)):
        if shape[axis] % downscale_factor:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size({axis})={shape[axis]} is not "
                f"divisible by {downscale_factor}"
            )
    return pixel_unshuffled(input, downscale_factor)


def _back(k: Any, g: Any, self_shape: tuple[int, ...], groups: int) -> Any:
    return k.channels_shuffled(g, self_shape[1] // groups) if self_shape[1] else g


@op("ChannelShuffleBackward0", self=_back)
def channels_shuffled(self: Array, groups: int) -> Array:
    """The channels of ``groups`` groups, dealt out in turn."""
    batch, channels, *rest = self.shape
    dealt = self.reshape(batch, groups, channels // groups, *rest).swapaxes(1, 2)
    return np.ascontiguousarray(dealt).reshape(self.shape)


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """The channels of ``groups`` groups, dealt out in turn."""
    shape = list(input._array.shape)
    if input.ndim <= 2:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {shape}")
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    if shape[1] % groups:
        raise RuntimeError(f"Number of channels must be divisible by groups. Got {shape[1]} channels and {groups} groups.")
    return channels_shuffled(input, groups)
