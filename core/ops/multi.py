"""Views with several results: split, chunk, unbind.

The parts are views of one tensor. Their node is shared, with one gradient for each part.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import events
from ..announce import announce, announce_cut
from ..backends import ARRAYS, TENSORS
from ..grad_mode import thread_state
from ..node import Node, gradient_edge, new, next_sequence_nr
from ..tensor import Array, Tensor, from_array
from ..views import attach_view
from .reduction import one_dim


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
        attach_view(result, input, None if node is None else (node, number), recording)
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


def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Cut along a dimension into parts of one size (the last may be smaller), or of the sizes given."""
    axis = one_dim(dim, tensor.ndim)
    whole = tensor._array.shape[axis]
    if isinstance(split_size_or_sections, int):
        size = split_size_or_sections
        if size <= 0 and whole:
            raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {whole}")
        sizes = [min(size, whole - start) for start in range(0, whole, size)] if whole else [0]
        return _parts(tensor, _cut(tensor._array, sizes, axis), axis, SplitBackward0)
    sizes = list(split_size_or_sections)
    if sum(sizes) != whole:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {whole} (input tensor's size at dimension {dim}), but got "
            f"split_sizes={sizes}"
        )
    return _parts(tensor, _cut(tensor._array, sizes, axis), axis, SplitWithSizesBackward0)


def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Cut along a dimension into at most so many parts of equal size."""
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    whole = input._array.shape[one_dim(dim, input.ndim)]
    return split(input, max(1, -(-whole // chunks)), dim)


def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The slices along a dimension, one by one."""
    axis = one_dim(dim, input.ndim)
    arrays = [input._array[(slice(None),) * axis + (index, ...)] for index in range(input._array.shape[axis])]
    return _parts(input, arrays, axis, UnbindBackward0)
