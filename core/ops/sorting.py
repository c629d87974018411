"""Order: sort, argsort, topk, kthvalue, unique, searchsorted."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..out_arguments import accepts_out
from ..registry import op
from ..results import MinMax
from ..tensor import Array, Tensor, from_array
from .nondifferentiable import plain
from .reduction import one_dim
from .shape_primitives import Shape


def order_of(array: Array, dim: int, descending: bool) -> Array:
    """The positions that sort along a dimension; equal elements keep their order, and NaN counts as the largest."""
    if not array.ndim:
        return np.zeros((), np.int64)
    if not descending:
        return np.argsort(array, dim, kind="stable")
    backwards = np.argsort(np.flip(array, dim), dim, kind="stable")
    return array.shape[dim] - 1 - np.flip(backwards, dim)


def _at(array: Array, order: Array, dim: int) -> Array:
    return np.take_along_axis(array, order, dim) if array.ndim else array.copy()


def _to_their_places(k: Any, g: Any, indices: Any, dim: int, self_shape: Shape) -> Any:
    """Gradients of picked elements, back where these were."""
    return k.scatter_add(k.zeros(self_shape, g), dim, indices, g) if self_shape else g


_ORDERED: dict[str, Any] = {"outputs": ("values", "indices"), "visible": 2, "self": _to_their_places}


@op("SortBackward0", **_ORDERED)
def sort_dim(self: Array, dim: int, descending: bool) -> tuple[Array, Array]:
    """Sorted along a dimension, with the positions the elements came from."""
    order = order_of(self, dim, descending)
    return _at(self, order, dim), order


@op("SortBackward1", **_ORDERED)
def sort_stable(self: Array, dim: int, descending: bool) -> tuple[Array, Array]:
    """As :func:`sort_dim`, asked to be stable (it always is)."""
    order = order_of(self, dim, descending)
    return _at(self, order, dim), order


@op("TopkBackward0", **_ORDERED)
def topk_dim(self: Array, count: int, dim: int, largest: bool) -> tuple[Array, Array]:
    """The largest (or smallest) elements along a dimension, in order, with their positions."""
    order = order_of(self, dim, largest)
    if self.ndim:
        order = order[(slice(None),) * dim + (slice(count),)]
    return _at(self, order, dim), np.ascontiguousarray(order) if self.ndim else order


def _kth_to_its_place(k: Any, g: Any, indices: Any, dim: int, keepdim: bool, self_shape: Shape) -> Any:
    return k.put_back(g, indices, dim, keepdim, self_shape)


@op("KthvalueBackward0", outputs=("values", "indices"), visible=2, self=_kth_to_its_place)
def kthvalue_dim(self: Array, count: int, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The ``count``-th smallest elements along a dimension, and where they are."""
    if not self.ndim:
        return self.copy(), np.zeros((), np.int64)
    order = np.take(order_of(self, dim, False), [count - 1], dim)
    values = _at(self, order, dim)
    return (values, order) if keepdim else (values.squeeze(dim), order.squeeze(dim))


# ------------------------------------------------------------------------------------------------------ as torch spells it
def sort(input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool | None = None) -> Any:
    """Sorted along a dimension: (values, indices)."""
    function = sort_dim if stable is None else sort_stable
    return MinMax["sort"](function(input, one_dim(dim, input.ndim), descending))


def argsort(input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool = False) -> Tensor:  # noqa: ARG001
    """The positions that sort the elements along a dimension."""
    return order_along(input, one_dim(dim, input.ndim), descending)


@plain
def order_along(self: Array, dim: int, descending: bool) -> Array:
    """The positions that sort the elements along a dimension."""
    return order_of(self, dim, descending)


def msort(input: Tensor) -> Tensor:
    """Sorted along the first dimension."""
    return sort(input, 0)[0]


def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:  # noqa: ARG001
    """The ``k`` largest elements along a dimension: (values, indices)."""
    axis = one_dim(dim, input.ndim)
    if not 0 <= k <= (input._array.shape[axis] if input.ndim else 1):
        raise RuntimeError("selected index k out of range")
    return MinMax["topk"](topk_dim(input, k, axis, largest))


def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The ``k``-th smallest elements along a dimension: (values, indices)."""
    axis = one_dim(dim, input.ndim)
    size = input._array.shape[axis] if input.ndim else 1
    if not size:
        raise IndexError(f"kthvalue(): Expected reduction dim {axis} to have non-zero size.")
    if not 1 <= k <= size:
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {axis}")
    return MinMax["kthvalue"](kthvalue_dim(input, k, axis, keepdim))


# ---------------------------------------------------------------------------------------------------------------- distinct
def _refuse(function: str) -> Any:
    def derivative(k: Any, g: Any) -> Any:  # noqa: ARG001  (what every derivative takes)
        raise RuntimeError(f"derivative for aten::{function} is not implemented")

    return derivative


_DISTINCT: dict[str, Any] = {"outputs": ("values", "inverse", "counts"), "visible": 3}


@op("Unique2Backward0", **_DISTINCT, self=_refuse("_unique2"))
def unique_elements(self: Array) -> tuple[Array, Array, Array]:
    """The distinct elements in order, where each came from, and how many there were."""
    values, inverse, counts = np.unique(self, return_inverse=True, return_counts=True, equal_nan=False)
    return values, inverse.reshape(self.shape), counts


@op("UniqueDimBackward0", **_DISTINCT, self=_refuse("unique_dim"))
def unique_slices(self: Array, dim: int) -> tuple[Array, Array, Array]:
    """As :func:`unique_elements`, of the slices along a dimension."""
    if self.ndim and 0 in self.shape:
        return self.copy(), np.zeros(0, np.int64), np.zeros(0, np.int64)
    values, inverse, counts = np.unique(np.atleast_1d(self), return_inverse=True, return_counts=True, axis=dim, equal_nan=False)
    return values, inverse.reshape(-1), counts


@op("UniqueConsecutiveBackward0", **_DISTINCT, self=_refuse("unique_consecutive"))
def runs_of_equals(self: Array, dim: int | None) -> tuple[Array, Array, Array]:
    """As :func:`unique_elements`, of neighbours that are equal."""
    array = self.reshape(-1) if dim is None else np.atleast_1d(self)
    rows = np.moveaxis(array, dim or 0, 0)
    size = rows.shape[0]
    starts = np.ones(size, np.bool_)
    if size > 1:
        starts[1:] = (rows[1:] != rows[:-1]).reshape(size - 1, -1).any(1)
    inverse = np.cumsum(starts) - 1
    counts = np.diff(np.append(np.flatnonzero(starts), size))
    return np.moveaxis(rows[starts], 0, dim or 0), inverse.reshape(self.shape) if dim is None else inverse, counts


def unique(
    input: Tensor,
    sorted: bool = True,  # noqa: ARG001  (it always is)
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The distinct elements (or slices along ``dim``) in order; on request where each came from, and how many there were."""
    if dim is None:
        return _asked_for(unique_elements(input), return_inverse, return_counts)
    axis = one_dim(dim, input.ndim)
    _check_empty(input._array, axis)
    return _asked_for(unique_slices(input, axis), return_inverse, return_counts)


def _asked_for(found: Sequence[Tensor], return_inverse: bool, return_counts: bool) -> Any:
    values, inverse, counts = found
    wanted = (values, *([inverse] if return_inverse else ()), *([counts] if return_counts else ()))
    return wanted[0] if len(wanted) == 1 else wanted


def _check_empty(array: Array, axis: int) -> None:
    empty = [position for position, size in enumerate(array.shape) if not size]
    if empty and array.shape[axis]:
        raise RuntimeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied")
    if len(empty) > 1:
        raise RuntimeError(f"Number of zero sized dimensions is more than one, so unique cannot be applied to {array.shape}")


def unique_consecutive(input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None) -> Any:
    """As :func:`unique`, of neighbours that are equal."""
    axis = None if dim is None else one_dim(dim, input.ndim)
    return _asked_for(runs_of_equals(input, axis), return_inverse, return_counts)


# --------------------------------------------------------------------------------------------------------------- searching
@accepts_out
def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Where values would have to be put into sorted rows to keep them sorted."""
    if side is not None and side not in ("left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError("torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True")
    rows = sorted_sequence._array
    values = input._array if isinstance(input, Tensor) else np.asarray(input)
    if not rows.ndim:
        raise RuntimeError("torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension")
    if rows.ndim > 1 and rows.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and "
            f"input value tensor must match, but we got boundaries tensor {list(rows.shape)} and input value tensor "
            f"{list(values.shape)}"
        )
    if sorter is not None:
        _check_sorter(rows, sorter)
        rows = np.take_along_axis(rows, sorter._array, -1)
    where: Any = "right" if right or side == "right" else "left"
    if not values.size:
        found = np.zeros(values.shape, np.int64)
    elif rows.ndim == 1:
        found = np.searchsorted(rows, values, where)
    else:
        pairs = zip(rows.reshape(-1, rows.shape[-1]), values.reshape(-1, values.shape[-1]), strict=True)
        found = np.array([np.searchsorted(row, own, where) for row, own in pairs], np.int64).reshape(values.shape)
    return from_array(np.asarray(found, np.int32 if out_int32 else np.int64))


def _check_sorter(rows: Array, sorter: Tensor) -> None:
    if sorter._array.shape != rows.shape:
        raise RuntimeError(
            "torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor "
            f"{list(rows.shape)}and got sorter tensor {list(sorter._array.shape)}"
        )
    if sorter._array.dtype != np.int64:
        raise RuntimeError(f"torch.searchsorted(): sorter must be a tensor of long dtype but got dtype {sorter.dtype.cpp_name}")
    if sorter._array.size and not 0 <= sorter._array.min() <= sorter._array.max() < rows.shape[-1]:
        raise RuntimeError("torch.searchsorted(): sorter index out of range")


@accepts_out
def bucketize(input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """Which of the intervals between ``boundaries`` each value lies in."""
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


@accepts_out
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:  # noqa: ARG001
    """Which elements are among ``test_elements``."""
    first, second = [value._array if isinstance(value, Tensor) else np.asarray(value) for value in (elements, test_elements)]
    return from_array(np.asarray(np.isin(first, second, invert=invert)))
