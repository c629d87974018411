"""Less usual operators on parts of tensors: renorm, index_reduce, as_strided_scatter, unsafe_split, unravel_index, gradient."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..backends import ARRAYS, TENSORS
from ..dtypes import get_default_dtype
from ..registry import op, register_pair
from ..tensor import Array, Tensor, from_array
from ..views import storage_offset as offset_of
from .joining import cat
from .multi import _cut
from .nondifferentiable import plain
from .reduction import dims_of, one_dim
from .scattering import _reduce_gradients
from .shape import as_strided
from .shape_primitives import Shape
from .statistics import _norm_gradient


# --------------------------------------------------------------------------------------------------------------- renorm
def _norms(k: Any, self: Any, p: float, dim: int) -> tuple[Any, tuple[int, ...]]:
    others = tuple([axis for axis in range(len(self.shape)) if axis != dim])
    return k.vector_norm_dims(self, p, others, True), others


def _renorm_gradient(k: Any, g: Any, self: Any, p: float, dim: int, maxnorm: float) -> Any:
    norm, others = _norms(k, self, p, dim)
    through_norm = _norm_gradient(k, k.sum_dims(self * g, others, True), self, norm, p, others, True)
    inverse = 1.0 / (norm + 1e-7)
    return k.where(norm > maxnorm, maxnorm * inverse * (g - inverse * through_norm), g)


@op("RenormBackward0", self=_renorm_gradient)
def renorm_slices(self: Array, p: float, dim: int, maxnorm: float) -> Array:
    """Slices along a dimension, each made no longer than ``maxnorm``."""
    norm, _ = _norms(ARRAYS, self, p, dim)
    return (self * np.where(norm > maxnorm, maxnorm / (norm + 1e-7), 1.0)).astype(self.dtype)


def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """Slices along a dimension, each made no longer than ``maxnorm``. Raises ``RuntimeError`` for a norm that is not positive."""
    if not p > 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if not maxnorm >= 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm:g}")
    if input.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.ndim} dimensions")
    return renorm_slices(input, float(p), one_dim(dim, input.ndim), float(maxnorm))


# --------------------------------------------------------------------------------------------------------- index_reduce
def _spread_index(index: Array, dim: int, shape: Shape) -> Array:
    """The index of a slice for each of its elements."""
    places = np.atleast_1d(index).reshape([-1 if axis == dim else 1 for axis in range(len(shape))])
    return np.broadcast_to(places, [len(np.atleast_1d(index)) if axis == dim else size for axis, size in enumerate(shape)])


def _index_reduce_gradients(
    k: Any,
    g: Any,
    needs: Sequence[bool],
    self: Any,
    dim: int,
    index: Any,
    source: Any,
    reduce: str,
    include_self: bool,
    result: Any,
) -> Any:
    spread = k.spread_index(index, dim, tuple(self.shape))
    by_self, by_source = _reduce_gradients(k, g, needs, self, dim, spread, source, reduce, include_self, result)
    return by_self, by_source


register_pair("spread_index", _spread_index, plain(_spread_index))


@op("IndexReduceBackward0", joint=_index_reduce_gradients, tensors=("index",), self=None, source=None)  # type: ignore[arg-type]
def index_reduced(self: Array, dim: int, index: Array, source: Array, reduce: str, include_self: bool) -> Array:
    """A copy with the slices of ``source`` combined with those that ``index`` names."""
    return ARRAYS.scatter_reduce_src(self, dim, _spread_index(index, dim, self.shape), source, reduce, include_self)


def index_reduce(input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True) -> Tensor:
    """A copy with the slices of ``source`` combined with those that ``index`` names: prod, mean, amax or amin."""
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    return index_reduced(input, one_dim(dim, input.ndim), index, source, reduce, include_self)


# ---------------------------------------------------------------------------------------------------- as_strided_scatter
def _window(array: Array, size: Shape, stride: Shape, offset: int) -> Array:
    steps = [step * array.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(array.reshape(-1)[offset:], size, steps)


def _kept_part(k: Any, g: Any, self_shape: Shape, size: Shape, stride: Shape, offset: int) -> Any:
    """What PyTorch gives: the gradient where ``src`` was written, zero elsewhere."""
    return k.strided_written(k.zeros(self_shape, g), k.strided_read(g, size, stride, offset), size, stride, offset)


@op(
    "AsStridedScatterBackward0",
    self=_kept_part,
    src=lambda k, g, size, stride, offset: k.strided_read(g, size, stride, offset),
)
def strided_written(self: Array, src: Array, size: Shape, stride: Shape, offset: int) -> Array:
    """A copy with what :func:`strided_read` reads written over."""
    result = np.ascontiguousarray(self).copy()
    _window(result, size, stride, offset)[...] = src
    return result


@op(
    "AsStridedBackward0",
    self=lambda k, g, self_shape, size, stride, offset: k.strided_written(k.zeros(self_shape, g), g, size, stride, offset),
)
def strided_read(self: Array, size: Shape, stride: Shape, offset: int) -> Array:
    """Elements anywhere in the tensor, copied."""
    return _window(np.ascontiguousarray(self), size, stride, offset).copy()


def as_strided_scatter(input: Tensor, src: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """``input`` with ``src`` where ``as_strided`` would read."""
    offset = offset_of(input) if storage_offset is None else int(storage_offset)
    as_strided(input.detach(), tuple(size), tuple(stride), offset)  # for its checks
    if tuple(src._array.shape) != tuple(size):
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src._array.shape)}, "
            f"slice size = {list(size)}"
        )
    return strided_written(input, src, tuple(size), tuple(stride), offset)


# --------------------------------------------------------------------------------------------------------- unsafe splits
def _unsafe(name: str, node_name: str) -> Any:
    """A split whose parts are no views for autograd."""

    def joined(k: Any, g: Any, dim: int) -> Any:
        return k.cat(list(g), dim)

    made: dict[int, Any] = {}

    def split(input: Tensor, sizes: Sequence[int], dim: int) -> tuple[Tensor, ...]:
        count = len(sizes)
        if count not in made:
            outputs = tuple([f"part{number}" for number in range(count)])

            def parts(self: Array, sizes: tuple[int, ...], dim: int) -> Any:
                cut = _cut(self, sizes, dim)
                return tuple(cut) if len(cut) > 1 else cut[0]

            parts.__name__ = f"{name}_{count}"
            derivative = joined if count > 1 else (lambda k, g, dim: g)  # noqa: ARG005
            several: dict[str, Any] = {"outputs": outputs, "visible": count, "differentiable_outputs": count} if count > 1 else {}
            made[count] = op(node_name, **several, self=derivative)(parts)
        answer = made[count](input, tuple(sizes), dim)
        return tuple(answer) if count > 1 else (answer,)

    return split


_unsafe_split = _unsafe("unsafe_split", "UnsafeSplitBackward0")
_unsafe_split_with_sizes = _unsafe("unsafe_split_with_sizes", "UnsafeSplitWithSizesBackward0")


def _even(size: int, length: int) -> list[int]:
    """Parts of one length, the last of which may be shorter."""
    return [min(length, size - start) for start in range(0, size, length)] if length and size else [size]


def unsafe_split(input: Tensor, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
    """:func:`.multi.split` into parts that may be written to in place, as long as the whole is not used any more."""
    axis = one_dim(dim, input.ndim)
    size = input._array.shape[axis]
    if split_size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={split_size}")
    if split_size == 0 and size:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {size}")
    return _unsafe_split(input, _even(size, split_size), axis)


def unsafe_chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """:func:`.multi.chunk` into parts that may be written to in place, as long as the whole is not used any more."""
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    axis = one_dim(dim, input.ndim)
    size = input._array.shape[axis]
    if not size:
        return _unsafe_split_with_sizes(input, [0] * chunks, axis)
    return _unsafe_split(input, _even(size, -(-size // chunks)), axis)


def unsafe_split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """:func:`.multi.split_with_sizes` into parts that may be written to in place."""
    return _unsafe_split_with_sizes(input, list(split_sizes), one_dim(dim, input.ndim))


# ------------------------------------------------------------------------------------------------------------- positions
def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """Positions in the flattened tensor of a shape as one index for each dimension."""
    if indices._array.dtype.kind not in "iu":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    sizes = (int(shape),) if isinstance(shape, int) else tuple([int(one) for one in shape])
    if any(size < 0 for size in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {sizes}")
    rest = indices._array
    found: list[Array] = []
    for size in reversed(sizes):
        found.insert(0, rest % size)
        rest = rest // size
    return tuple([from_array(np.asarray(one)) for one in found])


def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
    """The positions of the first ``size`` elements that are not zero, as rows; missing ones are ``fill_value``."""
    places = np.argwhere(input._array)[:size].astype(np.int64)
    result = np.full((size, input.ndim), fill_value, np.int64)
    result[: len(places)] = places
    return from_array(result)


# -------------------------------------------------------------------------------------------------------------- gradient
def _edge(near: float, far: float) -> list[float]:
    """What the first three elements count in the slope at the first, ``near`` and ``far`` being the steps between them."""
    both = near + far
    return [-(2 * near + far) / (near * both), both / (near * far), -near / (far * both)]


def _weighted(parts: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    first, second, third = (TENSORS.mul_number(one, float(weight)) for one, weight in zip(parts, weights, strict=True))
    return first + second + third


def _slope(input: Tensor, dim: int, distances: float | Tensor, edge_order: int) -> Tensor:
    """Central differences inside, one-sided ones at the edges."""
    size = input._array.shape[dim]
    divided, times = TENSORS.div_number, TENSORS.mul_number

    def part(start: int, length: int) -> Tensor:
        return input.narrow(dim, start, length)

    if isinstance(distances, Tensor):
        steps = np.diff(distances._array)
        shape = [-1 if axis == dim else 1 for axis in range(input.ndim)]
        before, after = steps[:-1].reshape(shape), steps[1:].reshape(shape)
        weights = -after / (before * (before + after)), (after - before) / (before * after), before / (after * (before + after))
        dtype = input._array.dtype if input._array.dtype.kind == "f" else get_default_dtype().np
        low, middle, high = (from_array(one.astype(dtype)) for one in weights)
        inner = part(0, size - 2) * low + part(1, size - 2) * middle + part(2, size - 2) * high
        first, last = float(steps[0]), float(steps[-1])
        if edge_order == 2:
            start = _weighted([part(number, 1) for number in range(3)], _edge(steps[0], steps[1]))
            end = _weighted([part(size - number, 1) for number in (1, 2, 3)], [-one for one in _edge(steps[-1], steps[-2])])
            return cat([start, inner, end], dim)
    else:
        first = last = float(distances)
        inner = divided(divided(part(2, size - 2) - part(0, size - 2), first), 2)
    if edge_order == 1:
        start, end = divided(part(1, 1) - part(0, 1), first), divided(part(size - 1, 1) - part(size - 2, 1), last)
    else:
        start = divided(times(part(0, 1), -1.5) + times(part(1, 1), 2) - times(part(2, 1), 0.5), first)
        end = divided(times(part(size - 3, 1), 0.5) - times(part(size - 2, 1), 2) + times(part(size - 1, 1), 1.5), last)
    return cat([start, inner, end], dim)


def gradient(input: Tensor, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """The slope along each dimension by differences; ``spacing``: how far neighbours are apart, or where they are."""
    dims = dims_of(dim, input.ndim)
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    unit = 1 if spacing is None else spacing
    distances = list(unit) if isinstance(unit, (tuple, list)) else [unit] * len(dims)
    if len(distances) != len(dims):
        expected = "torch.gradient expected spacing to be unspecified, a scalar"
        if dim is None:
            raise RuntimeError(
                f"{expected}, or a list of length equal to 'self.dim() = {input.ndim}' if dim argument is not given, but got a "
                f"list of length {len(distances)}"
            )
        raise RuntimeError(
            f"{expected} or it's spacing and dim arguments to have the same length, but got a spacing argument of length "
            f"{len(distances)} and a dim argument of length {len(dims)}."
        )
    for axis in dims:
        if input._array.shape[axis] < edge_order + 1:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
    return tuple([_slope(input, axis, one, edge_order) for axis, one in zip(dims, distances, strict=True)])
