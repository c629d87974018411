"""``torch.autograd.graph``: the node type, and edges as objects."""

from __future__ import annotations

from typing import NamedTuple

from ..node import Node
from ..node import gradient_edge as edge_of
from ..saved_hooks import saved_tensors_hooks
from ..tensor import Tensor

__all__ = ["GradientEdge", "Node", "get_gradient_edge", "saved_tensors_hooks"]


class GradientEdge(NamedTuple):
    """Where a tensor's gradient goes: ``node``'s input ``output_nr``."""

    node: Node
    output_nr: int


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """Where the gradient of ``tensor`` goes. Raises ``RuntimeError`` if it has none."""
    if not tensor._requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    return GradientEdge(*edge_of(tensor))
