"""The node of a user's Function. It is also the ``ctx`` that ``forward`` and ``backward`` are given."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..backends import TENSORS
from ..node import FREED, Node
from ..saved import raise_freed, saved_handles, unpack_tensors
from ..tensor import Tensor, from_array


class FunctionContext:
    """What ``forward`` may tell about its arguments and results. The node of each Function inherits it."""

    __slots__ = ()

    to_save: tuple[Any, ...] | None
    non_differentiable: tuple[Any, ...] | None
    dirty_tensors: tuple[Any, ...] | None
    saved_for_forward: tuple[Any, ...] | None
    _materialize_grads: bool

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


FunctionContext.__name__ = FunctionContext.__qualname__ = "FunctionCtx"
FunctionContext.__module__ = "torch.autograd.function"


class FunctionNode(Node, FunctionContext):
    """The backward function of a user's Function; it has a dict for whatever ``forward`` puts there.

    ``output_infos``: shape and dtype of each output, None for one that is no tensor. ``input_shapes``: shape and dtype of each
    tensor argument; ``takes_gradient``: for each argument, whether it is a tensor.
    """

    __slots__ = (
        "__dict__",
        "_materialize_grads",
        "dirty_tensors",
        "input_infos",
        "needs_input_grad",
        "non_differentiable",
        "output_count",
        "output_infos",
        "saved_for_forward",
        "takes_gradient",
        "to_save",
    )

    function: Any = None
    is_custom = True

    needs_input_grad: tuple[bool, ...]
    input_infos: Sequence[tuple[tuple[int, ...], Any]]
    output_infos: Sequence[tuple[tuple[int, ...], Any] | None]
    takes_gradient: Sequence[bool]

    __call__ = None  # type: ignore[assignment]  # not callable, unlike the nodes of operators

    def __repr__(self) -> str:
        return f"<torch.autograd.function.{type(self).__name__} object at {id(self):#x}>"

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What ``save_for_backward`` kept."""
        if self.saved is FREED:
            raise_freed()
        return tuple(unpack_tensors(self, self.saved or ()))

    @property
    def saved_variables(self) -> tuple[Any, ...]:
        """The old name of :attr:`saved_tensors`."""
        warnings.warn("'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2)
        return self.saved_tensors

    @property
    def _raw_saved_tensors(self) -> tuple[Any, ...]:
        if self.saved is FREED:
            raise_freed()
        return saved_handles(self)

    # ------------------------------------------------------------------------------------------------ backward
    def apply(self, *gradients: Any) -> Any:
        """Call the user's ``backward`` (or ``vjp``)."""
        return self.function.user_backward()(self, *gradients)

    def _call_backward(self, gradient: Any) -> list[Any]:
        """The gradients of the tensor arguments, as tensors or None."""
        parts = gradient if isinstance(gradient, list) else [gradient] * self.output_count
        answer = self.apply(*self._shown(parts))
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

    def _shown(self, parts: Sequence[Any]) -> list[Tensor | None]:
        """The incoming gradients as ``backward`` sees them."""
        shown: list[Tensor | None] = []
        for part, info in zip(parts, self.output_infos, strict=True):
            if part is None and info is not None and self._materialize_grads:
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

    __slots__ = ("message",)

    display_name = "Error"
    message: str

    def apply_raw(self, gradient: Any) -> tuple[Any, ...]:  # noqa: ARG002
        """Raise the error."""
        raise RuntimeError(self.message)

    apply_recorded = apply_raw


DelayedError.__name__ = DelayedError.__qualname__ = "Error"
DelayedError.__module__ = "builtins"
