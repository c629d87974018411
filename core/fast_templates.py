"""The two templates most operators use, written for speed: see :mod:`.templates`.

What the general template does through helper functions is written out here, for a function call costs as much as a small operation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import asarray, ndarray

from . import errors, events
from .activity import activity
from .announce import announce, announce_cut
from .backends import ARRAYS, TENSORS
from .blanks import new
from .fitting import fit_array, fit_tensor
from .grad_mode import thread_state
from .node import FREED, Node, gradient_edge, next_sequence_nr
from .numpy_calls import from_core
from .promotion import as_float, promoted
from .saved import (
    PackedTensor,
    SavedOutput,
    raise_freed,
    raise_stale_input,
    raise_stale_output,
    unpack_tensors,
)
from .saved_hooks import pack_saved
from .storage import InferenceCounter, VersionCounter
from .tensor import Tensor

if TYPE_CHECKING:
    from .registry import Operator

Function = Callable[..., Any]
Built = tuple[Function, Function, Function]

FLOAT32 = np.dtype(np.float32)
FLOAT64 = np.dtype(np.float64)


# ---------------------------------------------------------------------------------------------------------------- unary
def build_unary(row: Operator, node_class: type[Node]) -> Built:
    """One tensor, then plain arguments."""
    kernel, formula, floats_only = from_core(row.kernel), row.derivatives["self"], row.floats_only
    saves_result = row.saved_names == ("result",)
    saves_self = row.saved_names == ("self",)
    keeps_params = bool(row.plain_names)
    keeps_shape = "self_shape" in row.plain_names
    argument_count = len(row.parameters) - 1
    defaults = row.defaults[1:]

    def operator(self: Tensor, *params: Any) -> Tensor:
        recording = thread_state.grad_enabled
        array = self._array
        if floats_only and array.dtype is not FLOAT32:
            array = as_float(array)
        if len(params) != argument_count:
            params += defaults[len(params) :]
        values = kernel(array, *params) if params else kernel(array)
        if type(values) is not ndarray:
            values = asarray(values)
        result: Tensor = new(Tensor)
        result._array = values
        result._counter = result._meta = None
        result._number = 0
        if recording and self._requires_grad:
            node: Node = new(node_class)
            node.next_edges = (self._edge or gradient_edge(self),)
            node.sequence_nr = next_sequence_nr()
            node.hooks = None
            node.number = 0
            if keeps_params:
                node.params = (array.shape, *params) if keeps_shape else params
            if saves_self:
                counter = self._counter
                node.saved = (self, 0 if counter is None else counter.version)
            elif saves_result:
                saved = new(SavedOutput)
                saved.array = values
                saved.counter = result._counter = VersionCounter()
                saved.version = 0
                node.saved = (saved, 0)
            else:
                node.saved = None
            result._requires_grad = True
            result._edge = (node, 0)
            if events.sink is not None:
                announce(events.sink, node, (result,), row.saved_names)
            if activity.blocks:
                pack_saved(node)
        else:
            result._requires_grad = False
            result._edge = None
            if activity.inference and thread_state.inference:
                result._counter = InferenceCounter()
            if events.sink is not None:
                announce_cut(events.sink, recording, (self,), (result,))
        return result

    if saves_self or saves_result:

        def apply_raw(node: Node, gradient: Any) -> tuple[Any, ...]:
            saved: Any = node.saved
            if saved is FREED:
                raise_freed()
            if gradient is None:
                return (None,)
            value, version = saved
            if saves_self:
                counter = value._counter
                if counter is not None and counter.version != version:
                    raise_stale_input(value, version)
                array = value._array
            else:
                if value.counter.version != value.version:
                    raise_stale_output(value, node, 0)
                array = value.array
            answer = formula(ARRAYS, gradient, array, *node.params) if keeps_params else formula(ARRAYS, gradient, array)
            return (answer if type(answer) is ndarray else asarray(answer),)

        def apply_recorded(node: Any, gradient: Any) -> tuple[Any, ...]:
            if node.saved is FREED:
                raise_freed()
            if gradient is None:
                return (None,)
            (value,) = unpack_tensors(node, node.saved)
            return (formula(TENSORS, gradient, value, *(node.params if keeps_params else ())),)

    else:

        def apply_raw(node: Node, gradient: Any) -> tuple[Any, ...]:
            if gradient is None:
                return (None,)
            answer = formula(ARRAYS, gradient, *node.params) if keeps_params else formula(ARRAYS, gradient)
            return (answer if type(answer) is ndarray else asarray(answer),)

        def apply_recorded(node: Any, gradient: Any) -> tuple[Any, ...]:
            if gradient is None:
                return (None,)
            return (formula(TENSORS, gradient, *(node.params if keeps_params else ())),)

    return operator, apply_raw, apply_recorded


# --------------------------------------------------------------------------------------------------------------- binary
def _not_an_operand(row: Operator, value: Any) -> TypeError:
    return TypeError(f"{row.name}(): argument 'other' (position 2) must be Tensor, not {type(value).__name__}")


def build_binary(row: Operator, node_class: type[Node]) -> Built:
    """Two operands that broadcast; the second may be a Python number.

    The function has an attribute ``python_operator``: the same for ``Tensor.__mul__`` and the like, which must not raise
    ``TypeError`` but return ``NotImplemented`` for what is no operand.
    """
    operator = _binary_operator(row, node_class, is_method=False)
    operator.python_operator = _binary_operator(row, node_class, is_method=True)  # type: ignore[attr-defined]
    return operator, *_binary_derivatives(row)


def _binary_operator(row: Operator, node_class: type[Node], is_method: bool) -> Function:
    kernel = from_core(row.kernel)
    saves_anything = bool(row.saved_names)
    keeps_self, keeps_other = (_kept_when(row, name) for name in ("self", "other"))

    def operator(self: Tensor, other: Any) -> Any:
        recording = thread_state.grad_enabled
        first = self._array
        kind = type(other)
        if kind is float or kind is int:
            second = other
            other_needs = False
            fitting = True
            if first.dtype is not FLOAT32 and first.dtype is not FLOAT64:
                first, second = promoted(row, first, second)
                fitting = first is self._array
        elif isinstance(other, Tensor):
            operand: Tensor = other
            second = operand._array
            other_needs = operand._requires_grad
            dtype = first.dtype
            fitting = first.shape == second.shape
            if dtype is not second.dtype or (dtype is not FLOAT32 and dtype is not FLOAT64):
                first, second = promoted(row, first, second)
                fitting = fitting and first is self._array and second is operand._array
        elif isinstance(other, (bool, int, float, np.generic)):
            other = second = other.item() if isinstance(other, np.generic) else other
            other_needs = False
            first, second = promoted(row, first, second)
            fitting = first is self._array
        elif is_method:
            return NotImplemented
        else:
            raise _not_an_operand(row, other)
        try:
            values = kernel(first, second)
        except ValueError:
            raise errors.not_broadcastable(first.shape, np.shape(second)) from None
        if type(values) is not ndarray:
            values = asarray(values)
        result: Tensor = new(Tensor)
        result._array = values
        result._counter = result._meta = None
        result._number = 0
        needs_self = self._requires_grad
        if recording and (needs_self or other_needs):
            node: Node = new(node_class)
            node.sequence_nr = next_sequence_nr()
            node.hooks = None
            node.number = 0
            needs = 0
            first_edge = second_edge = None
            if needs_self:
                needs = 1
                first_edge = self._edge or gradient_edge(self)
            if other_needs:
                needs += 2
                second_edge = operand._edge or gradient_edge(operand)
            node.next_edges = (first_edge, second_edge)
            node.needs = needs
            if saves_anything:
                kept_self = kept_other = None
                self_version = other_version = 0
                if keeps_self[needs]:
                    kept_self = self
                    counter = self._counter
                    if counter is not None:
                        self_version = counter.version
                if keeps_other[needs]:
                    kept_other = other
                    if isinstance(other, Tensor):
                        counter = operand._counter
                        if counter is not None:
                            other_version = counter.version
                node.saved = (kept_self, self_version, kept_other, other_version)
            else:
                node.saved = None
            if fitting:
                node.fits = None
            else:
                fit_other = (other._array.shape, other._array.dtype) if other_needs else None
                node.fits = ((self._array.shape, self._array.dtype), fit_other)
            result._requires_grad = True
            result._edge = (node, 0)
            if events.sink is not None:
                announce(events.sink, node, (result,), row.saved_names if saves_anything else ())
            if activity.blocks:
                pack_saved(node)
        else:
            result._requires_grad = False
            result._edge = None
            if activity.inference and thread_state.inference:
                result._counter = InferenceCounter()
            if events.sink is not None:
                announce_cut(events.sink, recording, (self, other), (result,))
        return result

    operator.__name__ = operator.__qualname__ = row.name
    return operator


def _kept_when(row: Operator, name: str) -> tuple[bool, bool, bool, bool]:
    """Whether the operand ``name`` is kept when no gradient is needed, that of ``self``, that of ``other``, both."""
    for_self = name in row.mentioned_by(row.derivatives["self"])
    for_other = name in row.mentioned_by(row.derivatives["other"])
    return False, for_self, for_other, for_self or for_other


def _binary_derivatives(row: Operator) -> tuple[Function, Function]:
    saves_anything = bool(row.saved_names)
    by_self, by_other = row.derivatives["self"], row.derivatives["other"]
    named_self, named_other = row.mentioned_by(by_self), row.mentioned_by(by_other)
    for_self, for_other = _by_position(by_self, named_self), _by_position(by_other, named_other)
    # the commonest derivatives mention nothing, or the other operand: these are called as they are
    self_needs_nothing, other_needs_nothing = not named_self, not named_other
    self_needs_other, other_needs_self = named_self == ("other",), named_other == ("self",)

    def apply_raw(node: Node, gradient: Any) -> tuple[Any, ...]:
        first = second = None
        if saves_anything:
            saved: Any = node.saved
            if saved is FREED:
                raise_freed()
            first, self_version, second, other_version = saved
            if first is not None:
                counter = first._counter
                if counter is not None and counter.version != self_version:
                    raise_stale_input(first, self_version)
                first = first._array
            if type(second) is Tensor or isinstance(second, (Tensor, PackedTensor)):
                counter = second._counter
                if counter is not None and counter.version != other_version:
                    raise_stale_input(second, other_version)
                second = second._array
        if gradient is None:
            return None, None
        needs, fits = node.needs, node.fits
        answer_self = answer_other = None
        if needs & 1:
            if self_needs_other:
                answer_self = by_self(ARRAYS, gradient, second)
            elif self_needs_nothing:
                answer_self = by_self(ARRAYS, gradient)
            else:
                answer_self = for_self(ARRAYS, gradient, first, second)
            if fits is not None:
                answer_self = fit_array(answer_self, fits[0])
            elif type(answer_self) is not ndarray:
                answer_self = asarray(answer_self)
        if needs & 2:
            if other_needs_self:
                answer_other = by_other(ARRAYS, gradient, first)
            elif other_needs_nothing:
                answer_other = by_other(ARRAYS, gradient)
            else:
                answer_other = for_other(ARRAYS, gradient, first, second)
            if fits is not None:
                answer_other = fit_array(answer_other, fits[1])
            elif type(answer_other) is not ndarray:
                answer_other = asarray(answer_other)
        return answer_self, answer_other

    def apply_recorded(node: Any, gradient: Any) -> tuple[Any, ...]:
        first = second = None
        if saves_anything:
            if node.saved is FREED:
                raise_freed()
            first, second = unpack_tensors(node, node.saved)
        if gradient is None:
            return None, None
        for_first = for_self(TENSORS, gradient, first, second) if node.needs & 1 else None
        for_second = for_other(TENSORS, gradient, first, second) if node.needs & 2 else None
        if node.fits is not None:
            for_first = None if for_first is None else fit_tensor(for_first, node.fits[0])
            for_second = None if for_second is None else fit_tensor(for_second, node.fits[1])
        return for_first, for_second

    return apply_raw, apply_recorded


# ruff: noqa: ARG005
def _by_position(formula: Function, named: tuple[str, ...]) -> Function:
    """``formula`` with the one signature ``(k, g, self, other)``."""
    if named == ("self", "other"):
        return formula
    if named == ("other", "self"):
        return lambda k, g, first, second: formula(k, g, second, first)
    if named == ("self",):
        return lambda k, g, first, second: formula(k, g, first)
    if named == ("other",):
        return lambda k, g, first, second: formula(k, g, second)
    return lambda k, g, first, second: formula(k, g)
