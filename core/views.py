"""Views: tensors that share another's memory, and how an in-place write through one reaches the graph of its base.

Every view remembers its *base* (never itself a view). An in-place operation on a view makes the base the output of a
:class:`CopySlices` node; from then on the base's other views are stale, and get an ``AsStridedBackward0`` from the new base when
next asked for their edge.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np

from . import errors, events
from .activity import activity
from .announce import announce, announce_cut
from .backends import TENSORS
from .grad_mode import thread_state
from .node import FREED, Edge, Node, gradient_edge, move_retain_grad, new, next_sequence_nr
from .storage import InferenceCounter, counter_of
from .tensor import Array, Tensor, from_array
from .tensor_hooks import AutogradMeta


class ViewMeta(AutogradMeta):
    """A view's base, and its edge with the version at which that edge was right.

    It serves as the ``_requires_grad`` flag of a view made from a base that needs no gradient: its truth is the base's, which may
    change when another view of the base is written to.
    """

    __slots__ = ("base", "edge", "edge_version", "made_in_no_grad", "of_several")

    is_view = True

    base: Tensor
    edge: Edge | None
    edge_version: int
    made_in_no_grad: bool | Literal["inference", "function"]
    of_several: bool

    def __bool__(self) -> bool:
        return bool(self.base._requires_grad)

    def view_edge(self, tensor: Tensor) -> Edge | None:
        """The view's edge; made anew from the base when the base was written to since."""
        base = self.base
        version = counter_of(tensor).version
        if version != self.edge_version:
            if base._requires_grad:
                self.check_in_place("its base or another view of its base has been")
            self.edge_version = version
            if base._requires_grad:
                self.edge = _regenerated_edge(tensor, base)
                tensor._requires_grad = True
        return self.edge

    def check_in_place(self, what: str) -> None:
        """Raise ``RuntimeError`` if autograd could not follow a write. ``what``: how the message begins, ``"is being"``, …"""
        if self.made_in_no_grad == "function" or (self.edge is not None and self.edge[0].is_custom and not self.of_several):
            raise RuntimeError(errors.in_place_in_custom_function(self.edge, what))
        if self.made_in_no_grad:
            raise RuntimeError(errors.in_place_on_no_grad_view(self.edge, what, self.made_in_no_grad == "inference"))
        if self.of_several:
            raise RuntimeError(errors.in_place_on_one_of_several_views(self.edge, what))


def attach_view(result: Tensor, source: Tensor, edge: Edge | None, recording: bool, of_several: bool = False) -> None:
    """Make ``result``, which shares memory with ``source``, a view of it (or of its base).

    ``of_several``: the function returns several views, none of which may be written to with gradients.
    """
    source_meta = source._meta
    base = source
    made_in_no_grad: bool | Literal["inference", "function"] = False
    if not recording:
        made_in_no_grad = "inference" if thread_state.inference else True
    if source_meta is not None and isinstance(source_meta, ViewMeta):
        base = source_meta.base
        of_several = of_several or source_meta.of_several
        made_in_no_grad = made_in_no_grad or source_meta.made_in_no_grad
    counter = source._counter
    if counter is None:
        counter = counter_of(source)
    result._counter = counter
    if type(counter) is InferenceCounter:
        return  # autograd follows neither such a tensor nor its views
    meta = new(ViewMeta)  # written out, as views are frequent
    meta.grad = meta.accumulator = meta.hooks = meta.post_accumulate = None
    meta.retains_grad = False
    meta.base = base
    meta.edge = edge
    meta.edge_version = counter.version
    meta.made_in_no_grad = made_in_no_grad
    meta.of_several = of_several
    result._meta = meta
    result._requires_grad = True if edge is not None else meta


# ------------------------------------------------------------------------------------------------------------- geometry
class Bounds:
    """Marks an array of the user's, perhaps a part of a larger one, as a whole piece of memory: see :func:`bounded`."""

    def __init__(self, array: Array) -> None:
        extent = sum([(size - 1) * stride for size, stride in zip(array.shape, array.strides, strict=True)]) // array.itemsize + 1
        self.memory = np.lib.stride_tricks.as_strided(array, (extent,), (array.itemsize,))
        self.__array_interface__ = array.__array_interface__


def bounded(array: Array) -> Array:
    """The same array over a piece of memory that begins with its first element and ends with its last."""
    return np.asarray(Bounds(array))


def memory_of(array: Array) -> Array:
    """The whole piece of memory ``array`` lies in, as a flat array of its dtype."""
    owner = array
    parent: Any = array.base
    while parent is not None:
        if isinstance(parent, Bounds):
            return parent.memory
        if isinstance(parent, np.ndarray) and parent.dtype == array.dtype and parent.size:
            owner = parent
        parent = getattr(parent, "base", None)
    if not owner.flags.forc:
        return owner.reshape(-1)
    return owner.reshape(-1, order="C" if owner.flags.c_contiguous else "F", copy=False)


def offset_of(array: Array, memory: Array) -> int:
    """Where ``array`` begins in ``memory``, in elements."""
    return int(array.__array_interface__["data"][0] - memory.__array_interface__["data"][0]) // array.itemsize


def storage_offset(tensor: Tensor) -> int:
    """``Tensor.storage_offset``: where the tensor begins in its memory, in elements."""
    array = tensor._array
    return offset_of(array, memory_of(array)) if array.size else 0


def elements_of(view: Array, base: Array) -> Array:
    """For each element of ``view`` the flat (C order) position in ``base`` of the element it shares memory with.

    An element that ``base`` does not have gets ``base.size``, one past the last.
    """
    steps = [stride // base.itemsize for stride in view.strides]
    start = offset_of(view, base)
    if base.flags.c_contiguous:
        first = last = start
        for size, step in zip(view.shape, steps, strict=True):
            first, last = first + min(step * (size - 1), 0), last + max(step * (size - 1), 0)
        if not view.size or (first >= 0 and last < base.size):
            positions = np.arange(start, base.size)
            return np.ndarray(view.shape, positions.dtype, positions, 0, [step * positions.itemsize for step in steps])
    below, above = _extent(base)
    table = np.full(above - below + 1, base.size)
    table[_offsets(base) - below] = np.arange(base.size).reshape(base.shape)
    wanted = _offsets(view) + (start - below)
    inside = (wanted >= 0) & (wanted < table.size)
    return np.where(inside, table[np.where(inside, wanted, 0)], base.size)


def _extent(array: Array) -> tuple[int, int]:
    """The lowest and the highest offset of an element from the first one, in elements."""
    reaches = [stride // array.itemsize * (size - 1) for size, stride in zip(array.shape, array.strides, strict=True)]
    return sum([min(reach, 0) for reach in reaches]), sum([max(reach, 0) for reach in reaches])


def _offsets(array: Array) -> Array:
    """The offset of each element from the first, in elements."""
    offsets = np.zeros((), np.intp)
    for size, stride in zip(array.shape, array.strides, strict=True):
        offsets = offsets[..., None] + np.arange(size) * (stride // array.itemsize)
    return offsets


def has_shared_elements(array: Array) -> bool:
    """Whether several places of ``array`` are one element in memory, as ``expand`` makes them."""
    return any(stride == 0 and size > 1 for size, stride in zip(array.shape, array.strides, strict=True))


def strided_view(source: Tensor, size: tuple[int, ...], stride: tuple[int, ...], offset: int | None) -> Tensor:
    """``Tensor.as_strided``: a view of the memory that ``source`` lies in. Raises ``RuntimeError`` outside of it."""
    memory = memory_of(source._array)
    if len(size) != len(stride):
        raise RuntimeError("mismatch in length of strides and shape")
    if any(step < 0 for step in stride):
        raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {list(stride)}")
    start = offset_of(source._array, memory) if offset is None else offset
    if start < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {start}")
    item = memory.itemsize
    end = start + sum([(length - 1) * step for length, step in zip(size, stride, strict=True)]) + 1
    if 0 not in size and end > memory.size:
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {start}, and itemsize {item} requiring a "
            f"storage size of {end * item} are out of bounds for storage of size {memory.size * item}"
        )
    start = start if 0 not in size else 0
    array: Array = np.ndarray(size, memory.dtype, memory, start * item, tuple([step * item for step in stride]))
    result = from_array(array)
    recording = thread_state.grad_enabled
    edge = None
    if recording and source._requires_grad:
        edge = _strided_edge(array, source._array, gradient_edge(source))
    attach_view(result, source, edge, recording)
    if events.sink is not None:
        if edge is not None:
            announce(events.sink, edge[0], (result,), ())
        else:
            announce_cut(events.sink, recording, (source,), (result,))
    return result


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
        zeros = from_array(np.zeros(math.prod(self.shape) + 1, gradient._array.dtype))
        index = from_array(np.ascontiguousarray(self.positions).reshape(-1))
        return (zeros.index_add(0, index, gradient.reshape(-1))[:-1].reshape(self.shape),)


AsStridedBackward0.__module__ = "builtins"


def _scattered(gradient: Array, positions: Array, shape: tuple[int, ...]) -> Array:
    flat = np.zeros(math.prod(shape) + 1, gradient.dtype)  # the last collects what lies outside
    np.add.at(flat, positions, gradient)
    return flat[:-1].reshape(shape)


def _strided_edge(view: Array, base: Array, base_edge: Edge) -> Edge:
    node = new(AsStridedBackward0)
    node.next_edges = (base_edge,)
    node.sequence_nr = next_sequence_nr()
    node.saved = node.hooks = None
    node.number = 0
    node.positions = elements_of(view, base)
    node.shape = base.shape
    return node, 0


def _regenerated_edge(view: Tensor, base: Tensor) -> Edge:
    edge = _strided_edge(view._array, base._array, gradient_edge(base))
    if events.sink is not None:
        announce(events.sink, edge[0], (view,), ())
    return edge


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
        flat = np.append(gradient, gradient.dtype.type(0))  # the last stands for what the base does not have
        positions = self.positions
        answers = self.function.apply_raw(flat[positions])
        flat[positions] = 0 if answers[0] is None else answers[0]
        return (flat[:-1].reshape(self.shape), *answers[1:])

    def apply_recorded(self, gradient: Any) -> tuple[Any, ...]:
        """See :meth:`Node.apply_recorded`."""
        if gradient is None:
            return (None,) * len(self.next_edges)
        index = from_array(np.ascontiguousarray(self.positions).reshape(-1))
        end = from_array(np.zeros(1, gradient._array.dtype))
        flat = TENSORS.cat([gradient.reshape(-1), end], 0)
        answers = self.function.apply_recorded(flat[index].reshape(self.positions.shape))
        rest = flat.index_fill(0, index, 0.0)
        if answers[0] is not None:
            rest = rest.index_add(0, index, answers[0].reshape(-1))
        return (rest[:-1].reshape(self.shape), *answers[1:])

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
    old_base_edge, old_edge = base._edge, meta.edge
    base._edge = (node, 0)
    base._requires_grad = True
    if events.sink is not None:
        announce(events.sink, node, (base,), ())
    if activity.on_node is not None:
        activity.on_node(node)
    meta.edge_version = -1
    meta.view_edge(view)
    if meta.retains_grad:
        move_retain_grad(old_edge, meta.edge)
    if base._meta is not None and base._meta.retains_grad:
        move_retain_grad(old_base_edge, base._edge)


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


def check_writable(tensor: Tensor, sources: Iterable[Any] = ()) -> None:
    """Raise what PyTorch raises for an in-place operation, with arguments ``sources``, that autograd cannot follow."""
    meta = tensor._meta
    if isinstance(meta, ViewMeta):
        if (meta.made_in_no_grad or meta.of_several) and (
            tensor._requires_grad or any(isinstance(source, Tensor) and source._requires_grad for source in sources)
        ):
            meta.check_in_place("is being")
        if tensor._requires_grad and meta.base._edge is None:
            raise RuntimeError(errors.IN_PLACE_ON_VIEW_OF_LEAF)
    elif tensor._requires_grad and tensor._edge is None:
        raise RuntimeError(errors.IN_PLACE_ON_LEAF)
