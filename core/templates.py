"""How an operator runs, forward and backward: four templates, from the most common and fastest to the most general.

* :func:`_build_unary`: one tensor, then plain arguments; saves at most that tensor or the result;
* :func:`_build_binary`: two broadcasting operands, the second may be a Python number;
* :func:`_build_view`: one tensor, the result shares its memory;
* :func:`_build_general`: anything else.

The first two are written for speed (a small operation costs little more than NumPy's own call): slots are set in line instead of
through helper functions. All of them treat tensors the same way, and the general one says most plainly what is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy import ndarray

from . import errors, events
from .announce import announce, announce_cut
from .dtypes import float_result_type, get_default_dtype, result_type
from .grad_mode import thread_state
from .node import FREED, Edge, Node, gradient_edge, new, next_sequence_nr
from .saved import (
    PackedTensor,
    SavedOutput,
    number_as_tensor,
    raise_freed,
    raise_stale_input,
    raise_stale_output,
    save_output,
    unpack_raw,
    unpack_tensors,
)
from .saved_hooks import activity, pack_saved
from .storage import VersionCounter
from .tensor import Array, Tensor, from_array
from .views import attach_view

if TYPE_CHECKING:
    from .registry import Operator

Function = Callable[..., Any]
Built = tuple[Function, Function, Function]

FLOAT32 = np.dtype(np.float32)
FLOAT64 = np.dtype(np.float64)
ARRAYS: Any = None
TENSORS: Any = None


def backends(arrays: Any, tensors: Any) -> None:
    """Tell this module the two back-ends (they are filled by the registry, which imports this module)."""
    global ARRAYS, TENSORS
    ARRAYS, TENSORS = arrays, tensors


class Template(NamedTuple):
    """A way to build an operator: the extra slots of its nodes, and the builder."""

    slots: tuple[str, ...]
    build: Callable[[Operator, type[Node]], Built]


def choose(row: Operator) -> Template:
    """The fastest template that can do what ``row`` asks for."""
    if row.view:
        return Template(("params",), _build_view)
    simple = row.joint is None and not row.variadic and row.outputs == ("result",)
    two_operands = row.parameters == ("self", "other") and set(row.derivatives) == {"self", "other"}
    if simple and row.broadcast and two_operands and not row.plain_names and "result" not in row.saved_names:
        return Template(("fits", "needs"), _build_binary)
    if simple and not row.broadcast and tuple(row.derivatives) == ("self",) and row.parameters[0] == "self":
        mentioned = row.mentioned_by(row.derivatives["self"])
        ordered = mentioned == (*row.saved_names, *row.plain_names)
        plain_arguments = row.parameters[1:]
        if ordered and len(row.saved_names) <= 1 and row.plain_names in ((), plain_arguments, ("self_shape", *plain_arguments)):
            return Template(("params",) if row.plain_names else (), _build_unary)
    return Template(("fits", "infos", "needs", "params"), _build_general)


def _as_array(value: Any) -> Array:
    return value if type(value) is ndarray else np.asarray(value)


# ---------------------------------------------------------------------------------------------------------------- unary
def _build_unary(row: Operator, node_class: type[Node]) -> Built:
    kernel, formula, floats_only = row.kernel, row.derivatives["self"], row.floats_only
    saves_result = row.saved_names == ("result",)
    saves_self = row.saved_names == ("self",)
    keeps_params = bool(row.plain_names)
    keeps_shape = "self_shape" in row.plain_names
    argument_count = len(row.parameters) - 1
    defaults = row.defaults[1:]

    def operator(self: Tensor, *params: Any) -> Tensor:
        recording = thread_state.grad_enabled
        array = self._array
        if floats_only and array.dtype is not FLOAT32 and array.dtype.kind != "f":
            array = array.astype(get_default_dtype().np)
        if len(params) != argument_count:
            params += defaults[len(params) :]
        values = kernel(array, *params)
        if type(values) is not ndarray:
            values = np.asarray(values)
        result = new(Tensor)
        result._array = values
        result._counter = result._meta = None
        result._number = 0
        if recording and self._requires_grad:
            node: Any = new(node_class)
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
            if events.sink is not None:
                announce_cut(events.sink, recording, (self,), (result,))
        return result

    if saves_self or saves_result:

        def apply_raw(node: Any, gradient: Any) -> tuple[Any, ...]:
            saved = node.saved
            if saved is FREED:
                raise_freed()
            if gradient is None:
                return (None,)
            value, version = saved
            if saves_self:
                counter = value._counter
                if (0 if counter is None else counter.version) != version:
                    raise_stale_input(value, version)
                array = value._array
            else:
                if value.counter.version != value.version:
                    raise_stale_output(value, node, 0)
                array = value.array
            answer = formula(ARRAYS, gradient, array, *node.params) if keeps_params else formula(ARRAYS, gradient, array)
            return (answer if type(answer) is ndarray else np.asarray(answer),)

        def apply_recorded(node: Any, gradient: Any) -> tuple[Any, ...]:
            if node.saved is FREED:
                raise_freed()
            if gradient is None:
                return (None,)
            (value,) = unpack_tensors(node, node.saved)
            return (formula(TENSORS, gradient, value, *(node.params if keeps_params else ())),)

    else:

        def apply_raw(node: Any, gradient: Any) -> tuple[Any, ...]:
            if gradient is None:
                return (None,)
            answer = formula(ARRAYS, gradient, *node.params) if keeps_params else formula(ARRAYS, gradient)
            return (answer if type(answer) is ndarray else np.asarray(answer),)

        def apply_recorded(node: Any, gradient: Any) -> tuple[Any, ...]:
            if gradient is None:
                return (None,)
            return (formula(TENSORS, gradient, *(node.params if keeps_params else ())),)

    return operator, apply_raw, apply_recorded


# --------------------------------------------------------------------------------------------------------------- binary
def _promoted(row: Operator, first: Array, second: Any) -> tuple[Array, Any]:
    """The operands in the dtype that PyTorch computes in."""
    dtype = (float_result_type if row.floats_only else result_type)(first, second)
    if first.dtype != dtype:
        first = first.astype(dtype)
    if not isinstance(second, ndarray):
        second = np.asarray(second).astype(dtype)
    elif second.dtype != dtype:
        second = second.astype(dtype)
    return first, second


def _not_an_operand(row: Operator, value: Any) -> TypeError:
    return TypeError(f"{row.name}(): argument 'other' (position 2) must be Tensor, not {type(value).__name__}")


Fit = tuple[tuple[int, ...], Any]
"""The shape and dtype an input's gradient must have."""


def _fit_array(gradient: Any, fit: Fit) -> Array:
    shape, dtype = fit
    if gradient.shape != shape:
        gradient = ARRAYS.sum_to(gradient, shape)
    if gradient.dtype != dtype:
        gradient = gradient.astype(dtype)
    return _as_array(gradient)


def _fit_tensor(gradient: Tensor, fit: Fit) -> Tensor:
    shape, dtype = fit
    if gradient._array.shape != shape:
        gradient = TENSORS.sum_to(gradient, shape)
    if gradient._array.dtype != dtype:
        gradient = TENSORS.cast(gradient, dtype)
    return gradient


def _build_binary(row: Operator, node_class: type[Node]) -> Built:
    kernel = row.kernel
    by_self, by_other = row.derivatives["self"], row.derivatives["other"]
    named_self, named_other = row.mentioned_by(by_self), row.mentioned_by(by_other)
    self_for_self, other_for_self = "self" in named_self, "other" in named_self
    self_for_other, other_for_other = "self" in named_other, "other" in named_other
    saves_anything = bool(row.saved_names)
    for_self = _by_position(by_self, named_self)
    for_other = _by_position(by_other, named_other)

    def operator(self: Tensor, other: Any) -> Tensor:
        recording = thread_state.grad_enabled
        first = self._array
        kind = type(other)
        if kind is float or kind is int:
            second = other
            other_needs = False
            if first.dtype is not FLOAT32 and first.dtype is not FLOAT64:
                first, second = _promoted(row, first, second)
        else:
            try:
                second = other._array
                other_needs = other._requires_grad
            except AttributeError:
                if not isinstance(other, (bool, int, float, np.generic)):
                    raise _not_an_operand(row, other) from None
                other = second = other.item() if isinstance(other, np.generic) else other
                other_needs = False
                first, second = _promoted(row, first, second)
            else:
                dtype = first.dtype
                if dtype is not second.dtype or (dtype is not FLOAT32 and dtype is not FLOAT64):
                    first, second = _promoted(row, first, second)
        try:
            values = kernel(first, second)
        except ValueError:
            raise errors.not_broadcastable(first.shape, np.shape(second)) from None
        if type(values) is not ndarray:
            values = np.asarray(values)
        result = new(Tensor)
        result._array = values
        result._counter = result._meta = None
        result._number = 0
        if recording and (self._requires_grad or other_needs):
            node: Any = new(node_class)
            node.sequence_nr = next_sequence_nr()
            node.hooks = None
            node.number = 0
            needs = 0
            first_edge = second_edge = None
            if self._requires_grad:
                needs = 1
                first_edge = self._edge or gradient_edge(self)
            if other_needs:
                needs += 2
                second_edge = other._edge or gradient_edge(other)
            node.next_edges = (first_edge, second_edge)
            node.needs = needs
            if saves_anything:
                kept_self = kept_other = None
                self_version = other_version = 0
                if (self_for_other and needs & 2) or (self_for_self and needs & 1):
                    kept_self = self
                    counter = self._counter
                    if counter is not None:
                        self_version = counter.version
                if (other_for_self and needs & 1) or (other_for_other and needs & 2):
                    kept_other = other
                    if kind is not float and kind is not int and isinstance(other, Tensor):
                        counter = other._counter
                        if counter is not None:
                            other_version = counter.version
                node.saved = (kept_self, self_version, kept_other, other_version)
            else:
                node.saved = None
            shape = values.shape
            if (
                first is self._array
                and first.shape == shape
                and (not other_needs or (second is other._array and second.shape == shape))
            ):
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
            if events.sink is not None:
                announce_cut(events.sink, recording, (self, other), (result,))
        return result

    def apply_raw(node: Any, gradient: Any) -> tuple[Any, ...]:
        first = second = None
        if saves_anything:
            saved = node.saved
            if saved is FREED:
                raise_freed()
            first, self_version, second, other_version = saved
            if first is not None:
                counter = first._counter
                if (0 if counter is None else counter.version) != self_version:
                    raise_stale_input(first, self_version)
                first = first._array
            if isinstance(second, (Tensor, PackedTensor)):
                counter = second._counter
                if (0 if counter is None else counter.version) != other_version:
                    raise_stale_input(second, other_version)
                second = second._array
        if gradient is None:
            return None, None
        needs, fits = node.needs, node.fits
        for_first = for_second = None
        if needs & 1:
            for_first = for_self(ARRAYS, gradient, first, second)
            if fits is not None:
                for_first = _fit_array(for_first, fits[0])
            elif type(for_first) is not ndarray:
                for_first = np.asarray(for_first)
        if needs & 2:
            for_second = for_other(ARRAYS, gradient, first, second)
            if fits is not None:
                for_second = _fit_array(for_second, fits[1])
            elif type(for_second) is not ndarray:
                for_second = np.asarray(for_second)
        return for_first, for_second

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
            for_first = None if for_first is None else _fit_tensor(for_first, node.fits[0])
            for_second = None if for_second is None else _fit_tensor(for_second, node.fits[1])
        return for_first, for_second

    return operator, apply_raw, apply_recorded


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


# ----------------------------------------------------------------------------------------------------------------- view
def _build_view(row: Operator, node_class: type[Node]) -> Built:
    kernel, formula = row.kernel, row.derivatives["self"]
    mentioned = row.mentioned_by(formula)
    argument_names = row.parameters[1:]
    defaults = row.defaults[1:]

    def operator(self: Tensor, *params: Any) -> Tensor:
        recording = thread_state.grad_enabled
        array = self._array
        if len(params) != len(argument_names):
            params += defaults[len(params) :]
        values = kernel(array, *params)
        result = from_array(values if type(values) is ndarray else np.asarray(values))
        edge: Edge | None = None
        if recording and self._requires_grad:
            node: Any = new(node_class)
            node.next_edges = (self._edge or gradient_edge(self),)
            node.sequence_nr = next_sequence_nr()
            node.hooks = None
            node.number = 0
            node.saved = None
            known = dict(zip(argument_names, params, strict=True))
            node.params = tuple([array.shape if name == "self_shape" else known[name] for name in mentioned])
            edge = (node, 0)
        attach_view(result, self, edge, recording)
        if events.sink is not None:
            if edge is not None:
                announce(events.sink, edge[0], (result,), ())
            else:
                announce_cut(events.sink, recording, (self,), (result,))
        return result

    def apply_raw(node: Any, gradient: Any) -> tuple[Any, ...]:
        return (None if gradient is None else _as_array(formula(ARRAYS, gradient, *node.params)),)

    def apply_recorded(node: Any, gradient: Any) -> tuple[Any, ...]:
        return (None if gradient is None else formula(TENSORS, gradient, *node.params),)

    return operator, apply_raw, apply_recorded


# -------------------------------------------------------------------------------------------------------------- general
def _build_general(row: Operator, node_class: type[Node]) -> Built:
    kernel = row.kernel
    names = tuple(row.derivatives)
    positions = [row.parameters.index(name) for name in names]
    sources = (*row.saved_names, *row.plain_names)
    joint = row.joint
    formulas = [] if joint is not None else list(row.derivatives.values())
    asked = [[sources.index(name) for name in row.mentioned_by(formula)] for formula in formulas]
    asked_jointly = [] if joint is None else [sources.index(name) for name in row.mentioned_by(joint)]
    # which derivatives mention each saved name: it is saved only if one of them is needed
    mentioned = [[i for i, formula in enumerate(formulas) if name in row.mentioned_by(formula)] for name in row.saved_names]

    def operator(*arguments: Any) -> Any:
        recording = thread_state.grad_enabled
        if len(arguments) != len(row.parameters):
            arguments += row.defaults[len(arguments) :]
        arrays = _arrays_of(row, arguments)
        try:
            values = kernel(*arrays)
        except ValueError:
            if row.broadcast:
                shapes = [array.shape for array in arrays if isinstance(array, ndarray)]
                raise errors.not_broadcastable(shapes[0], shapes[-1]) from None
            raise
        values = values if len(row.outputs) > 1 else (values,)
        results = tuple([from_array(_as_array(value)) for value in values])
        inputs = list(arguments[0]) if row.variadic else [arguments[position] for position in positions]
        needs = tuple([isinstance(value, Tensor) and bool(value._requires_grad) for value in inputs])
        visible = results[: row.visible]
        if recording and True in needs:
            node: Any = new(node_class)
            node.next_edges = tuple([gradient_edge(value) if needed else None for value, needed in zip(inputs, needs, strict=True)])
            node.sequence_nr = next_sequence_nr()
            node.hooks = None
            node.number = 0
            node.needs = needs
            node.fits = _fits(inputs, needs) if row.broadcast else None
            node.params = tuple([_plain_value(row, name, arguments) for name in row.plain_names])
            differentiable = results[: row.differentiable_outputs]
            node.infos = [(value._array.shape, value._array.dtype) for value in differentiable] if len(differentiable) > 1 else None
            for number, result in enumerate(differentiable):
                result._requires_grad = True
                result._edge = (node, number)
            node.saved = _save(arguments, results, needs) if row.saved_names else None
            if events.sink is not None:
                announce(events.sink, node, visible, row.saved_names)
            if activity.blocks:
                pack_saved(node)
        elif events.sink is not None:
            announce_cut(events.sink, recording, inputs, visible)
        return visible[0] if row.visible == 1 else visible

    def _save(arguments: Sequence[Any], results: Sequence[Tensor], needs: Sequence[bool]) -> tuple[Any, ...]:
        saved: list[Any] = []
        for slot, name in enumerate(row.saved_names):
            needed = joint is not None or any(needs[i] for i in mentioned[slot])
            if name in row.outputs:
                number = row.outputs.index(name)
                result = results[number]
                if number < row.differentiable_outputs:
                    saved += (save_output(result) if needed else None, number)
                else:
                    saved += (result if needed else None, result._version)
            else:
                value = arguments[row.parameters.index(name)]
                saved += (value if needed else None, value._version if isinstance(value, Tensor) else 0)
        return tuple(saved)

    def apply_raw(node: Any, gradient: Any) -> tuple[Any, ...]:
        values = _checked(node, unpack_raw)
        gradient = _defined(node, gradient, lambda shape, dtype: np.zeros(shape, dtype))
        if gradient is None:
            return (None,) * len(node.needs)
        values += node.params
        if joint is not None:
            answers = list(joint(ARRAYS, gradient, node.needs, *[values[i] for i in asked_jointly]))
        else:
            answers = [
                formula(ARRAYS, gradient, *[values[i] for i in asked[number]]) if node.needs[number] else None
                for number, formula in enumerate(formulas)
            ]
        if node.fits is not None:
            return tuple([None if a is None else _fit_array(a, fit) for a, fit in zip(answers, node.fits, strict=True)])
        return tuple([None if a is None else _as_array(a) for a in answers])

    def apply_recorded(node: Any, gradient: Any) -> tuple[Any, ...]:
        values = _checked(node, unpack_tensors)
        gradient = _defined(node, gradient, lambda shape, dtype: from_array(np.zeros(shape, dtype)))
        if gradient is None:
            return (None,) * len(node.needs)
        values += node.params
        if joint is not None:
            answers = list(joint(TENSORS, gradient, node.needs, *[values[i] for i in asked_jointly]))
        else:
            answers = [
                formula(TENSORS, gradient, *[values[i] for i in asked[number]]) if node.needs[number] else None
                for number, formula in enumerate(formulas)
            ]
        if node.fits is not None:
            return tuple([None if a is None else _fit_tensor(a, fit) for a, fit in zip(answers, node.fits, strict=True)])
        return tuple(answers)

    return operator, apply_raw, apply_recorded


def _arrays_of(row: Operator, arguments: Sequence[Any]) -> list[Any]:
    """The arguments as the kernel wants them: arrays for tensors, in a common dtype for a broadcasting operator."""
    if row.variadic:
        return [[tensor._array for tensor in arguments[0]], *arguments[1:]]
    arrays = [value._array if isinstance(value, Tensor) else value for value in arguments]
    if row.broadcast:
        positions = [row.parameters.index(name) for name in row.derivatives]
        operands = [position for position in positions if arrays[position] is not None]
        dtype = (float_result_type if row.floats_only else result_type)(*[arrays[i] for i in operands])
        for i in operands:
            arrays[i] = np.asarray(arrays[i]).astype(dtype, copy=False)
    elif row.floats_only and arrays[0].dtype.kind != "f":
        arrays[0] = arrays[0].astype(get_default_dtype().np)
    return arrays


def _fits(inputs: Sequence[Any], needs: Sequence[bool]) -> tuple[Fit | None, ...]:
    return tuple(
        [(value._array.shape, value._array.dtype) if needed else None for value, needed in zip(inputs, needs, strict=True)]
    )


def _plain_value(row: Operator, name: str, arguments: Sequence[Any]) -> Any:
    """The value of a plain name: an argument, or the shape(s), the dtype or the memory order of one."""
    if name in row.parameters:
        return arguments[row.parameters.index(name)]
    parameter, _, what = name.rpartition("_")
    value = arguments[row.parameters.index(parameter)]
    if what == "shapes":
        return [tensor._array.shape for tensor in value]
    if not isinstance(value, Tensor):
        value = number_as_tensor(value)
    if what == "transposed":
        return value._array.flags.f_contiguous and not value._array.flags.c_contiguous
    return value._array.shape if what == "shape" else value._array.dtype


def _checked(node: Any, unpack: Callable[[Node, Sequence[Any]], list[Any]]) -> list[Any]:
    saved = node.saved
    if saved is None:
        return []
    if saved is FREED:
        raise_freed()
    return unpack(node, saved)


def _defined(node: Any, gradient: Any, zeros: Callable[..., Any]) -> Any:
    """The gradient as formulas want it: for several outputs a tuple, where zeros stand for undefined ones."""
    if node.infos is None:
        return gradient
    if gradient is None or all(part is None for part in gradient):
        return None
    return tuple([zeros(*info) if part is None else part for part, info in zip(gradient, node.infos, strict=True)])
