"""A listener that takes a node and what it saves in one call hears the same as any other."""

from __future__ import annotations

from typing import Any

import gradtrace.core as torch
import numpy as np
from gradtrace.core import events
from gradtrace.core.identity import storage_id


class Apart:
    """Keeps what is told of nodes and saved tensors, with numbers counted from the first it hears of."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments, **options: None

    def node_created(self, *arguments: Any) -> None:
        node, name, edges, outputs, _, *variable = arguments
        self.told.append(("node", node, name, tuple(edges), tuple(outputs), tuple(variable)))

    def tensor_saved(self, *arguments: Any) -> None:
        self.told.append(("saved", *arguments))


class Compact(Apart):
    def node_recorded(self, node: int, name: str, edges: Any, outputs: Any, sequence_nr: int, saved: Any) -> None:
        made = [(tensor, array.shape, array.dtype.name) for tensor, array in outputs]
        self.node_created(node, name, edges, made, sequence_nr)
        for slot, tensor, storage, version, array in saved:
            self.tensor_saved(node, slot, tensor, storage, version, array.shape, array.dtype.name, array.nbytes)


def told(listener: Apart) -> list[Any]:
    """What a small program tells, with all numbers relative to the first tensor and node of it."""
    previous = events.set_sink(listener)
    try:
        first = torch.zeros(1, requires_grad=True)
        first_node = (first * 1).grad_fn
        assert first_node is not None
        base = first_node.number
        x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        y = (x * x).exp()
        y.sin_()
        parts = (y @ x).split(1)
        (parts[0] + parts[1].detach() * 2.0).sum()
        torch.zeros(0, 3, requires_grad=True).double().mul(3)
    finally:
        events.set_sink(previous)
    offset = first._number
    relative = []
    for kind, node, *rest in listener.told:
        if kind == "node":
            name, edges, outputs, variable = rest
            edges = tuple((number - base if number else None, input_nr) for number, input_nr in edges)
            outputs = tuple((number - offset, shape, dtype) for number, shape, dtype in outputs)
            relative.append((kind, node - base, name, edges, outputs, tuple(number - offset for number in variable)))
        else:
            slot, tensor, storage, *more = rest
            relative.append((kind, node - base, slot, tensor - offset, storage - offset, *more))
    return relative


def test_in_one_call_or_in_several() -> None:
    apart, compact = told(Apart()), told(Compact())
    assert apart == compact
    assert {kind for kind, *_ in apart} == {"node", "saved"}


def test_memory_keeps_its_number_when_it_becomes_shared() -> None:
    listener = Apart()
    previous = events.set_sink(listener)
    try:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x * 3
        z = y * y
    finally:
        events.set_sink(previous)
    storages = {entry[4] for entry in listener.told if entry[0] == "saved" and entry[3] == y._number}
    assert storages == {storage_id(y)} == {storage_id(y.detach())} == {storage_id(y.data)}
    assert storage_id(z) not in storages
    assert storage_id(y.detach().clone()) not in storages
    y.data = torch.tensor([5.0, 6.0])
    assert storage_id(y) not in storages
    assert np.array_equal(y.detach().numpy(), [5.0, 6.0])
