"""Views: tensors that share another's memory, and how an in-place write through one reaches the graph of its base.

Every view remembers its *base* (never itself a view). An in-place operation on a view makes the base the output of a
:class:`CopySlices` node; from then on the base's other views are stale, and get an ``AsStridedBackward0`` from the new base when
next asked for their edge.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from . import errors, events
from .announce import announce
from .node import FREED, Edge, Node, gradient_edge, new, next_sequence_nr
from .storage import counter_of
from .tensor import Array, AutogradMeta, Tensor, from_array


class ViewMeta(AutogradMeta):
    """A view's base, and its edge with the version at which that edge was right.

    It serves as the ``_requires_grad`` flag of a view made from a base that needs no gradient: its truth is the base's, which may
    change when another view of the base is written to.
    """

    __slots__ = ("base", "edge", "edge_version", "made_in_no_grad")

    def __init__(self, base: Tensor, edge: Edge | None, version: int, made_in_no_grad: bool) -> None:
        super().__init__()
        self.base = base
        self.edge = edge
        self.edge_version = version
        self.made_in_no_grad = made_in_no_grad

    def __bool__(self) -> bool:
        return bool(self.base._requires_grad)

    def view_edge(self, tensor: Tensor) -> Edge | None:
        """The view's edge; made anew from the base when the base was written to since."""
        base = self.base
        version = counter_of(tensor).version
        if version != self.edge_version:
            self.edge_version = version
            if base._edge is not None:
                self.edge = _regenerated_edge(tensor, base)
                tensor._requires_grad = True
        return self.edge


def attach_view(result: Tensor, source: Tensor, edge: Edge | None, recording: bool) -> None:
    """Make ``result``, which shares memory with ``source``, a view of it (or of its base)."""
    meta = source._meta
    base = meta.base if isinstance(meta, ViewMeta) else source
    counter = source._counter
    if counter is None:
        counter = counter_of(source)
    result._counter = counter
    view_meta = ViewMeta(base, edge, counter.version, not recording)
    result._meta = view_meta
    result._requires_grad = True if edge is not None else view_meta


# ------------------------------------------------------------------------------------------------------------- geometry
def elements_of(view: Array, base: Array) -> Array:
    """For each element of ``view`` the flat (C order) position in ``base`` of the element it shares memory with."""
    start = view.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    positions = np.arange(base.size).reshape(base.shape)
    if base.flags.c_contiguous:
        steps = [stride // base.itemsize * positions.itemsize for stride in view.strides]
        return as_strided(positions.reshape(-1)[start // base.itemsize :], view.shape, steps)
    memory = {
        int(offset): int(position)
        for offset, position in zip(_offsets(base).ravel().tolist(), positions.ravel().tolist(), strict=True)
    }
    return np.array([memory[start + offset] for offset in _offsets(view).ravel().tolist()], np.intp).reshape(view.shape)


def _offsets(array: Array) -> Array:
    """The byte offset of each element from the first."""
    offsets = np.zeros(array.shape, np.intp)
    for axis, (size, stride) in enumerate(zip(array.shape, array.strides, strict=True)):
        offsets += (np.arange(size) * stride).reshape([-1 if i == axis else 1 for i in range(array.ndim)])
    return offsets


# ---------------------------------------------------------------------------------------------------------------- nodes
class AsStridedBackward0(Node):
    """The node of a view regenerated from its base: scatters the view's gradient into the base's shape."""

    __slots__ = ("positions", "shape")

    positions: Array
    shape: tuple[int, ...]

    def apply_raw(self, gradient: Any) -> tuple[Any, ...]:
        """See :meth:`Node.apply_raw`."""
        if gradient is None:
            return (None,)
        return (_scattered(gradient, self.positions, self.shape),)

    def apply_recorded(self, gradient: Any) -> tuple[Any, ...]:
        """See :meth:`Node.apply_recorded`."""
        if gradient is None:
            return (None,)
        zeros = from_array(np.zeros(int(np.prod(self.shape)), gradient._array.dtype))
        index = from_array(np.ascontiguousarray(self.positions).reshape(-1))
        return (zeros.index_add(0, index, gradient.reshape(-1)).reshape(self.shape),)


AsStridedBackward0.__module__ = "builtins"


def _scattered(gradient: Array, positions: Array, shape: tuple[int, ...]) -> Array:
    flat = np.zeros(int(np.prod(shape)), gradient.dtype)
    np.add.at(flat, positions, gradient)
    return flat.reshape(shape)


def _regenerated_edge(view: Tensor, base: Tensor) -> Edge:
    node = new(AsStridedBackward0)
    node.next_edges = (gradient_edge(base),)
    node.sequence_nr = next_sequence_nr()
    node.saved = node.hooks = None
    node.number = 0
    node.positions = elements_of(view._array, base._array)
    node.shape = base._array.shape
    if events.sink is not None:
        announce(events.sink, node, (view,), ())
    return node, 0


class CopySlices(Node):
    """The base's grad_fn after an in-place write to one of its views.

    ``function`` is the node of the in-place operation. The base's gradient is taken apart: what belongs to the view goes through
    ``function``, the rest passes; ``function``'s other inputs get theirs.
    """

    __slots__ = ("function", "positions", "shape")

    display_name = "torch::autograd::CopySlices"

    function: Node
    positions: Array
    shape: tuple[int, ...]

    def apply_raw(self, gradient: Any) -> tuple[Any, ...]:
        """See :meth:`Node.apply_raw`."""
        if gradient is None:
            return (None,) * len(self.next_edges)
        flat = np.array(gradient).reshape(-1)
        positions = self.positions
        answers = self.function.apply_raw(flat[positions])
        flat[positions] = 0 if answers[0] is None else answers[0]
        return (flat.reshape(self.shape), *answers[1:])

    def apply_recorded(self, gradient: Any) -> tuple[Any, ...]:
        """See :meth:`Node.apply_recorded`."""
        if gradient is None:
            return (None,) * len(self.next_edges)
        index = from_array(np.ascontiguousarray(self.positions).reshape(-1))
        flat = gradient.reshape(-1)
        answers = self.function.apply_recorded(flat[index].reshape(self.positions.shape))
        rest = flat.index_fill(0, index, 0.0)
        if answers[0] is not None:
            rest = rest.index_add(0, index, answers[0].reshape(-1))
        return (rest.reshape(self.shape), *answers[1:])

    def release(self) -> None:
        """Let go of the saved tensors, which are the in-place operation's."""
        self.saved = FREED
        self.function.release()


CopySlices.__module__ = "builtins"


def rebase_history(view: Tensor, meta: ViewMeta, function: Node | None) -> None:
    """After an in-place operation on ``view``, with node ``function``: give its base a CopySlices node and the view a new edge.

    ``function`` is None when the written values need no gradient while the base does.
    """
    base = meta.base
    node = new(CopySlices)
    if function is None:
        function = _zero_function()
    base_edge = gradient_edge(base) if base._requires_grad else None
    node.next_edges = (base_edge, *function.next_edges[1:])
    node.sequence_nr = next_sequence_nr()
    node.saved = function.saved
    node.hooks = None
    node.number = 0
    node.function = function
    node.positions = elements_of(view._array, base._array)
    node.shape = base._array.shape
    base._edge = (node, 0)
    base._requires_grad = True
    if events.sink is not None:
        announce(events.sink, node, (base,), ())
    meta.edge_version = -1
    meta.view_edge(view)


class _Zeros(Node):
    """Stands for an in-place operation whose result does not depend on what was there."""

    __slots__ = ()

    def apply_raw(self, gradient: Any) -> tuple[Any, ...]:  # noqa: ARG002
        return (None,)

    apply_recorded = apply_raw


def _zero_function() -> Node:
    node = new(_Zeros)
    node.next_edges = (None,)
    node.sequence_nr = 0
    node.saved = node.hooks = None
    node.number = 0
    return node


def check_writable(tensor: Tensor) -> None:
    """Raise what PyTorch raises for an in-place operation that autograd cannot follow."""
    if not tensor._requires_grad:
        return
    meta = tensor._meta
    if isinstance(meta, ViewMeta):
        if meta.edge is not None and meta.edge[0].output_count > 1:
            node, output_nr = meta.edge
            operation = errors.operation_name(node.name())
            raise RuntimeError(errors.IN_PLACE_ON_ONE_OF_SEVERAL_VIEWS.format(output_nr=output_nr, operation=operation))
        if meta.made_in_no_grad:
            raise RuntimeError(errors.IN_PLACE_ON_NO_GRAD_VIEW)
        if meta.base._edge is None:
            raise RuntimeError(errors.IN_PLACE_ON_VIEW_OF_LEAF)
    elif tensor._edge is None:
        raise RuntimeError(errors.IN_PLACE_ON_LEAF)
