"""In-place operations: compute, write, count the write, and give the tensor its new place in the graph.

An in-place variant is made from the ordinary function: ``x.mul_(y)`` records ``mul`` as usual, then its result is written into
``x`` and ``x`` takes over the result's history. A write to a view goes through :func:`.views.rebase_history`.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import errors, events
from .activity import activity
from .dtypes import can_cast, from_numpy_dtype
from .events import NONE, Sink
from .grad_mode import thread_state
from .identity import storage_id, tensor_id
from .node import Node, gradient_edge, move_retain_grad
from .saved import SavedOutput
from .storage import VersionCounter, counter_of
from .tensor import Array, Tensor, from_array
from .views import ViewMeta, check_writable, has_shared_elements, memory_of, offset_of, rebase_history

OVERLAPPING = (
    "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the "
    "tensor before performing the operation."
)

PARTLY_OVERLAPPING = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please "
    "clone() the tensor before performing the operation."
)

ELEMENTWISE_FILLS = {"masked_fill_", "index_fill_", "index_put_"}
"""What may be written to elements that several places share, with a warning."""

IDEMPOTENT = {"zero_", "fill_", *ELEMENTWISE_FILLS}
"""What may be written to elements that several places share at all."""

TAKE_A_NUMBER = {"fill_", "masked_fill_", "index_fill_"}
"""What reads an operand of no dimensions before it writes."""

UFUNCS: dict[str, np.ufunc] = {"add_": np.add, "sub_": np.subtract, "mul_": np.multiply, "div_": np.true_divide}
"""What NumPy can compute straight into the tensor's memory, where no history is to be kept."""


def in_place(function: Callable[..., Tensor], name: str, direct: Callable[..., bool] | None = None) -> Callable[..., Tensor]:
    """The in-place variant ``name`` (``"mul_"``) of ``function``.

    ``direct(array, ...)`` may write without any detour where nothing is recorded and nobody listens; it says whether it could.
    """
    ufunc = UFUNCS.get(name)

    def method(self: Tensor, *arguments: Any, **options: Any) -> Tensor:
        if self._counter is not None:
            _refuse_overlap(self, arguments, name)
        if ufunc is not None and not options:
            other = arguments[0]
            if isinstance(other, Tensor) and not (thread_state.grad_enabled and (self._requires_grad or other._requires_grad)):
                array, values = self._array, other._array
                if array.dtype is values.dtype and array.shape == values.shape and _is_plain(array):
                    ufunc(array, values, array)
                    bump(self, name)
                    return self
        unobserved = direct is not None and events.sink is None and not options and not _is_recorded(self, arguments)
        if unobserved and direct(self._array, *arguments):  # type: ignore[misc]
            bump(self, name)
            return self
        if not thread_state.grad_enabled:
            plain = from_array(self._array)
            write(self, function(plain, *arguments, **options)._array, name)
            return self
        check_writable(self, arguments)
        before = _stand_in(self)
        thread_state.written_to = self
        activity.writes += 1
        try:
            result = function(before, *arguments, **options)
        finally:
            thread_state.written_to = None
            activity.writes -= 1
        if result._edge is not None and any(value is before for value in result._edge[0].saved or ()):
            before._array = before._array.copy()  # the derivative needs the values that are about to be overwritten
        write(self, result._array, name)
        take_over_history(self, result)
        return self

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"In-place version of :func:`{name[:-1]}`."
    return method


def is_same_view(one: Array, other: Array) -> bool:
    """Whether two arrays are the same elements of the same memory, in the same order."""
    return one.ctypes.data == other.ctypes.data and one.shape == other.shape and one.strides == other.strides


def _refuse_overlap(tensor: Tensor, sources: Sequence[Any], name: str) -> None:
    """Raise ``RuntimeError`` when an operand shares some of the memory that is to be written, but is not the very same view."""
    counter, array = tensor._counter, tensor._array
    for source in sources:
        if not isinstance(source, Tensor) or source._counter is not counter or source is tensor:
            continue
        if name in TAKE_A_NUMBER and not source.ndim:
            continue
        if not is_same_view(array, source._array) and np.shares_memory(array, source._array):
            raise RuntimeError(PARTLY_OVERLAPPING)


def _is_recorded(tensor: Tensor, sources: Sequence[Any]) -> bool:
    """Whether a write to ``tensor`` from ``sources`` has to enter the graph, or to be refused."""
    return thread_state.grad_enabled and (
        bool(tensor._requires_grad) or any(isinstance(source, Tensor) and source._requires_grad for source in sources)
    )


def _is_plain(array: Array) -> bool:
    """Whether NumPy may write to an array of floating-point numbers without anything to be converted or checked."""
    flags = array.flags
    return array.dtype.kind == "f" and flags.writeable and (flags.c_contiguous or not has_shared_elements(array))


def is_writable(array: Array) -> bool:
    """Whether each element may be written to on its own."""
    flags = array.flags
    return flags.writeable and (flags.c_contiguous or not has_shared_elements(array))


def in_place_view(function: Callable[..., Tensor], name: str) -> Callable[..., Tensor]:
    """The in-place variant of a function that returns a view: the tensor itself gets the shape and strides of the view."""

    def method(self: Tensor, *arguments: Any, **options: Any) -> Tensor:
        if thread_state.grad_enabled:
            check_writable(self)
        result = function(_stand_in(self) if thread_state.grad_enabled else from_array(self._array), *arguments, **options)
        self._array = result._array
        bump(self, name)
        meta = self._meta
        if not isinstance(meta, ViewMeta):
            if self._requires_grad and result._meta is not None:
                node, output_nr = gradient_edge(result)
                node.__class__ = _in_place_class(type(node))
                self._edge = (node, output_nr)
        elif meta.base._requires_grad:
            meta.view_edge(self)
        return self

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"In-place version of :func:`{name[:-1]}`."
    return method


_IN_PLACE_NUMBERS = {"Squeeze": 3, "Unsqueeze": 1, "Transpose": 1, "T": 1, "AsStrided": 1}


_in_place_classes: dict[str, type[Node]] = {}


def _in_place_class(node_class: type[Node]) -> type[Node]:
    """The node class of the in-place variant of a view: the same under its own number (``TransposeBackward1``)."""
    operation, _, number = node_class.__name__.rpartition("Backward")
    name = f"{operation}Backward{int(number) + _IN_PLACE_NUMBERS[operation]}"
    if name not in _in_place_classes:
        _in_place_classes[name] = type(name, (node_class,), {"__slots__": (), "__module__": "builtins"})
    return _in_place_classes[name]


def resize_(tensor: Tensor, *sizes: Any, memory_format: Any = None) -> Tensor:  # noqa: ARG001  (there is one memory format)
    """``Tensor.resize_``: another shape over the same memory, or over more if it is too small. Refused with gradients."""
    if tensor._requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    size = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes
    shape = tuple([int(one) for one in size])
    if shape == tensor._array.shape:
        return tensor
    memory = memory_of(tensor._array)
    start = offset_of(tensor._array, memory) if memory.size else 0
    if start + math.prod(shape) > memory.size:
        larger = np.zeros(start + math.prod(shape), memory.dtype)
        larger[: memory.size] = memory
        memory = larger
    tensor._array = np.ndarray(shape, memory.dtype, memory, start * memory.itemsize)
    bump(tensor, "resize_")
    return tensor


def resize_as_(tensor: Tensor, the_template: Tensor, *, memory_format: Any = None) -> Tensor:  # noqa: ARG001
    """``Tensor.resize_as_``: :func:`resize_` to the shape of another tensor."""
    return resize_(tensor, the_template._array.shape)


def _stand_in(tensor: Tensor) -> Tensor:
    """The tensor as it was before the write, for the operation to compute from."""
    before = from_array(tensor._array)
    if tensor._requires_grad:
        before._requires_grad = True
        before._edge = gradient_edge(tensor)
    return before


def check_and_write(tensor: Tensor, draw: Callable[[], Array], name: str) -> Tensor:
    """Write values that have no history (random numbers); a recorded non-leaf forgets where its old values came from."""
    if thread_state.grad_enabled:
        check_writable(tensor)
    write(tensor, draw(), name)
    return tensor


def write(tensor: Tensor, values: Array, name: str) -> None:
    """Write ``values`` into the tensor's memory and count that. Raises ``RuntimeError`` if they do not fit."""
    array = tensor._array
    if values.dtype != array.dtype and not can_cast(values.dtype, array.dtype):
        wanted, got = from_numpy_dtype(array.dtype).cpp_name, from_numpy_dtype(values.dtype).cpp_name
        raise RuntimeError(f"result type {got} can't be cast to the desired output type {wanted}")
    if values.shape != array.shape and np.broadcast_shapes(values.shape, array.shape) != array.shape:
        both = list(np.broadcast_shapes(values.shape, array.shape))
        raise RuntimeError(f"output with shape {list(array.shape)} doesn't match the broadcast shape {both}")
    if not is_writable(array) and not (name in IDEMPOTENT and array.flags.writeable):
        raise RuntimeError(OVERLAPPING)
    if name in ELEMENTWISE_FILLS and has_shared_elements(array):
        _warn_about_shared(name)
        changed = array != values
        array[changed] = np.broadcast_to(values, array.shape)[changed]
    else:
        array[...] = values
    bump(tensor, name)


def _warn_about_shared(name: str) -> None:
    warnings.warn(
        f"Use of {name} on expanded tensors is deprecated. Please clone() the tensor before performing this operation. This also "
        f"applies to advanced indexing e.g. tensor{'[indices] = tensor' if name == 'index_put_' else '[mask] = scalar'}",
        UserWarning,
        stacklevel=4,
    )


def bump(tensor: Tensor, name: str) -> None:
    """Count an in-place write by operation ``name``, and tell the listener."""
    counter = tensor._counter
    if counter is None:
        counter = counter_of(tensor)
    try:
        counter.version += 1
    except RuntimeError:  # an inference tensor; PyTorch, too, has written by now
        raise RuntimeError(errors.INFERENCE_WRITE) from None
    if events.sink is not None:
        _announce_write(events.sink, tensor, counter, name)


def _announce_write(sink: Sink, tensor: Tensor, counter: VersionCounter, name: str) -> None:
    number, storage, version = tensor_id(tensor), storage_id(tensor), counter.version
    if counter.is_data:
        sink.data_written(number, storage, name)
    else:
        base = tensor._base
        sink.version_bumped(number, storage, name, version - 1, version, NONE if base is None else tensor_id(base))
    gradient_of = counter.storage.gradient_of
    if name == "zero_" and gradient_of is not None:
        leaf = gradient_of()
        if leaf is not None:
            sink.grad_reset((tensor_id(leaf),), "zero")


def take_over_history(tensor: Tensor, result: Tensor) -> None:
    """Give ``tensor``, just written, the history of ``result``, from which its values come."""
    if result._edge is None:
        return
    node, output_nr = result._edge
    for value in node.saved or ():
        if type(value) is SavedOutput and value.array is result._array:
            counter = counter_of(tensor)
            value.array, value.counter, value.version = tensor._array, counter, counter.version
    meta = tensor._meta
    old_edge = tensor._edge
    if isinstance(meta, ViewMeta):
        rebase_history(tensor, meta, node)
    else:
        tensor._edge = (node, output_nr)
        tensor._requires_grad = True
        if meta is not None and meta.retains_grad:
            move_retain_grad(old_edge, tensor._edge)
