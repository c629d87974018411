"""What an explanation needs to know of a tensor that lives in the program: which one of the trace it is, and a few facts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..core import __name__ as core_name
from ..core.events import NONE, Shape

__all__ = ["TensorFacts", "look_at"]


class TensorFacts(NamedTuple):
    """``tensor`` and ``node`` are ids in the trace (of the tensor, and of its ``grad_fn``).

    ``nonfinite``: what is NaN or infinite in it, and ``origin``: how that came about in the forward, as far as the graph still
    knows; both for people, or ``""``.
    """

    tensor: int = NONE
    node: int = NONE
    shape: Shape = ()
    requires_grad: bool = False
    is_leaf: bool = True
    has_gradient: bool = False
    nonfinite: str = ""
    origin: str = ""


def look_at(value: object, *, numbers: bool = False) -> TensorFacts | None:
    """The facts about ``value`` when it is a tensor of a library that is being recorded; else None.

    With ``numbers`` its values, and those behind it, are looked at for NaN and infinities.
    """
    for module, look in _LOOKS.items():
        if module in sys.modules:
            facts = look(value, numbers)
            if facts is not None:
                return facts
    return None


def _look_at_core(value: Any, numbers: bool) -> TensorFacts | None:  # noqa: ARG001  core keeps no numbers of the forward
    tensor_type = sys.modules[_CORE_TENSOR].Tensor
    if not isinstance(value, tensor_type):
        return None
    from ..core.identity import node_id, tensor_id  # noqa: PLC0415  beside the tensors, when the program uses them

    node = node_id(value.grad_fn)
    has_gradient = value.is_leaf and value.grad is not None
    return TensorFacts(tensor_id(value), node, tuple(value.shape), value.requires_grad, value.is_leaf, has_gradient)


def _look_at_torch(value: Any, numbers: bool) -> TensorFacts | None:
    from .capture.torch.explaining import look  # noqa: PLC0415  needs PyTorch, which the program has loaded

    return look(value, numbers)


_CORE_TENSOR = f"{core_name}.tensor"
_LOOKS: Mapping[str, Callable[[Any, bool], TensorFacts | None]] = {_CORE_TENSOR: _look_at_core, "torch": _look_at_torch}
