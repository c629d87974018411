"""A user's Function in the graph: its ``ctx``, which is also what ``grad_fn`` shows, and the node that the engine runs.

They are two objects, so that a program may call its attributes of ``ctx`` what it likes. The node holds its ctx; the ctx refers to
the node weakly.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar
from weakref import ref

import numpy as np

from ..backends import TENSORS
from ..grad_mode import thread_state
from ..hooks import Hook, RemovableHandle
from ..node import FREED, Node, OutputInfo
from ..saved import SavedTensor, raise_freed, saved_handles, unpack_tensors
from ..tensor import Tensor, from_array

Info = tuple[tuple[int, ...], Any]
"""Shape and dtype."""


class FunctionContext:
    """What ``forward`` may tell about its arguments and results."""

    to_save: Any = None
    non_differentiable: Any = None
    dirty_tensors: Any = None
    saved_for_forward: Any = None
    _materialize_grads = True

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep inputs or outputs for ``backward``, with the in-place check."""
        self.to_save = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Accepted; there is no forward-mode differentiation to use it."""
        for tensor in tensors:
            if tensor is not None and not isinstance(tensor, Tensor):
                raise AssertionError(
                    "save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes on ctx."
                )
        self.saved_for_forward = tensors

    def mark_dirty(self, *tensors: Tensor) -> None:
        """These inputs were written in place."""
        self.dirty_tensors = tensors

    def mark_shared_storage(self, *pairs: Any) -> None:  # noqa: ARG002  (it has no effect)
        """Deprecated, without effect."""
        warnings.warn(
            "`mark_shared_storage` is deprecated. Tensors with shared storages are automatically tracked. Note that calls to "
            "`set_()` are not tracked",
            FutureWarning,
            stacklevel=2,
        )

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """These outputs get no gradient."""
        self.non_differentiable = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether undefined gradients arrive in ``backward`` as zeros (the default) or None."""
        self._materialize_grads = value


class BackwardContext(FunctionContext):
    """The ``ctx`` of one call of a Function, and its ``grad_fn``. Each Function has a subclass, named after it."""

    _forward_cls: ClassVar[Any] = None
    _node: Any  # a weak reference
    needs_input_grad: tuple[bool, ...]

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What ``save_for_backward`` kept."""
        node = node_of(self)
        if node.saved is FREED:
            raise_freed()
        return tuple(unpack_tensors(node, node.saved or ()))

    @property
    def saved_variables(self) -> tuple[Any, ...]:
        """The old name of :attr:`saved_tensors`."""
        warnings.warn("'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2)
        return self.saved_tensors

    @property
    def _raw_saved_tensors(self) -> tuple[SavedTensor, ...]:
        return saved_handles(node_of(self))

    def apply(self, *gradients: Any) -> Any:
        """Call the user's ``backward`` (or ``vjp``)."""
        return self._forward_cls.user_backward()(self, *gradients)

    # ------------------------------------------------------------------------------------------------ as any node
    def name(self) -> str:
        """The node's name, ``"MulBackward"``."""
        return type(self).__name__

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """Where the gradients go."""
        return node_of(self).next_functions

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dict for the user's own notes."""
        return node_of(self).metadata

    @property
    def _input_metadata(self) -> tuple[OutputInfo, ...]:
        return node_of(self)._input_metadata

    def _sequence_nr(self) -> int:
        return node_of(self).sequence_nr

    def register_hook(self, fn: Hook) -> RemovableHandle:
        """See :meth:`Node.register_hook`."""
        return node_of(self).register_hook(fn)

    def register_prehook(self, fn: Hook) -> RemovableHandle:
        """See :meth:`Node.register_prehook`."""
        return node_of(self).register_prehook(fn)


FunctionContext.__name__ = FunctionContext.__qualname__ = "FunctionCtx"
BackwardContext.__name__ = BackwardContext.__qualname__ = "BackwardCFunction"
FunctionContext.__module__ = BackwardContext.__module__ = "torch.autograd.function"


def node_of(shown: Any) -> Node:
    """The node behind what ``grad_fn`` shows. Raises ``RuntimeError`` if the graph of a Function is gone."""
    if isinstance(shown, Node):
        return shown
    node: Node | None = shown._node()
    if node is None:
        raise RuntimeError(f"the graph that {type(shown).__name__} belonged to is gone: keep a tensor of it")
    return node


class FunctionNode(Node):
    """The node. ``output_infos`` has None for an output that is no tensor; ``input_infos`` is about the tensor arguments, and
    ``takes_gradient`` says for each argument whether it is one.
    """

    __slots__ = ("context", "input_infos", "output_count", "output_infos", "takes_gradient")

    is_custom = True

    context: BackwardContext
    input_infos: Sequence[Info]
    output_infos: Sequence[Info | None]
    takes_gradient: Sequence[bool]

    def attach_context(self, context: BackwardContext) -> None:
        """Become the node of ``context``."""
        self.context = context
        context._node = ref(self)

    def shown(self) -> Any:
        """See :meth:`Node.shown`."""
        return self.context

    def _output_info(self, output_nr: int) -> Info | None:
        return self.output_infos[output_nr]

    def _call_backward(self, gradient: Any) -> list[Any]:
        """The gradients of the tensor arguments, as tensors or None."""
        parts = gradient if isinstance(gradient, list) else [gradient] * self.output_count
        before, thread_state.running_node = thread_state.running_node, self
        try:
            answer = self.context.apply(*self._shown_gradients(parts))
        finally:
            thread_state.running_node = before
        answers = list(answer) if isinstance(answer, tuple) else [answer]
        expected = len(self.takes_gradient)
        if len(answers) > expected and all(one is None for one in answers[expected:]):
            answers = answers[:expected]
        name = type(self).__name__
        if len(answers) != expected:
            raise RuntimeError(
                f"function {name} returned an incorrect number of gradients (expected {expected}, got {len(answers)})"
            )
        kept = []
        for position, (one, takes) in enumerate(zip(answers, self.takes_gradient, strict=True), start=1):
            if takes:
                kept.append(one)
            elif one is not None:
                raise RuntimeError(
                    f"function {name} returned a gradient different than None at position {position}, but the corresponding "
                    f"forward input was not a Variable"
                )
        for one in kept:
            if one is not None and not isinstance(one, Tensor):
                raise RuntimeError(f"expected Variable or None (got {type(one).__name__})")
        return [self._checked(index, one) for index, one in enumerate(kept)]

    def _shown_gradients(self, parts: Sequence[Any]) -> list[Tensor | None]:
        """The incoming gradients as ``backward`` sees them."""
        shown: list[Tensor | None] = []
        for part, info in zip(parts, self.output_infos, strict=True):
            if part is None and info is not None and self.context._materialize_grads:
                part = np.zeros(*info)
            shown.append(from_array(part) if isinstance(part, np.ndarray) else part)
        return shown

    def _checked(self, index: int, gradient: Tensor | None) -> Any:
        """A gradient in its input's shape and dtype; one that broadcasting made larger is summed. Raises ``RuntimeError``
        otherwise.
        """
        if gradient is None or self.next_edges[index] is None:
            return None
        shape, dtype = self.input_infos[index]
        got = gradient._array.shape
        if got != shape:
            try:
                fits = np.broadcast_shapes(got, shape) == got
            except ValueError:
                fits = False
            if not fits:
                raise RuntimeError(
                    f"Function {type(self).__name__} returned an invalid gradient at index {index} - got {list(got)} but expected "
                    f"shape compatible with {list(shape)}"
                )
            gradient = TENSORS.sum_to(gradient, shape)
        if gradient._array.dtype != dtype:
            gradient = TENSORS.cast(gradient, dtype)
        return gradient

    def apply_recorded(self, gradient: Any) -> tuple[Any, ...]:
        """See :meth:`Node.apply_recorded`."""
        return tuple(self._call_backward(gradient))

    def apply_raw(self, gradient: Any) -> tuple[Any, ...]:
        """See :meth:`Node.apply_raw`."""
        return tuple([None if one is None else one._array for one in self._call_backward(gradient)])


class DelayedError(Node):
    """Stands behind the gradients of a once-differentiable backward: differentiating them is the error it was given."""

    __slots__ = ("message", "output_count")

    display_name = "torch::autograd::Error"
    message: str

    def apply_raw(self, gradient: Any) -> tuple[Any, ...]:  # noqa: ARG002
        """Raise the error."""
        raise RuntimeError(self.message)

    apply_recorded = apply_raw


DelayedError.__name__ = DelayedError.__qualname__ = "Error"
DelayedError.__module__ = "builtins"
