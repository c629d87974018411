"""Copies of tensors by Python's own means: :mod:`copy` and :mod:`pickle`."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from . import errors
from .events import Array
from .storage import counter_of

if TYPE_CHECKING:
    from .tensor import Tensor


def deep_copy(self: Tensor, memo: dict[int, Any]) -> Tensor:
    """A leaf's copy, with its gradient; raises ``RuntimeError`` for a tensor with history, as PyTorch does."""
    if not self.is_leaf:
        raise RuntimeError(errors.DEEPCOPY_OF_NON_LEAF)
    if id(self) in memo:
        known: Tensor = memo[id(self)]
        return known
    copied = type(self).__new__(type(self))
    copied._array = self._array.copy()
    copied._set_requires_grad(bool(self._requires_grad))
    memo[id(self)] = copied
    if self._meta is not None and self._meta.grad is not None:
        copied._own_meta().grad = deep_copy(self._meta.grad, memo)
    copied.__dict__.update(copy.deepcopy(self.__dict__, memo))
    return copied


def shallow_copy(self: Tensor) -> Tensor:
    """A leaf over the same memory, with the same flag and without history."""
    copied = type(self).__new__(type(self))
    copied._array, copied._counter = self._array, counter_of(self)
    copied._set_requires_grad(bool(self._requires_grad))
    copied.__dict__.update(self.__dict__)
    return copied


def reduced(self: Tensor) -> tuple[Any, ...]:
    """For pickle and multiprocessing: values, type and flag; as in PyTorch, a history does not go with it."""
    kind = type(self)
    wanted = kind.__qualname__ if kind.__module__.startswith("torch") else kind  # those are found under our own name
    return _rebuilt, (wanted, self._array, bool(self._requires_grad)), self.__dict__ or None


def _rebuilt(wanted: str | type[Tensor], array: Array, requires_grad: bool) -> Tensor:
    """The tensor that was pickled."""
    from .nn.parameter import Parameter  # noqa: PLC0415  (both need this module)
    from .tensor import Tensor  # noqa: PLC0415

    kind = wanted if isinstance(wanted, type) else {"Tensor": Tensor, "Parameter": Parameter}[wanted]
    tensor = kind.__new__(kind)
    tensor._array = array
    tensor._set_requires_grad(requires_grad)
    return tensor
