"""Looking for NaN and infinities in what a graph has saved: where a forward went wrong, as far as that can be told afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .loaded import torch
from .saved import raw_saved

__all__ = ["broken", "first_broken"]

_MOST_ELEMENTS = 20_000_000
_MOST_NODES = 5_000

_RESULT_SLOTS = ("result", "result0", "output")
_INPUT_EDGES: Mapping[str, Mapping[str, int]] = {
    "AddmmBackward0": {"mat1": 1, "mat2": 2},
    "MmBackward0": {"self": 0, "mat2": 1},
    "BmmBackward0": {"self": 0, "mat2": 1},
}
_USUAL_EDGES: Mapping[str, int] = {"self": 0, "other": 1, "input": 0}
"""Which edge of a node leads to what made the tensor in a slot."""

_AT_ZERO: Mapping[str, tuple[str, str]] = {
    "LogBackward0": ("self", "took the logarithm of"),
    "Log2Backward0": ("self", "took the logarithm of"),
    "Log10Backward0": ("self", "took the logarithm of"),
    "DivBackward0": ("other", "divided by"),
    "ReciprocalBackward0": ("self", "divided by"),
}
"""Operations that keep their input and not their result, and the slot in which a zero makes the result infinite."""


def broken(tensor: Any) -> str:
    """``"2 NaN, 1 Inf in 12 elements"``, ``"NaN"`` for a single one; empty when all are finite, or when that is costly to tell."""
    if not isinstance(tensor, torch.Tensor) or not tensor.is_floating_point() or tensor.layout is not torch.strided:
        return ""
    if tensor.is_meta or not 0 < tensor.numel() <= _MOST_ELEMENTS:
        return ""
    values = tensor.detach()
    counts = ((int(values.isnan().sum()), "NaN"), (int(values.isinf().sum()), "Inf"))
    if values.numel() == 1:
        return next((word for count, word in counts if count), "")
    parts = [f"{count} {word}" for count, word in counts if count]
    return f"{', '.join(parts)} in {values.numel()} elements" if parts else ""


def first_broken(root: Any) -> tuple[Any, str, Any] | None:
    """The first node of the graph below ``root``, inputs first, that made a NaN or an infinity or was given one.

    With it what it did, and the tensor that shows it. None when all that the graph has saved is finite.
    """
    for node in _inputs_first(root):
        name = node.name()
        zeros = _AT_ZERO.get(name)
        for slot, content in raw_saved(node):
            found = broken(content)
            if found:
                maker = node if slot in _RESULT_SLOTS else _maker(node, name, slot)
                return (maker, f"gave {found}", content) if maker is not None else (node, f"was given {found}", content)
            if zeros is not None and slot == zeros[0] and isinstance(content, torch.Tensor) and bool((content == 0).any()):
                return node, f"{zeros[1]} {int((content == 0).sum())} zeros in {content.numel()} elements", content
    return None


def _maker(node: Any, name: str, slot: str) -> Any:
    """The node that made what ``node`` saved in ``slot``; None when it is not known, or a leaf."""
    edge = _INPUT_EDGES.get(name, _USUAL_EDGES).get(slot)
    maker = node.next_functions[edge][0] if edge is not None and edge < len(node.next_functions) else None
    return None if maker is None or hasattr(maker, "variable") else maker


def _inputs_first(root: Any) -> list[Any]:
    """The nodes below ``root``, each after those it got its inputs from; a bounded number of them."""
    order: list[Any] = []
    seen: set[Any] = set()
    stack = [(root, False)]
    while stack and len(seen) < _MOST_NODES:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack += [(next_node, False) for next_node, _ in node.next_functions if next_node is not None]
    return order
