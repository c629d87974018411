"""grid_sample and affine_grid: images and volumes read at any positions.

A position reads a few neighbouring elements: each is a *tap*, an index into the flattened image with a weight, which is a product
of one factor for each dimension, and these have derivatives by the position. Forward, backward and the backward of that are sums
over the taps, all positions at once.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..registry import op
from ..tensor import Array, Tensor
from .margin_losses import _no_second_derivative
from .windows import Sizes

_SHARPNESS = -0.75


class _Factor(NamedTuple):
    """What one dimension of a position adds to a weight, and its first and second derivative."""

    value: Any
    slope: Any
    curve: Any


class _Tap(NamedTuple):
    """One neighbour of every position: where it is, whether that is inside the image, and what it counts along each dimension."""

    places: Array
    inside: Array
    factors: Sequence[_Factor]

    def weight(self, *axes: int) -> Array:
        """What the neighbour counts; derived by the position along each of ``axes``, at most two."""
        orders = [axes.count(axis) for axis in range(len(self.factors))]
        return self.inside * math.prod([factor[order] for factor, order in zip(self.factors, orders, strict=True)])

    def change(self, direction: Array) -> Array:
        """How the weight changes as positions move in a direction: (N, positions, dims), x first."""
        dims = len(self.factors)
        return np.add.reduce([self.weight(axis) * direction[..., dims - 1 - axis] for axis in range(dims)])


# ---------------------------------------------------------------------------------------------------------- coordinates
def _clipped(x: Array, size: int) -> tuple[Array, Array]:
    return np.clip(x, 0, size - 1), ((x > 0) & (x < size - 1)).astype(x.dtype)


def _reflected(x: Array, size: int, align_corners: bool) -> tuple[Array, Array]:
    """Coordinates thrown back at the edges, and the sign of the direction they then have."""
    low, high = (0.0, 2.0 * (size - 1)) if align_corners else (-1.0, 2.0 * size - 1.0)
    if low == high:
        return np.zeros_like(x), np.zeros_like(x)
    start, span = low / 2, (high - low) / 2
    distance = x - start
    sign = np.where(distance < 0, -1.0, 1.0)
    distance = np.abs(distance)
    extra, odd = np.fmod(distance, span), np.floor(distance / span) % 2 == 1
    inside = np.where(odd, span - extra, extra) + start
    result, within = _clipped(inside.astype(x.dtype), size)
    return result, (np.where(odd, -sign, sign) * within).astype(x.dtype)


def _padded(x: Array, size: int, padding: str, align_corners: bool) -> tuple[Array, Array]:
    """Coordinates brought inside, and how they then change."""
    if padding == "border":
        return _clipped(x, size)
    if padding == "reflection":
        return _reflected(x, size, align_corners)
    return x, np.ones_like(x)


def _scale(size: int, align_corners: bool) -> float:
    return (size - 1) / 2 if align_corners else size / 2


def _source(grid: Array, axis: int, sizes: Sizes, align_corners: bool) -> Array:
    """Positions along one dimension in elements; the grid's last dimension names them in reverse order."""
    size = sizes[axis]
    x = grid[..., len(sizes) - 1 - axis].reshape(len(grid), -1)
    return ((x + 1) / 2 * (size - 1) if align_corners else ((x + 1) * size - 1) / 2).astype(grid.dtype)


def _flat(places: Sequence[Array], sizes: Sizes) -> tuple[Array, Array]:
    """Indices into the flattened image, and which of them are inside it."""
    index, inside = np.zeros(places[0].shape, np.int64), np.ones(places[0].shape, np.bool_)
    for place, size in zip(places, sizes, strict=True):
        inside &= (place >= 0) & (place < size)
        index = index * size + np.clip(np.nan_to_num(place), 0, size - 1).astype(np.int64)
    return np.where(inside, index, 0), inside


# ---------------------------------------------------------------------------------------------------------------- taps
def _taps(grid: Array, sizes: Sizes, mode: str, padding: str, align_corners: bool) -> Iterator[_Tap]:
    dims = len(sizes)
    sources = [_source(grid, axis, sizes, align_corners) for axis in range(dims)]
    scales = [_scale(size, align_corners) for size in sizes]
    if mode == "bicubic":
        yield from _cubic_taps(sources, scales, sizes, padding, align_corners)
        return
    pairs = [_padded(x, size, padding, align_corners) for x, size in zip(sources, sizes, strict=True)]
    if mode == "nearest":
        index, inside = _flat([np.rint(x) for x, _ in pairs], sizes)
        yield _Tap(index, inside.astype(grid.dtype), [_Factor(1.0, 0.0, 0.0)] * dims)
        return
    lows = [np.floor(x) for x, _ in pairs]
    shares = [x - low for (x, _), low in zip(pairs, lows, strict=True)]
    slopes = [kept * scale for (_, kept), scale in zip(pairs, scales, strict=True)]
    for corner in itertools.product((0, 1), repeat=dims):
        index, inside = _flat([low + one for low, one in zip(lows, corner, strict=True)], sizes)
        each = zip(shares, slopes, corner, strict=True)
        factors = [_Factor(share, slope, 0.0) if one else _Factor(1 - share, -slope, 0.0) for share, slope, one in each]
        yield _Tap(index, inside.astype(grid.dtype), factors)


def _cubic_factors(share: Array, scale: float) -> list[_Factor]:
    """The factors of the four neighbours of a position which is ``share`` after the second."""
    a = _SHARPNESS
    result = []
    for offset in (-1, 0, 1, 2):
        distance = share - offset
        x, sign = np.abs(distance), np.sign(distance)
        near = x <= 1
        value = np.where(near, ((a + 2) * x - (a + 3)) * x * x + 1, ((a * x - 5 * a) * x + 8 * a) * x - 4 * a)
        slope = np.where(near, (3 * (a + 2) * x - 2 * (a + 3)) * x, (3 * a * x - 10 * a) * x + 8 * a) * sign * scale
        curve = np.where(near, 6 * (a + 2) * x - 2 * (a + 3), 6 * a * x - 10 * a) * scale**2
        result.append(_Factor(*[one.astype(share.dtype) for one in (value, slope, curve)]))
    return result


def _cubic_taps(sources: list[Array], scales: list[float], sizes: Sizes, padding: str, align_corners: bool) -> Iterator[_Tap]:
    lows = [np.floor(x) for x in sources]
    factors = [_cubic_factors(x - low, scale) for x, low, scale in zip(sources, lows, scales, strict=True)]
    for row, column in itertools.product(range(4), repeat=2):
        places = [
            _padded(low + offset - 1, size, padding, align_corners)[0]
            for low, offset, size in zip(lows, (row, column), sizes, strict=True)
        ]
        index, inside = _flat(places, sizes)
        yield _Tap(index, inside.astype(sources[0].dtype), [factors[0][row], factors[1][column]])


# ------------------------------------------------------------------------------------------------------------- operators
def _read(self: Array, tap: _Tap) -> Array:
    """The elements of a tap, for each channel: (N, C, positions)."""
    flat = self.reshape(*self.shape[:2], -1)
    return np.take_along_axis(flat, tap.places[:, None, :], 2)


def _add(result: Array, tap: _Tap, values: Array) -> None:
    """Add values (N, C, positions) to the elements of a tap; ``result`` is (N, C, elements)."""
    rows, channels = np.ogrid[: result.shape[0], : result.shape[1]]
    np.add.at(result, (rows[..., None], channels[..., None], tap.places[:, None, :]), values)


def _sampler(dims: int) -> Any:
    name = f"grid_sampler_{dims}d"

    def sample(self: Array, grid: Array, mode: str, padding: str, align_corners: bool) -> Array:
        result = np.zeros((*self.shape[:2], math.prod(grid.shape[1:-1])), self.dtype)
        for tap in _taps(grid, self.shape[2:], mode, padding, align_corners):
            result += _read(self, tap) * tap.weight()[:, None, :]
        return result.reshape(*self.shape[:2], *grid.shape[1:-1])

    def backward(
        grad: Array, self: Array, grid: Array, mode: str, padding: str, align_corners: bool, needs: Sequence[bool]
    ) -> tuple[Array, Array]:
        """The gradients of the image and of the positions, as far as they are needed (else zeros)."""
        for_self = np.zeros((*self.shape[:2], math.prod(self.shape[2:])), grad.dtype)
        for_grid = np.zeros((len(grid), math.prod(grid.shape[1:-1]), dims), grid.dtype)
        flat = grad.reshape(*grad.shape[:2], -1)
        for tap in _taps(grid, self.shape[2:], mode, padding, align_corners):
            if needs[0]:
                _add(for_self, tap, flat * tap.weight()[:, None, :])
            if needs[1]:
                change = (_read(self, tap) * flat).sum(1)
                for axis in range(dims):
                    for_grid[..., dims - 1 - axis] += change * tap.weight(axis)
        return for_self.reshape(self.shape), for_grid.reshape(grid.shape)

    def backward_of_backward(
        to_self: Array | None, to_grid: Array | None, grad: Array, self: Array, grid: Array, mode: str, padding: str, corners: bool
    ) -> tuple[Array, Array, Array]:
        """What of the gradients ``to_self`` and ``to_grid`` of :func:`backward`'s results reaches its first three arguments."""
        for_grad = np.zeros((*grad.shape[:2], math.prod(grad.shape[2:])), grad.dtype)
        for_self = np.zeros((*self.shape[:2], math.prod(self.shape[2:])), grad.dtype)
        for_grid = np.zeros((len(grid), math.prod(grid.shape[1:-1]), dims), grid.dtype)
        flat = grad.reshape(*grad.shape[:2], -1)
        direction = None if to_grid is None else to_grid.reshape(len(grid), -1, dims)
        for tap in _taps(grid, self.shape[2:], mode, padding, corners):
            if to_self is not None:
                read = _read(to_self, tap)
                for_grad += read * tap.weight()[:, None, :]
                products = (read * flat).sum(1)
                for axis in range(dims):
                    for_grid[..., dims - 1 - axis] += products * tap.weight(axis)
            if direction is not None:
                read, change = _read(self, tap), tap.change(direction)[:, None, :]
                for_grad += read * change
                _add(for_self, tap, flat * change)
                products = (read * flat).sum(1)
                for axis, other in itertools.product(range(dims), repeat=2):
                    for_grid[..., dims - 1 - axis] += products * tap.weight(axis, other) * direction[..., dims - 1 - other]
        return for_grad.reshape(grad.shape), for_self.reshape(self.shape), for_grid.reshape(grid.shape)

    def first(k: Any, g: Any, needs: Sequence[bool], self: Any, grid: Any, mode: str, padding: str, align_corners: bool) -> Any:
        answers = getattr(k, f"{name}_backward")(g, self, grid, mode, padding, align_corners, tuple(needs))
        return tuple([answer if needed else None for answer, needed in zip(answers, needs, strict=True)])

    def second(
        k: Any, g: Any, needs: Sequence[bool], grad: Any, self: Any, grid: Any, mode: str, padding: str, align_corners: bool
    ) -> Any:
        answers = getattr(k, f"{name}_backward_backward")(*g, grad, self, grid, mode, padding, align_corners)
        reached = (needs[0], needs[1] and g[1] is not None and mode != "nearest", needs[2])
        return tuple([answer if one else None for answer, one in zip(answers, reached, strict=True)])

    sample.__name__, backward.__name__, backward_of_backward.__name__ = name, f"{name}_backward", f"{name}_backward_backward"
    refuse = _no_second_derivative(f"{name}_backward_backward")
    op(
        "NotImplemented",
        display_name="torch::autograd::NotImplemented",
        outputs=("for_grad", "for_self", "for_grid"),
        visible=3,
        differentiable_outputs=3,
        joint=lambda k, g, needs: refuse(k, g),  # noqa: ARG005
        to_self=_itself,
        to_grid=_itself,
        grad=_itself,
        self=_itself,
        grid=_itself,
    )(backward_of_backward)
    op(
        f"GridSampler{dims}DBackwardBackward0",
        outputs=("for_self", "for_grid"),
        visible=2,
        differentiable_outputs=2,
        undefined_as_none=True,
        joint=second,
        grad=_itself,
        self=_itself,
        grid=_itself,
    )(backward)
    return op(f"GridSampler{dims}DBackward0", joint=first, self=_itself, grid=_itself)(sample)


def _itself(k: Any, g: Any) -> Any:  # noqa: ARG001  (marks an argument as one with a derivative; the joint formula has it)
    return g


_SAMPLERS = {dims: _sampler(dims) for dims in (2, 3)}

_MODES = ("bilinear", "nearest", "bicubic")
_PADDINGS = ("zeros", "border", "reflection")
_DEFAULT_CHANGED = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
    "align_corners=True if the old behavior is desired. See the documentation of grid_sample for details."
)


def grid_sampler(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Tensor:
    """:func:`grid_sample` with numbers for the modes. Raises ``RuntimeError`` for shapes that do not fit."""
    shape, places = list(input._array.shape), list(grid._array.shape)
    if shape[0] != places[0]:
        raise RuntimeError(
            f"grid_sampler(): expected grid and input to have same batch size, but got input with sizes {shape} and grid with "
            f"sizes {places}"
        )
    if places[-1] != len(shape) - 2:
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {len(shape) - 2} in last dimension, but got grid with sizes {places}"
        )
    for axis, size in enumerate(shape[2:], 2):
        if size <= 0:
            raise RuntimeError(
                f"grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes {shape} with dimension "
                f"{axis} being empty"
            )
    if len(shape) not in (4, 5) or len(shape) != len(places):
        raise RuntimeError(
            "grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got input with sizes "
            f"{shape} and grid with sizes {places}"
        )
    mode, padding = _MODES[interpolation_mode], _PADDINGS[padding_mode]
    if len(shape) == 5 and mode == "bicubic":
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    if input._array.dtype != grid._array.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.cpp_name} but found {grid.dtype.cpp_name}")
    return _SAMPLERS[len(shape) - 2](input, grid, mode, padding, align_corners)


def grid_sample(
    input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None
) -> Tensor:
    """``input`` (N, C, ...) read at the positions ``grid`` (N, ..., 2 or 3), from -1 to 1, x first."""
    if mode not in _MODES:
        raise ValueError(f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in _PADDINGS:
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
            f"'{padding_mode}'"
        )
    if align_corners is None:
        warnings.warn(_DEFAULT_CHANGED, UserWarning, stacklevel=2)
    return grid_sampler(input, grid, _MODES.index(mode), _PADDINGS.index(padding_mode), bool(align_corners))


# ----------------------------------------------------------------------------------------------------------- affine grid
def _base(size: Sizes, align_corners: bool, dtype: Any) -> Array:
    """The positions of an image of this size, x first, and a 1: (positions, dims + 1)."""
    lines = []
    for count in size[2:]:
        line = np.linspace(-1, 1, count) if count > 1 else np.zeros(1)
        lines.append(line if align_corners else line * (count - 1) / count)
    mesh = np.meshgrid(*lines, indexing="ij")
    return np.stack([*[one.reshape(-1) for one in reversed(mesh)], np.ones(mesh[0].size)], 1).astype(dtype)


@op(
    "AffineGridGeneratorBackward0",
    theta=lambda k, g, size, align_corners: k.affine_grid_backward(g, size, align_corners),
)
def affine_grid_array(theta: Array, size: Sizes, align_corners: bool) -> Array:
    """The positions of an image, moved by a matrix for each of the batch."""
    base = _base(size, align_corners, theta.dtype)
    return np.matmul(base, theta.swapaxes(1, 2)).reshape(size[0], *size[2:], len(size) - 2)


@op("ViewBackward0", grad=lambda k, g, size, align_corners: k.affine_grid_array(g, size, align_corners))
def affine_grid_backward(grad: Array, size: Sizes, align_corners: bool) -> Array:
    """The gradient of the matrices."""
    base = _base(size, align_corners, grad.dtype)
    return np.matmul(grad.reshape(size[0], -1, len(size) - 2).swapaxes(1, 2), base)


def affine_grid_generator(theta: Tensor, size: Sequence[int], align_corners: bool) -> Tensor:
    """:func:`affine_grid` without its checks."""
    return affine_grid_array(theta, tuple(size), align_corners)


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """The grid with which :func:`grid_sample` moves images by the matrices ``theta`` (N, 2, 3) or (N, 3, 4)."""
    if align_corners is None:
        warnings.warn(_DEFAULT_CHANGED, UserWarning, stacklevel=2)
        align_corners = False
    if theta._array.dtype.kind != "f":
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    if len(size) not in (4, 5):
        raise NotImplementedError(
            f"affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size {size}."
        )
    dims = len(size) - 2
    if theta.ndim != 3 or tuple(theta._array.shape[1:]) != (dims, dims + 1):
        raise ValueError(
            f"Expected a batch of {dims}D affine matrices of shape Nx{dims}x{dims + 1} for size {size}. Got {theta.shape}."
        )
    if align_corners and min(size[2:]) == 1:
        warnings.warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is not an "
            "intended use case of affine_grid. See the documentation of affine_grid for details.",
            UserWarning,
            stacklevel=2,
        )
    elif min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    return affine_grid_generator(theta, size, align_corners)
