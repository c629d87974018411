"""Views with several results: split, chunk, unbind, tensor_split.

The parts are views of one tensor. Their node is shared, with one gradient for each part.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import events
from ..announce import announce, announce_cut
from ..backends import ARRAYS, TENSORS
from ..grad_mode import thread_state
from ..node import Node, gradient_edge, new, next_sequence_nr
from ..tensor import Array, Tensor, from_array
from ..views import attach_view
from .reduction import one_dim
from .shape_primitives import slice_dim


class _PartsNode(Node):
    """Puts the gradients of all parts together again. ``parts`` are their shapes, ``dim`` where they were cut."""

    __slots__ = ("dim", "output_count", "parts")

    dim: int
    parts: list[tuple[int, ...]]
    output_count: int

    def apply_raw(self, gradient: Any) -> tuple[Any, ...]:
        return self._apply(ARRAYS, gradient)

    def apply_recorded(self, gradient: Any) -> tuple[Any, ...]:
        return self._apply(TENSORS, gradient)

    def _apply(self, k: Any, gradient: Any) -> tuple[Any, ...]:
        if gradient is None:
            return (None,)
        gradients = gradient if isinstance(gradient, list) else [gradient]
        if not self.parts:
            return (None,)
        present = next((part for part in gradients if part is not None), None)
        if present is None:
            return (None,)
        filled = [k.zeros(shape, present) if part is None else part for part, shape in zip(gradients, self.parts, strict=True)]
        return (self.joined(k, filled),)

    def joined(self, k: Any, gradients: list[Any]) -> Any:
        """The gradient of the whole."""
        return k.cat(gradients, self.dim)


class SplitBackward0(_PartsNode):
    """The node of ``split`` and ``chunk``."""

    __slots__ = ()


class SplitWithSizesBackward0(_PartsNode):
    """The node of ``split`` with a list of sizes."""

    __slots__ = ()


class UnbindBackward0(_PartsNode):
    """The node of ``unbind``."""

    __slots__ = ()

    def joined(self, k: Any, gradients: list[Any]) -> Any:
        """The gradient of the whole."""
        return k.cat([k.unsqueeze(part, self.dim) for part in gradients], self.dim)


for _node_class in (SplitBackward0, SplitWithSizesBackward0, UnbindBackward0):
    _node_class.__module__ = "builtins"


def _parts(input: Tensor, arrays: Sequence[Array], dim: int, node_class: type[_PartsNode]) -> tuple[Tensor, ...]:
    recording = thread_state.grad_enabled
    results = tuple([from_array(array) for array in arrays])
    node: _PartsNode | None = None
    if recording and input._requires_grad:
        node = new(node_class)
        node.next_edges = (gradient_edge(input),)
        node.sequence_nr = next_sequence_nr()
        node.saved = node.hooks = None
        node.number = 0
        node.dim = dim
        node.parts = [array.shape for array in arrays]
        node.output_count = len(arrays)
    for number, result in enumerate(results):
        attach_view(result, input, None if node is None else (node, number), recording, of_several=True)
    if events.sink is not None:
        if node is not None:
            announce(events.sink, node, results, ())
        else:
            announce_cut(events.sink, recording, (input,), results)
    return results


def _cut(array: Array, sizes: Sequence[int], dim: int) -> list[Array]:
    ends, start = [], 0
    for size in sizes:
        ends.append(array[(slice(None),) * dim + (slice(start, start + size),)])
        start += size
    return ends


def split(tensor: Tensor, split_size_or_sections: Any = None, dim: int = 0, *, split_size: Any = None) -> tuple[Tensor, ...]:
    """Cut along a dimension into parts of one size (the last may be smaller), or of the sizes given."""
    wanted = split_size if split_size_or_sections is None else split_size_or_sections
    if not isinstance(wanted, int):
        return split_with_sizes(tensor, wanted, dim)
    if not tensor.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    if wanted < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={wanted}")
    axis = one_dim(dim, tensor.ndim)
    whole = tensor._array.shape[axis]
    if not wanted and whole:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {whole}")
    sizes = [min(wanted, whole - start) for start in range(0, whole, wanted)] if whole else [0]
    return _parts(tensor, _cut(tensor._array, sizes, axis), axis, SplitBackward0)


def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Cut along a dimension into parts of the sizes given."""
    if not input.ndim:
        raise RuntimeError("split_with_sizes expects at least a 1-dimensional tensor")
    axis = one_dim(dim, input.ndim)
    whole = input._array.shape[axis]
    sizes = [int(size) for size in split_sizes]
    if any(size < 0 for size in sizes):
        raise RuntimeError(f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={sizes}")
    if sum(sizes) != whole:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {whole} (input tensor's size at dimension {dim}), but got "
            f"split_sizes={sizes}"
        )
    return _parts(input, _cut(input._array, sizes, axis), axis, SplitWithSizesBackward0)


def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Cut along a dimension into at most so many parts of equal size."""
    if not input.ndim:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    whole = input._array.shape[one_dim(dim, input.ndim)]
    if not whole:
        return split_with_sizes(input, [0] * chunks, dim)
    return split(input, max(1, -(-whole // chunks)), dim)


def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The slices along a dimension, one by one."""
    if not input.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    axis = one_dim(dim, input.ndim)
    arrays = [input._array[(slice(None),) * axis + (index, ...)] for index in range(input._array.shape[axis])]
    return _parts(input, arrays, axis, UnbindBackward0)


# ------------------------------------------------------------------------------- as slices, each with a node of its own
def tensor_split(
    input: Tensor, indices_or_sections: Any = None, dim: int = 0, *, sections: Any = None, indices: Any = None
) -> tuple[Tensor, ...]:
    """Cut along a dimension into so many parts, or at the positions given."""
    where: Any = next((one for one in (indices_or_sections, sections, indices) if one is not None), None)
    if not input.ndim:
        raise RuntimeError(f"tensor_split expected at least a 1-dimensional tensor, but got a tensor with {input.ndim} dims")
    if isinstance(where, Tensor):
        where = _split_positions(where)
    axis = one_dim(dim, input.ndim)
    whole = input._array.shape[axis]
    if isinstance(where, int):
        if where <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {where}")
        least, longer = divmod(whole, where)
        ends = [part * least + min(part, longer) for part in range(where + 1)]
        bounds = list(itertools.pairwise(ends))
    else:
        cuts = [int(position) for position in where]
        bounds = list(zip([0, *cuts], [*cuts, whole], strict=True))
    return tuple([_slice(input, axis, start, end) for start, end in bounds])


def _slice(input: Tensor, axis: int, start: int, end: int) -> Tensor:
    first, last, _ = slice(start, end).indices(input._array.shape[axis])
    return slice_dim(input, axis, first, max(first, last), 1)


def _split_positions(where: Tensor) -> Any:
    if where.ndim > 1:
        raise RuntimeError(
            "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor "
            f"with {where.ndim} dims"
        )
    if where._array.dtype != np.int64:
        raise RuntimeError(
            f"tensor_split expected tensor_indices_or_sections to have dtype of long, but got {where.dtype.cpp_name}"
        )
    return where._array.tolist()


def _split_along(function: str, input: Tensor, where: Any, dim: int, least: int) -> tuple[Tensor, ...]:
    if input.ndim < least:
        raise RuntimeError(
            f"torch.{function} requires a tensor with at least {least} dimension, but got a tensor with {input.ndim} dimensions!"
        )
    if isinstance(where, str):
        raise TypeError(f"{function}() received an invalid combination of arguments - got (Tensor, str), but expected one of:")
    size = input._array.shape[dim]
    if isinstance(where, int) and (where == 0 or size % where):
        raise RuntimeError(
            f"torch.{function} attempted to split along dimension {dim}, but the size of the dimension {size} is not divisible by "
            f"the split_size {where}!"
        )
    return tensor_split(input, where, dim)


def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """:func:`tensor_split` along the second dimension (of a vector: the only one)."""
    return _split_along("hsplit", input, indices_or_sections, 0 if input.ndim == 1 else 1, 1)


def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """:func:`tensor_split` along the first dimension."""
    return _split_along("vsplit", input, indices_or_sections, 0, 2)


def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """:func:`tensor_split` along the third dimension."""
    return _split_along("dsplit", input, indices_or_sections, 2, 3)
