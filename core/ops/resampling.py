"""interpolate: images made larger or smaller.

Each dimension is resampled by itself, so an image is multiplied by one small matrix for each (see
:func:`.along_dimensions`), and the derivative by their transposes. Nearest neighbours are picked instead of multiplied.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..dtypes import from_numpy_dtype
from ..registry import op
from ..tensor import Array, Tensor
from .adaptive_pooling import along_dimensions
from .pools import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d

Sizes = tuple[int, ...]
Scales = tuple[float | None, ...]


# -------------------------------------------------------------------------------------------------- one dimension
def _ratio(size: int, wanted: int, scale: float | None, align_corners: bool) -> float:
    """How far apart in the input two neighbours of the output are."""
    if align_corners:
        return (size - 1) / (wanted - 1) if wanted > 1 else 0.0
    return 1 / scale if scale else size / wanted


def _positions(size: int, wanted: int, scale: float | None, align_corners: bool) -> Array:
    """Where in the input the output's elements are."""
    ratio = _ratio(size, wanted, scale, align_corners)
    return np.arange(wanted) * ratio if align_corners else (np.arange(wanted) + 0.5) * ratio - 0.5


def _linear(size: int, wanted: int, scale: float | None, align_corners: bool, dtype: Any) -> Array:
    positions = np.maximum(_positions(size, wanted, scale, align_corners), 0)
    low = np.minimum(positions.astype(np.int64), size - 1)
    high = np.minimum(low + 1, size - 1)
    share = np.clip(positions - low, 0, 1)
    matrix = np.zeros((wanted, size))
    rows = np.arange(wanted)
    np.add.at(matrix, (rows, low), 1 - share)
    np.add.at(matrix, (rows, high), share)
    return matrix.astype(dtype)


_SHARPNESS = -0.75


def _cubic(size: int, wanted: int, scale: float | None, align_corners: bool, dtype: Any) -> Array:
    positions = _positions(size, wanted, scale, align_corners)
    first = np.floor(positions).astype(np.int64)
    share = positions - first
    a = _SHARPNESS
    matrix = np.zeros((wanted, size))
    for offset in (-1, 0, 1, 2):
        x = np.abs(share - offset)
        near = ((a + 2) * x - (a + 3)) * x * x + 1
        far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
        np.add.at(matrix, (np.arange(wanted), np.clip(first + offset, 0, size - 1)), np.where(x <= 1, near, far))
    return matrix.astype(dtype)


def _nearest(size: int, wanted: int, scale: float | None, exact: bool) -> Array:
    ratio = np.float32(1 / scale) if scale else np.float32(size) / np.float32(wanted)
    shift = np.float32(0.5) if exact else np.float32(0)
    positions = np.floor((np.arange(wanted, dtype=np.float32) + shift) * ratio)
    return np.minimum(positions.astype(np.int64), size - 1)


# ------------------------------------------------------------------------------------------------- the operators
def _by_matrices(title: str, dims: int, build: Callable[..., Array]) -> Callable[..., Tensor]:
    name = f"upsample_{title.lower()}{dims}d"

    def matrices(sizes: Sizes, output_size: Sizes, align_corners: bool, scales: Scales, dtype: Any) -> list[Array]:
        each = zip(sizes, output_size, scales, strict=True)
        return [build(size, wanted, scale, align_corners, dtype) for size, wanted, scale in each]

    def upsample(self: Array, output_size: Sizes, align_corners: bool, scales: Scales) -> Array:
        if self.dtype == np.uint8:
            each = matrices(self.shape[2:], output_size, align_corners, scales, np.float64)
            exact = along_dimensions(self.astype(np.float64), each)
            return np.clip(np.rint(exact - 1e-6), 0, 255).astype(np.uint8)
        if self.dtype.kind != "f":
            kernel = f"{name}_channels_last" if dims == 2 else name
            raise NotImplementedError(f"\"{kernel}\" not implemented for '{from_numpy_dtype(self.dtype).cpp_name}'")
        return along_dimensions(self, matrices(self.shape[2:], output_size, align_corners, scales, self.dtype))

    def upsample_backward(grad: Array, shape: Sizes, align_corners: bool, scales: Scales) -> Array:
        each = matrices(shape[2:], grad.shape[2:], align_corners, scales, grad.dtype)
        return along_dimensions(grad, [matrix.T for matrix in each])

    return _register(title, dims, name, upsample, upsample_backward)


def _by_picking(title: str, dims: int, exact: bool) -> Callable[..., Tensor]:
    name = f"upsample_{title.lower()}{dims}d"

    def upsample(self: Array, output_size: Sizes, align_corners: bool, scales: Scales) -> Array:  # noqa: ARG001
        for axis, wanted in enumerate(output_size):
            self = self.take(_nearest(self.shape[axis + 2], wanted, scales[axis], exact), axis + 2)
        return self

    def upsample_backward(grad: Array, shape: Sizes, align_corners: bool, scales: Scales) -> Array:  # noqa: ARG001
        for axis in range(2, grad.ndim):
            places = _nearest(shape[axis], grad.shape[axis], scales[axis - 2], exact)
            result = np.zeros((*grad.shape[:axis], shape[axis], *grad.shape[axis + 1 :]), grad.dtype)
            np.add.at(result.swapaxes(0, axis), places, grad.swapaxes(0, axis))
            grad = result
        return grad

    return _register(title, dims, name, upsample, upsample_backward)


def _register(title: str, dims: int, name: str, forward: Callable[..., Array], backward: Callable[..., Array]) -> Any:
    def gradient(k: Any, g: Any, self_shape: Sizes, align_corners: bool, scales: Scales) -> Any:
        return getattr(k, f"{name}_backward")(g, self_shape, align_corners, scales)

    def second(k: Any, g: Any, grad_shape: Sizes, align_corners: bool, scales: Scales) -> Any:
        return getattr(k, name)(g, tuple(grad_shape[2:]), align_corners, scales)

    forward.__name__, backward.__name__ = name, f"{name}_backward"
    op(f"Upsample{title}{dims}DBackwardBackward0", grad=second)(backward)
    return op(f"Upsample{title}{dims}DBackward0", self=gradient)(forward)


_RESAMPLERS: dict[tuple[str, int], Any] = {
    ("linear", 1): _by_matrices("Linear", 1, _linear),
    ("bilinear", 2): _by_matrices("Bilinear", 2, _linear),
    ("trilinear", 3): _by_matrices("Trilinear", 3, _linear),
    ("bicubic", 2): _by_matrices("Bicubic", 2, _cubic),
    **{("nearest", dims): _by_picking("Nearest", dims, False) for dims in (1, 2, 3)},
    **{("nearest-exact", dims): _by_picking("NearestExact", dims, True) for dims in (1, 2, 3)},
}

_NEEDED = {"linear": 3, "bilinear": 4, "trilinear": 5}


# --------------------------------------------------------------------------------------------- as torch spells it
def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """``input`` (N, C, …) resampled to ``size``, or by ``scale_factor``."""
    dims = input.ndim - 2
    if mode in ("nearest", "area", "nearest-exact") and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
        )
    if antialias:
        raise NotImplementedError("gradtrace.core has no anti-aliased interpolation; use antialias=False, or run on PyTorch")
    sizes, scales = _sizes_and_scales(input, size, scale_factor, mode, recompute_scale_factor)
    if mode == "area":
        area = {1: adaptive_avg_pool1d, 2: adaptive_avg_pool2d, 3: adaptive_avg_pool3d}.get(dims)
        if area is not None:
            return area(input, sizes)
    resample = _RESAMPLERS.get((mode, dims))
    if resample is None:
        raise _unsupported(input, mode)
    result: Tensor = resample(input, sizes, bool(align_corners), scales)
    return result


def _sizes_and_scales(
    input: Tensor, size: Any, scale_factor: Any, mode: str, recompute_scale_factor: bool | None
) -> tuple[Sizes, Scales]:
    dims = input.ndim - 2
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if size is not None:
        if recompute_scale_factor:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        if isinstance(size, Sequence) and len(size) != dims:
            raise ValueError(
                "Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of "
                f"{list(input._array.shape[2:])} and output size of {size}. Please provide input tensor in (N, C, d1, d2, ...,dK) "
                "format and output size in (o1, o2, ...,oK) format."
            )
        sizes = tuple([int(one) for one in size]) if isinstance(size, Sequence) else (int(size),) * dims
        return sizes, (None,) * dims
    if isinstance(scale_factor, Sequence) and len(scale_factor) != dims:
        raise ValueError(
            "Input and scale_factor must have the same number of spatial dimensions, but got input with spatial dimensions of "
            f"{list(input._array.shape[2:])} and scale_factor of shape {scale_factor}. Please provide input tensor in "
            "(N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format."
        )
    scales = tuple(map(float, scale_factor)) if isinstance(scale_factor, Sequence) else (float(scale_factor),) * dims
    sizes = tuple([math.floor(length * scale) for length, scale in zip(input._array.shape[2:], scales, strict=True)])
    return sizes, (None,) * dims if recompute_scale_factor or mode == "area" else scales


def _unsupported(input: Tensor, mode: str) -> NotImplementedError:
    if mode in _NEEDED and input.ndim in (3, 4, 5):
        return NotImplementedError(f"Got {input.ndim}D input, but {mode} mode needs {_NEEDED[mode]}D input")
    return NotImplementedError(
        f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {input.ndim}D) for the modes: nearest | linear | bilinear | "
        f"bicubic | trilinear | lanczos | area | nearest-exact (got {mode})"
    )


def upsample(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Tensor:
    """:func:`interpolate` by its old name."""
    _warn_of_old_name("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """:func:`interpolate` of nearest neighbours by its old name."""
    _warn_of_old_name("upsample_nearest")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """:func:`interpolate` in both directions, corners aligned, by its old name."""
    _warn_of_old_name("upsample_bilinear")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def _warn_of_old_name(name: str) -> None:
    message = f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead."
    warnings.warn(message, UserWarning, stacklevel=3)
