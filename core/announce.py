"""Telling the listener about a new node, or about a tensor that left the graph. Called only while somebody listens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .dtypes import from_numpy_dtype
from .events import Sink
from .grad_mode import thread_state
from .identity import node_id, storage_id, tensor_id
from .node import AccumulateGrad, Node, announce_accumulator
from .saved import SavedOutput, restored_output
from .tensor import Tensor


def announce(sink: Sink, node: Node, results: Sequence[Tensor], saved_names: Sequence[str]) -> None:
    """A node was made: where its gradients go, what it returned, what it keeps."""
    edges = [(0, 0) if edge is None else (edge[0].number or _introduced(sink, edge[0]), edge[1]) for edge in node.next_edges]
    number = node.number or node_id(node)
    written_to = thread_state.written_to
    if written_to is not None and len(results) == 1:
        results = (written_to,)
    outputs = [(tensor_id(result), result._array.shape, _dtype_name(result._array.dtype)) for result in results]
    sink.node_created(number, type(node).__name__, edges, outputs, node.sequence_nr)
    saved = node.saved
    if saved is None:
        return
    for slot, name in enumerate(saved_names):
        value: Any = saved[2 * slot]
        if type(value) is SavedOutput:
            output_nr = saved[2 * slot + 1]
            value_tensor = results[output_nr] if output_nr < len(results) else restored_output(value, node, output_nr)
            _announce_saved(sink, number, name, value_tensor, value.version)
        elif isinstance(value, Tensor):
            _announce_saved(sink, number, name, value, saved[2 * slot + 1])


def _introduced(sink: Sink, node: Node) -> int:
    """The number of a node that was made while nobody listened. Of a leaf's accumulator the listener hears now."""
    if isinstance(node, AccumulateGrad):
        announce_accumulator(sink, node, node.variable)
    return node_id(node)


def _announce_saved(sink: Sink, node: int, name: str, tensor: Tensor, version: int) -> None:
    array = tensor._array
    sink.tensor_saved(
        node,
        name,
        tensor._number or tensor_id(tensor),
        storage_id(tensor),
        version,
        array.shape,
        _dtype_name(array.dtype),
        array.nbytes,
    )


_NAMES_BY_LETTER: dict[str, str] = {}


def _dtype_name(dtype: np.dtype[Any]) -> str:
    """The name of a dtype; by its letter, as looking up the dtype itself would take longer."""
    letter = dtype.char
    name = _NAMES_BY_LETTER.get(letter)
    if name is None:
        name = _NAMES_BY_LETTER[letter] = from_numpy_dtype(dtype).name
    return name


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
