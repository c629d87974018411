"""Parameter: a tensor that a module owns and an optimizer updates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .. import errors, events
from ..identity import tensor_id
from ..storage import counter_of, new_counter
from ..tensor import Tensor, from_array


class Parameter(Tensor):
    """A leaf that requires grad by default and registers itself with the module it is assigned to.

    It shares memory and version counter with ``data``. Raises ``RuntimeError`` for integers with ``requires_grad=True``.
    """

    __slots__ = ()

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Parameter:
        """Wrap ``data`` (not copied); without data, an empty tensor."""
        self = object.__new__(cls)
        self._array = np.empty(0, np.float32) if data is None else data._array
        self._requires_grad = False
        self._edge = self._meta = None
        self._counter = new_counter() if data is None else counter_of(data)
        self._number = 0
        if requires_grad:
            if not self.is_floating_point():
                raise RuntimeError(errors.ONLY_FLOATS_AT_CREATION)
            self._set_requires_grad(True)
        return self

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        """Everything was done at creation."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        """A parameter with the same values; unlike another tensor's copy it has no gradient, as in PyTorch."""
        known = memo.get(id(self))
        if known is None:
            known = memo[id(self)] = type(self)(from_array(self._array.copy()), bool(self._requires_grad))
        copied: Parameter = known
        return copied

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()


Parameter.__module__ = "torch.nn.parameter"  # print(type(x)) shows <class 'torch.nn.parameter.Parameter'>


class _BufferType(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and getattr(instance, "_is_buffer", False)


class Buffer(Tensor, metaclass=_BufferType):
    """A tensor that is registered as a buffer where it is assigned to a module; ``persistent``: as part of the state.

    It is an ordinary tensor over the memory of ``data``, marked.
    """

    __slots__ = ()

    persistent: bool

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Tensor:  # type: ignore[misc]
        """Mark ``data`` (not copied); without data, an empty tensor."""
        marked = from_array(np.empty(0, np.float32)) if data is None else data.detach().requires_grad_(data.requires_grad)
        marked.persistent, marked._is_buffer = persistent, True  # type: ignore[attr-defined]
        return marked


def reset_gradients(parameters: Iterable[Tensor], set_to_none: bool) -> None:
    """Set the ``.grad`` of all parameters to None, or fill it with zeros, and tell the listener once.

    A gradient with a history (from ``create_graph=True``) is cut off from it before it is filled.
    """
    reset: list[Tensor] = []
    for parameter in parameters:
        meta = parameter._meta
        gradient: Any = None if meta is None else meta.grad
        if meta is None or gradient is None:
            continue
        reset.append(parameter)
        if set_to_none:
            meta.grad = None
            continue
        if gradient.grad_fn is not None:
            gradient.detach_()
        else:
            gradient.requires_grad_(False)
        _fill_with_zeros(gradient)
    if reset and events.sink is not None:
        events.sink.grad_reset([tensor_id(one) for one in reset], "none" if set_to_none else "zero")


def _fill_with_zeros(gradient: Tensor) -> None:
    """``gradient.zero_()`` without its event: :func:`reset_gradients` tells one for all."""
    gradient._array.fill(0)
    try:
        counter_of(gradient).version += 1
    except RuntimeError:
        raise RuntimeError(errors.INFERENCE_WRITE) from None


def leaf_ids(parameters: Sequence[Tensor]) -> list[int]:
    """The event ids of these leaves."""
    return [tensor_id(one) for one in parameters]
