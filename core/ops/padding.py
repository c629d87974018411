"""Padding: with a constant, by reflection, by repeating the edge, or around the other way."""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..registry import op
from ..tensor import Array, Tensor, from_array
from .shape_primitives import slice_dim

Pad = tuple[int, ...]
"""Amounts before and after, the last dimension's first; negative ones take elements away."""


def _pairs(pad: Sequence[int], ndim: int) -> list[tuple[int, int]]:
    """(before, after) for each dimension, from PyTorch's order."""
    pairs = [(0, 0)] * ndim
    for position in range(len(pad) // 2):
        pairs[ndim - 1 - position] = (pad[2 * position], pad[2 * position + 1])
    return pairs


@op("ConstantPadNdBackward0", self=lambda k, g, pad: k.constant_pad_nd(g, tuple([-amount for amount in pad]), 0.0))
def constant_pad_nd(self: Array, pad: Pad, value: float = 0.0) -> Array:
    """With ``value`` around it."""
    pairs = _pairs(pad, self.ndim)
    shape = [size + before + after for size, (before, after) in zip(self.shape, pairs, strict=True)]
    if min(shape, default=0) < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    result = np.full(shape, value, self.dtype)
    source = tuple([slice(max(0, -before), size - max(0, -after)) for size, (before, after) in zip(self.shape, pairs, strict=True)])
    target = tuple([slice(max(0, before), size - max(0, after)) for size, (before, after) in zip(shape, pairs, strict=True)])
    result[target] = self[source]
    return result


def _sources(shape: Sequence[int], pad: Pad, mode: str) -> list[Array]:
    """For each padded dimension, which element each padded one repeats."""
    result = []
    pairs = _pairs(pad, len(shape))[len(shape) - len(pad) // 2 :]
    for size, (before, after) in zip(shape[len(shape) - len(pairs) :], pairs, strict=True):
        places = np.arange(-before, size + after)
        if mode == "replicate":
            places = places.clip(0, size - 1)
        else:
            places = np.abs(places)
            places = np.where(places >= size, 2 * (size - 1) - places, places)
        result.append(places)
    return result


def _repeated(self: Array, pad: Pad, mode: str) -> Array:
    for position, places in enumerate(reversed(_sources(self.shape, pad, mode))):
        self = self.take(places, self.ndim - 1 - position)
    return self


def _gathered_back(grad: Array, shape: tuple[int, ...], pad: Pad, mode: str) -> Array:
    """Each element of ``grad`` added to the one it was a repetition of."""
    sources = _sources(shape, pad, mode)
    for position, places in enumerate(reversed(sources)):
        axis = grad.ndim - 1 - position
        result = np.zeros((*grad.shape[:axis], shape[axis], *grad.shape[axis + 1 :]), grad.dtype)
        np.add.at(result.swapaxes(0, axis), places, grad.swapaxes(0, axis))
        grad = result
    return grad


def _repeating(mode: str, title: str, dims: int) -> Callable[..., Any]:
    """The operator that pads the last ``dims`` dimensions by repetition."""
    name = f"{title.lower()}_pad{dims}d"

    def pad_back(grad: Array, shape: tuple[int, ...], padding: Pad) -> Array:
        return _gathered_back(grad, shape, padding, mode)

    def pad_forward(self: Array, padding: Pad) -> Array:
        return _repeated(self, padding, mode)

    def forward_again(k: Any, g: Any, padding: Pad) -> Any:
        return getattr(k, name)(g, padding)

    def backward(k: Any, g: Any, self_shape: tuple[int, ...], padding: Pad) -> Any:
        return getattr(k, f"{name}_backward")(g, self_shape, padding)

    pad_back.__name__, pad_forward.__name__ = f"{name}_backward", name
    op(f"{title}Pad{dims}DBackwardBackward0", grad=forward_again)(pad_back)
    return op(f"{title}Pad{dims}DBackward0", self=backward)(pad_forward)


_REPEATING = {
    (mode, dims): _repeating(mode, title, dims)
    for mode, title in (("reflect", "Reflection"), ("replicate", "Replication"))
    for dims in (1, 2, 3)
}


def _circular(input: Tensor, pad: Pad) -> Tensor:
    """As PyTorch does it: into an empty tensor the input, then each side from the opposite one, written in place."""
    dims = len(pad) // 2
    pairs = _pairs(pad, input.ndim)
    sizes = input._array.shape
    for axis in range(input.ndim - dims, input.ndim):
        before, after = pairs[axis]
        if before > sizes[axis] or after > sizes[axis]:
            raise RuntimeError("Padding value causes wrapping around more than once.")
        if before + after + sizes[axis] < 0:
            raise RuntimeError("Negative padding value is resulting in an empty dimension")
    shape = [size + before + after for size, (before, after) in zip(sizes, pairs, strict=True)]
    result = from_array(np.zeros(shape, input._array.dtype))
    inner, outer = input, result
    for axis in range(input.ndim - dims, input.ndim):
        before, after = pairs[axis]
        outer = slice_dim(outer, axis, max(before, 0), shape[axis] - max(after, 0), 1)
        inner = slice_dim(inner, axis, max(-before, 0), sizes[axis] - max(-after, 0), 1)
    outer.copy_(inner)
    for axis in reversed(range(input.ndim - dims, input.ndim)):
        before, after = pairs[axis]
        size = shape[axis]
        if before > 0:
            target = slice_dim(result, axis, 0, before, 1)
            target.copy_(slice_dim(result, axis, size - before - max(after, 0), size - max(after, 0), 1))
        if after > 0:
            target = slice_dim(result, axis, size - after, size, 1)
            target.copy_(slice_dim(result, axis, max(before, 0), max(before, 0) + after, 1))
    return result


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """``input`` with elements added around it; ``pad`` gives the amounts before and after, the last dimension's first."""
    amounts = tuple([int(amount) for amount in pad])
    if len(amounts) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(amounts) > 2 * input.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(amounts)} and input of dimension {input.ndim}"
        )
    if mode == "constant":
        return constant_pad_nd(input, amounts, 0.0 if value is None else value)
    if value is not None and value != 0:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    dims = len(amounts) // 2
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if input.ndim not in (dims + 1, dims + 2) or dims > 3:
        raise NotImplementedError(
            f"Padding size {len(amounts)} is not supported for {input.ndim}D input tensor.\nSupported combinations for "
            "non-constant padding:\n  - 2D or 3D input: padding size = 2 (pads last dimension)\n  - 3D or 4D input: padding size "
            "= 4 (pads last 2 dimensions)\n  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"
        )
    if mode == "circular":
        return _circular(input, amounts)
    if mode == "reflect":
        _check_reflection(input, amounts)
    result: Tensor = _REPEATING[mode, dims](input, amounts)
    return result


def _check_reflection(input: Tensor, pad: Pad) -> None:
    for axis, (before, after) in enumerate(_pairs(pad, input.ndim)):
        if before >= input._array.shape[axis] or after >= input._array.shape[axis]:
            if not before and not after:
                continue
            position = 2 * (input.ndim - 1 - axis) + 4
            raise RuntimeError(
                f"Argument #{position}: Padding size should be less than the corresponding input dimension, but got: padding "
                f"({before}, {after}) at dimension {axis} of input {list(input._array.shape)}"
            )
