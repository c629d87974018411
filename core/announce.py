"""Telling the listener about a new node, or about a tensor that left the graph. Called only while somebody listens.

A listener may take a node together with what it saves, in one call (:class:`.events.CompactSink`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .activity import activity
from .dtypes import from_numpy_dtype
from .events import Sink
from .grad_mode import thread_state
from .identity import next_node, next_tensor, node_id, storage_id, tensor_id
from .node import AccumulateGrad, Node, announce_accumulator
from .saved import SavedOutput, restored_output
from .tensor import Array, Tensor

_Saved = tuple[str, int, int, int, Array]
"""Slot, tensor, storage and version of a saved tensor, and its array."""

_NO_EDGE = (0, 0)

_takes_both: dict[type, bool] = {}
"""Whether listeners of a class are told of a node and of what it saves in one call."""


def announce(sink: Sink, node: Node, results: Sequence[Tensor], saved_names: Sequence[str]) -> None:
    """A node was made: where its gradients go, what it returned, what it keeps."""
    edges = []
    for edge in node.next_edges:
        if edge is None:
            edges.append(_NO_EDGE)
        else:
            receiver, input_nr = edge
            edges.append((receiver.number or _introduced(sink, receiver), input_nr))
    number = node.number
    if not number:
        number = node.number = next_node()
    if activity.writes and len(results) == 1 and thread_state.written_to is not None:
        results = (thread_state.written_to,)
    outputs = []
    for result in results:
        output = result._number
        if not output:
            output = result._number = next_tensor()
        outputs.append((output, result._array))
    kept = node.saved
    saved: Sequence[_Saved] = () if kept is None else _saved(node, kept, results, saved_names)
    listener: Any = sink
    takes_both = _takes_both.get(type(listener))
    if takes_both is None:
        takes_both = _takes_both[type(listener)] = hasattr(type(listener), "node_recorded")
    if takes_both:
        listener.node_recorded(number, type(node).__name__, edges, outputs, node.sequence_nr, saved)
    else:
        _tell_apart(sink, node, edges, outputs, saved)


def _tell_apart(
    sink: Sink, node: Node, edges: Sequence[tuple[int, int]], outputs: Sequence[tuple[int, Array]], saved: Sequence[_Saved]
) -> None:
    made = [(output, array.shape, _dtype_name(array)) for output, array in outputs]
    sink.node_created(node.number, type(node).__name__, edges, made, node.sequence_nr)
    for slot, tensor, storage, version, array in saved:
        sink.tensor_saved(node.number, slot, tensor, storage, version, array.shape, _dtype_name(array), array.nbytes)


def _introduced(sink: Sink, node: Node) -> int:
    """The number of a node that was made while nobody listened. Of a leaf's accumulator the listener hears now."""
    if isinstance(node, AccumulateGrad):
        announce_accumulator(sink, node, node.variable)
    return node_id(node)


def _saved(node: Node, kept: tuple[Any, ...], results: Sequence[Tensor], saved_names: Sequence[str]) -> list[_Saved]:
    """What ``node`` keeps, which is ``kept``: a value and its version for each name."""
    saved: list[_Saved] = []
    place = 0
    for name in saved_names:
        value: Any = kept[place]
        version: int = kept[place + 1]
        place += 2
        if type(value) is SavedOutput:  # which has the output's number in place of the version
            value, version = (results[version] if version < len(results) else restored_output(value, node, version)), value.version
        elif type(value) is not Tensor and not isinstance(value, Tensor):
            continue
        tensor = value
        number = tensor._number
        if not number:
            number = tensor._number = next_tensor()
        saved.append((name, number, _storage_number(tensor), version, tensor._array))
    return saved


def _storage_number(tensor: Tensor) -> int:
    """As :func:`.identity.storage_id`, with fewer calls, of a tensor that has a number."""
    counter = tensor._counter
    if counter is None:
        return tensor._number
    storage = counter._storage
    if storage is None:
        storage = counter.storage
    return storage.number or storage_id(tensor)


def _dtype_name(array: Array) -> str:
    return from_numpy_dtype(array.dtype).name


def announce_cut(sink: Sink, recording: bool, inputs: Sequence[Any], results: Sequence[Tensor]) -> None:
    """An operation left no node: worth an event when an input required grad (because of ``no_grad``, or of the operation's
    nature). Not within a user's Function or a backward pass, whose operations are never recorded unless asked for.
    """
    if not recording and (thread_state.functions or thread_state.passes):
        return
    for value in inputs:
        if isinstance(value, Tensor) and value._requires_grad:
            for result in results:
                sink.graph_cut(tensor_id(value), tensor_id(result), "non_differentiable" if recording else "no_grad")
