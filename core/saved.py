"""What a node keeps of the forward pass, and the check that nobody wrote over it since.

An input is kept as the tensor itself with its version (``Node.saved`` is flat: value, version, value, version, …). A result cannot
be kept so, for it refers to its node: :class:`SavedOutput` holds its array and version counter, and the tensor is made again when
asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn
from weakref import ref

import numpy as np

from . import errors, events
from .activity import activity
from .dtypes import from_numpy_dtype, scalar_dtype
from .grad_mode import thread_state
from .identity import next_hook, node_id, storage_id
from .node import FREED, AccumulateGrad, Edge, Node, gradient_edge, new
from .storage import VersionCounter, counter_of
from .tensor import Array, Tensor, from_array

if TYPE_CHECKING:
    from collections.abc import Sequence


class SavedOutput:
    """A result that its own node keeps."""

    __slots__ = ("array", "counter", "version")

    array: Array
    counter: VersionCounter
    version: int


def save_output(result: Tensor) -> SavedOutput:
    """Keep ``result`` without referring to it."""
    saved = new(SavedOutput)
    saved.array = result._array
    counter = result._counter
    if counter is None:
        counter = counter_of(result)
    saved.counter = counter
    saved.version = counter.version
    return saved


_NEVER_WRITTEN = VersionCounter()


class PackedTensor:
    """What a saved-tensor hook made of a saved tensor. Reading its ``array`` unpacks it; it has no version to check."""

    __slots__ = ("edge", "hook", "is_output", "node", "packed", "unpack")

    _counter = None
    counter = _NEVER_WRITTEN
    version = 0

    def __init__(self, node: Node, packed: Any, unpack: Any, edge: Edge | None, is_output: bool, hook: int) -> None:
        self.node = ref(node)
        self.packed = packed
        self.unpack = unpack
        self.edge = edge
        self.is_output = is_output
        self.hook = hook

    def tensor(self, node: Node, output_nr: int) -> Tensor:
        """The tensor that ``unpack`` makes of it, with the history of the one that was packed."""
        tensor = from_array(self.array)
        edge = (node, output_nr) if self.is_output else self.edge
        if edge is not None:
            tensor._requires_grad = True
            if isinstance(edge[0], AccumulateGrad):
                tensor._own_meta().accumulator = ref(edge[0])
            else:
                tensor._edge = edge
        return tensor

    @property
    def array(self) -> Array:
        """Its values, unpacked now."""
        before, thread_state.grad_enabled = thread_state.grad_enabled, False
        try:
            tensor = self.unpack(self.packed)
        finally:
            thread_state.grad_enabled = before
        if not isinstance(tensor, Tensor):
            raise TypeError(
                f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type {type(tensor).__name__}"
            )
        if events.sink is not None:
            fired(events.sink, self.hook, self.node(), None, tensor._array)
        return tensor._array

    _array = array


def fired(sink: events.Sink, hook: int, node: Node | None, before: Array | None, after: Array | None) -> None:
    """Tell the listener that a saved-tensor hook ran (in the innermost backward pass, if one is running)."""
    passes = thread_state.passes
    sink.hook_fired(passes[-1].number if passes else events.NONE, hook, "saved_tensor", node_id(node), False, before, after)


class SavedTensor:
    """A node's ``_raw_saved_<name>``: the saved tensor as an object, on which hooks can be put."""

    def __init__(self, node: Node, slot: int) -> None:
        self._node = node
        self._slot = slot

    @property
    def data(self) -> Any:
        """What the hooks packed; without hooks the tensor."""
        saved = self._node.saved
        if saved is FREED or saved is None:
            raise_freed()
        value = saved[2 * self._slot]
        if type(value) is PackedTensor:
            return value.packed
        return unpack_tensors(self._node, saved[2 * self._slot : 2 * self._slot + 2])[0]

    def register_hooks(self, pack_hook: Any, unpack_hook: Any) -> None:
        """Pack this tensor now with ``pack_hook``; ``unpack_hook`` makes a tensor of it again. Raises ``RuntimeError`` when there
        is nothing to pack: it was freed, is None, or has hooks already.
        """
        saved = self._node.saved
        if saved is FREED:
            raise RuntimeError(errors.HOOKS_ON_FREED_TENSOR)
        value = None if saved is None else saved[2 * self._slot]
        if type(value) is PackedTensor:
            raise RuntimeError(errors.HOOKS_ALREADY_SET)
        if not isinstance(value, (Tensor, SavedOutput)):
            raise RuntimeError(errors.HOOKS_ON_NONE)
        for hook in (pack_hook, unpack_hook):
            if not callable(hook):
                raise TypeError("incompatible function arguments: register_hooks() needs two callables")
        self._node.saved = with_hooks(self._node, self._slot, pack_hook, unpack_hook)


SavedTensor.__module__ = "torch._C._autograd"


def packed_with(node: Node, value: Any, output_nr: int, pack: Any, unpack: Any, hooks: tuple[int, int]) -> PackedTensor:
    """``value``, saved by ``node``, as ``pack`` turns it into something else. ``hooks`` are the ids of the two for events."""
    before, thread_state.grad_enabled = thread_state.grad_enabled, False
    is_output = type(value) is SavedOutput
    tensor = restored_output(value, node, output_nr) if is_output else value
    version = tensor._version
    try:
        packed = pack(tensor)
    finally:
        thread_state.grad_enabled = before
    if tensor._version != version:
        raise RuntimeError(errors.PACKED_IN_PLACE)
    if events.sink is not None:
        fired(events.sink, hooks[0], node, tensor._array, None)
    edge = None if is_output or not tensor._requires_grad else gradient_edge(tensor)
    return PackedTensor(node, packed, unpack, edge, is_output, hooks[1])


def with_hooks(node: Node, slot: int, pack: Any, unpack: Any) -> tuple[Any, ...]:
    """``node.saved`` with the tensor in ``slot`` packed."""
    saved = list(node.saved or ())
    hooks = (next_hook(), next_hook())
    if events.sink is not None:
        for number, function in zip(hooks, (pack, unpack), strict=True):
            events.sink.hook_registered(number, "saved_tensor", events.NONE, node_id(node), function)
    extra = saved[2 * slot + 1]
    value = saved[2 * slot]
    saved[2 * slot] = packed_with(node, value, extra, pack, unpack, hooks)
    if type(value) is not SavedOutput:
        saved[2 * slot + 1] = 0
    return tuple(saved)


def saved_handles(node: Node) -> tuple[SavedTensor, ...]:
    """A handle for each thing that ``node`` saved."""
    return tuple([SavedTensor(node, slot) for slot in range(len(node.saved or ()) // 2)])


def raw_saved_property(slot: int) -> property:
    """The attribute ``_raw_saved_<name>`` of a node class."""

    def get(node: Node) -> SavedTensor:
        return SavedTensor(node, slot)

    return property(get)


def raise_freed() -> NoReturn:
    """Raise the error for a second backward through freed buffers."""
    raise RuntimeError(errors.FREED_BUFFERS)


def raise_stale_input(tensor: Any, saved_version: int) -> NoReturn:
    """Raise the in-place error for a saved input."""
    node = tensor.grad_fn
    producer = None if node is None else node.name()
    _raise_stale(tensor, producer, tensor.output_nr, saved_version)


def raise_stale_output(saved: SavedOutput, node: Node, output_nr: int) -> NoReturn:
    """Raise the in-place error for a result kept by its own node."""
    _raise_stale(restored_output(saved, node, output_nr), node.name(), output_nr, saved.version)


def _raise_stale(tensor: Tensor, producer: str | None, output_nr: int, saved_version: int) -> NoReturn:
    dtype = from_numpy_dtype(tensor._array.dtype)
    shape, version = tensor._array.shape, tensor._version
    error = errors.modified_in_place(dtype.tensor_type, shape, producer, output_nr, version, saved_version, activity.anomaly)
    storage = storage_id(tensor) if events.sink is not None else events.NONE
    error.__dict__["expected"] = (storage, saved_version)  # for the engine's ErrorRaised event
    raise error


def restored_output(saved: SavedOutput, node: Node, output_nr: int) -> Tensor:
    """The result tensor again, attached to its node."""
    tensor = from_array(saved.array)
    tensor._counter = saved.counter
    if saved.array.dtype.kind == "f":
        tensor._requires_grad = True
        tensor._edge = (node, output_nr)
    return tensor


def unpack_raw(node: Node, saved: Sequence[Any]) -> list[Any]:
    """The saved values as arrays (or plain values), each checked against its version."""
    values: list[Any] = []
    for index in range(0, len(saved), 2):
        value = saved[index]
        if value is None:
            values.append(None)
        elif type(value) is SavedOutput:
            if value.counter.version != value.version:
                raise_stale_output(value, node, saved[index + 1])
            values.append(value.array)
        elif isinstance(value, Tensor):
            tensor = value
            counter = tensor._counter
            if (0 if counter is None else counter.version) != saved[index + 1]:
                raise_stale_input(tensor, saved[index + 1])
            values.append(tensor._array)
        elif type(value) is PackedTensor:
            values.append(value.array)
        else:
            values.append(value)
    return values


def unpack_tensors(node: Node, saved: Sequence[Any]) -> list[Any]:
    """The saved values as tensors with their history, each checked against its version."""
    values: list[Any] = []
    for index in range(0, len(saved), 2):
        value = saved[index]
        if type(value) is PackedTensor:
            values.append(value.tensor(node, saved[index + 1]))
            continue
        unpack_raw(node, saved[index : index + 2])
        values.append(restored_output(value, node, saved[index + 1]) if type(value) is SavedOutput else value)
    return values


def saved_property(slot: int) -> property:
    """The attribute ``_saved_<name>`` of a node class: the tensor saved at position ``slot``."""

    def get(node: Node) -> Any:
        saved = node.saved
        if saved is FREED:
            raise_freed()
        assert saved is not None
        value = unpack_tensors(node, saved[2 * slot : 2 * slot + 2])[0]
        if isinstance(value, (bool, int, float)):
            return number_as_tensor(value)
        return value

    return property(get)


def plain_property(index: int) -> property:
    """The attribute ``_saved_<name>`` for a plain value (a dimension, a shape, indices) at position ``index`` of ``params``."""

    def get(node: Any) -> Any:
        value = node.params[index]
        if isinstance(value, tuple) and any(isinstance(one, np.ndarray) for one in value):
            return tuple([from_array(one) if isinstance(one, np.ndarray) else one for one in value])
        return value

    return property(get)


def number_as_tensor(value: Any) -> Tensor:
    """A 0-d tensor for a Python number that was an operand."""
    return from_array(np.asarray(value, scalar_dtype(value)))
