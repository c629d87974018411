"""``torch.autograd.Function``: operations with a backward written by the user, in terms of tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import events
from ..announce import announce
from ..backends import TENSORS
from ..grad_mode import is_grad_enabled, no_grad
from ..node import FREED, Edge, Node, gradient_edge, next_sequence_nr
from ..saved import raise_freed, save_output, unpack_tensors
from ..tensor import Tensor, from_array


class FunctionNode(Node):
    """The node of a user's Function, which is also its ``ctx``: it has a dict for whatever ``forward`` puts there."""

    __slots__ = ("__dict__", "_infos", "_input_shapes", "_to_save", "needs_input_grad", "output_count")

    function: Any = None
    needs_input_grad: tuple[bool, ...]
    _infos: list[tuple[Any, Any]]
    _input_shapes: list[tuple[int, ...]]
    _to_save: tuple[Any, ...]

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep inputs or outputs for ``backward``, with the in-place check."""
        self._to_save = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """These outputs get no gradient."""
        self.__dict__["_non_differentiable"] = tuple(id(tensor) for tensor in tensors)

    def mark_dirty(self, *tensors: Tensor) -> None:
        """These inputs were written in place."""
        self.__dict__["_dirty"] = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether undefined gradients arrive in ``backward`` as zeros (the default) or None."""
        self.__dict__["_materialize"] = value

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What ``save_for_backward`` kept."""
        if self.saved is FREED:
            raise_freed()
        return tuple(unpack_tensors(self, self.saved or ()))

    def _call_backward(self, gradient: Any) -> list[Any]:
        parts = list(gradient) if isinstance(gradient, list) else [gradient] * self.output_count
        if self.__dict__.get("_materialize", True):
            parts = [from_array(np.zeros(*info)) if one is None else one for one, info in zip(parts, self._infos, strict=True)]
        answer = type(self).function.backward(self, *parts)
        answers = list(answer) if isinstance(answer, tuple) else [answer]
        expected = len(self.needs_input_grad)
        if len(answers) > expected and all(one is None for one in answers[expected:]):
            answers = answers[:expected]
        if len(answers) != expected:
            name = type(self).__name__
            raise RuntimeError(
                f"function {name} returned an incorrect number of gradients (expected {expected}, got {len(answers)})"
            )
        kept = [one for one, takes in zip(answers, self.__dict__["_is_tensor"], strict=True) if takes]
        for index, (one, shape) in enumerate(zip(kept, self._input_shapes, strict=True)):
            kept[index] = self._checked(index, one, shape)
        return kept

    def _checked(self, index: int, gradient: Any, shape: tuple[int, ...]) -> Any:
        """A gradient in its input's shape; one that broadcasting made larger is summed. Raises ``RuntimeError`` otherwise."""
        if gradient is None or self.next_edges[index] is None:
            return None
        name = type(self).__name__
        if not isinstance(gradient, Tensor):
            raise RuntimeError(f"expected Variable or None (got {type(gradient).__name__})")
        got = gradient._array.shape
        if got == shape:
            return gradient
        try:
            fits = np.broadcast_shapes(got, shape) == got
        except ValueError:
            fits = False
        if not fits:
            raise RuntimeError(
                f"Function {name} returned an invalid gradient at index {index} - got {list(got)} but expected shape "
                f"compatible with "
                f"{list(shape)}"
            )
        return TENSORS.sum_to(gradient, shape)

    def apply_recorded(self, gradient: Any) -> tuple[Any, ...]:
        """See :meth:`Node.apply_recorded`."""
        return tuple(self._call_backward(gradient))

    def apply_raw(self, gradient: Any) -> tuple[Any, ...]:
        """See :meth:`Node.apply_raw`."""
        if isinstance(gradient, list):
            shown: Any = [None if one is None else from_array(one) for one in gradient]
        else:
            shown = None if gradient is None else from_array(gradient)
        return tuple([None if one is None else one._array for one in self._call_backward(shown)])


class Function:
    """Subclass with static ``forward(ctx, …)`` and ``backward(ctx, *grad_outputs)``; call ``apply``."""

    _node_class: type[FunctionNode]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._node_class = type(f"{cls.__name__}Backward", (FunctionNode,), {"function": cls, "__module__": cls.__module__})

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """The operation itself."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradients of the inputs of ``forward``, None where there is none."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward "
            "mode AD."
        )

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Run ``forward`` and record it."""
        node = cls._node_class()
        node.sequence_nr = next_sequence_nr()
        node.saved = node.hooks = None
        node.number = 0
        node._to_save = ()
        node._input_shapes = [value._array.shape for value in args if isinstance(value, Tensor)]
        is_tensor = [isinstance(value, Tensor) for value in args]
        node.needs_input_grad = tuple([isinstance(value, Tensor) and value.requires_grad for value in args])
        node.__dict__["_is_tensor"] = is_tensor
        records = any(node.needs_input_grad) and is_grad_enabled()
        edges: list[Edge | None] = [
            gradient_edge(value) if records and value.requires_grad else None for value in args if isinstance(value, Tensor)
        ]
        node.next_edges = tuple(edges)
        with no_grad():
            if "setup_context" in cls.__dict__:
                answer = cls.forward(*args)
                cls.__dict__["setup_context"].__func__(node, args, answer)
            else:
                answer = cls.forward(node, *args)
        outputs = answer if isinstance(answer, tuple) else (answer,)
        results = tuple([_own(value, args, node) if isinstance(value, Tensor) else value for value in outputs])
        node.output_count = len(results)
        node._infos = [(value._array.shape, value._array.dtype) if isinstance(value, Tensor) else ((), "f4") for value in results]
        if records:
            _attach(node, outputs, results)
        return results if isinstance(answer, tuple) else results[0]


def _own(value: Tensor, args: Any, node: FunctionNode) -> Tensor:
    """An output that the node may attach itself to: an input returned unchanged becomes an alias of it."""
    dirty = node.__dict__.get("_dirty", ())
    if any(value is one for one in args) and not any(value is one for one in dirty):
        return value.detach()
    return value


def _attach(node: FunctionNode, outputs: Any, results: Any) -> None:
    excluded = node.__dict__.get("_non_differentiable", ())
    saved: list[Any] = []
    for number, (original, result) in enumerate(zip(outputs, results, strict=True)):
        if isinstance(result, Tensor) and result._array.dtype.kind == "f" and id(original) not in excluded:
            result._requires_grad = True
            result._edge = (node, number)
    for tensor in node._to_save:
        position = next((i for i, result in enumerate(outputs) if result is tensor and tensor is not None), None)
        if position is not None and results[position]._edge is not None and results[position]._edge[0] is node:
            saved += (save_output(results[position]), position)
        else:
            saved += (tensor, 0 if tensor is None else tensor._version)
    node.saved = tuple(saved) if saved else None
    node._to_save = ()
    if events.sink is not None:
        tensors = [result for result in results if isinstance(result, Tensor)]
        announce(events.sink, node, tensors, [str(i) for i in range(len(saved) // 2)])
