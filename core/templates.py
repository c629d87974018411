"""How an operator runs, forward and backward: five templates, from the most common and fastest to the most general.

* :func:`.fast_templates.build_unary`: one tensor, then plain arguments; saves at most that tensor or the result;
* :func:`.fast_templates.build_binary`: two broadcasting operands, the second may be a Python number;
* :func:`.product_template.build_product`: several tensors that do not broadcast, one result;
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
from .activity import activity
from .announce import announce, announce_cut
from .backends import ARRAYS, TENSORS
from .blanks import new
from .describing import picker, plain_value
from .fast_templates import build_binary, build_unary
from .fitting import Fit, as_array, fit_array, fit_tensor
from .grad_mode import thread_state
from .node import FREED, Edge, Node, gradient_edge, next_sequence_nr
from .numpy_calls import from_core
from .product_template import build_product
from .promotion import arrays_of
from .saved import (
    raise_freed,
    save_output,
    unpack_raw,
    unpack_tensors,
)
from .saved_hooks import pack_saved
from .storage import version_of
from .tensor import Tensor, from_array
from .views import attach_view

if TYPE_CHECKING:
    from .registry import Operator

Function = Callable[..., Any]
Built = tuple[Function, Function, Function]


class Template(NamedTuple):
    """A way to build an operator: the extra slots of its nodes, and the builder."""

    slots: tuple[str, ...]
    build: Callable[[Operator, type[Node]], Built]


def choose(row: Operator) -> Template:
    """The fastest template that can do what ``row`` asks for."""
    if row.view:
        return Template(("params",), _build_view)
    simple = row.joint is None and not row.variadic and row.outputs == ("result",) and not row.keeps_arguments
    two_operands = row.parameters == ("self", "other") and set(row.derivatives) == {"self", "other"}
    if simple and row.broadcast and two_operands and not row.plain_names and "result" not in row.saved_names:
        return Template(("fits", "needs"), build_binary)
    if simple and not row.broadcast and tuple(row.derivatives) == ("self",) and row.parameters[0] == "self":
        mentioned = row.mentioned_by(row.derivatives["self"])
        ordered = mentioned == (*row.saved_names, *row.plain_names)
        plain_arguments = row.parameters[1:]
        if (
            ordered
            and row.saved_names in ((), ("self",), ("result",))
            and row.plain_names in ((), plain_arguments, ("self_shape", *plain_arguments))
        ):
            return Template(("params",) if row.plain_names else (), build_unary)
    if simple and not row.broadcast and not row.floats_only:
        return Template(("params",), build_product)
    return Template(("fits", "infos", "needs", "params"), _build_general)


# ----------------------------------------------------------------------------------------------------------------- view
def _build_view(row: Operator, node_class: type[Node]) -> Built:
    kernel, formula = from_core(row.kernel), row.derivatives["self"]
    mentioned = row.mentioned_by(formula)
    argument_names = row.parameters[1:]
    argument_count = len(argument_names)
    defaults = row.defaults[1:]
    keeps_all = mentioned == argument_names
    kept = [None if name == "self_shape" else argument_names.index(name) for name in mentioned]

    def operator(self: Tensor, *params: Any) -> Tensor:
        recording = thread_state.grad_enabled
        array = self._array
        if len(params) != argument_count:
            params += defaults[len(params) :]
        values = kernel(array, *params)
        result: Tensor = new(Tensor)
        result._array = values if type(values) is ndarray else np.asarray(values)
        result._requires_grad = False
        result._edge = result._meta = None
        result._number = 0
        edge: Edge | None = None
        if recording and self._requires_grad:
            node: Node = new(node_class)
            node.next_edges = (self._edge or gradient_edge(self),)
            node.sequence_nr = next_sequence_nr()
            node.hooks = None
            node.number = 0
            node.saved = None
            node.params = params if keeps_all else tuple([array.shape if index is None else params[index] for index in kept])
            edge = (node, 0)
            if activity.blocks:
                pack_saved(node)
        attach_view(result, self, edge, recording)
        if events.sink is not None:
            if edge is not None:
                announce(events.sink, edge[0], (result,), ())
            else:
                announce_cut(events.sink, recording, (self,), (result,))
        return result

    def apply_raw(node: Node, gradient: Any) -> tuple[Any, ...]:
        if gradient is None:
            return (None,)
        answer = formula(ARRAYS, gradient, *node.params)
        return (answer if type(answer) is ndarray else np.asarray(answer),)

    def apply_recorded(node: Any, gradient: Any) -> tuple[Any, ...]:
        return (None if gradient is None else formula(TENSORS, gradient, *node.params),)

    return operator, apply_raw, apply_recorded


# -------------------------------------------------------------------------------------------------------------- general
def _build_general(row: Operator, node_class: type[Node]) -> Built:
    kernel = from_core(row.kernel)
    names = tuple(row.derivatives)
    positions = [row.parameters.index(name) for name in names]
    sources = (*row.saved_names, *row.plain_names)
    joint = row.joint
    formulas = [] if joint is not None else list(row.derivatives.values())
    asked = [picker([sources.index(name) for name in row.mentioned_by(formula)]) for formula in formulas]
    asked_jointly = picker([] if joint is None else [sources.index(name) for name in row.mentioned_by(joint)])
    # which derivatives mention each saved name: it is saved only if one of them is needed
    mentioned = [[i for i, formula in enumerate(formulas) if name in row.mentioned_by(formula)] for name in row.saved_names]
    saves = [
        (name in row.outputs, (row.outputs if name in row.outputs else row.parameters).index(name), asking)
        for name, asking in zip(row.saved_names, mentioned, strict=True)
    ]
    plain_values = [plain_value(row, name) for name in row.plain_names]
    argument_count = len(row.parameters)
    saves_anything = bool(row.saved_names)
    nothing_saved: tuple[Any, ...] | None = () if row.keeps_arguments else None
    single, visible_count = row.outputs == ("result",), row.visible
    variadic, converts = row.variadic, row.variadic or row.broadcast or row.floats_only
    differentiable = row.differentiable_outputs

    def operator(*arguments: Any) -> Any:
        recording = thread_state.grad_enabled
        if len(arguments) != argument_count:
            arguments += row.defaults[len(arguments) :]
        if converts:
            arrays = arrays_of(row, arguments)
        else:
            arrays = [value._array if isinstance(value, Tensor) else value for value in arguments]
        try:
            values = kernel(*arrays)
        except ValueError:
            if row.broadcast:
                shapes = [array.shape for array in arrays if isinstance(array, ndarray)]
                raise errors.not_broadcastable(shapes[0], shapes[-1]) from None
            raise
        results: tuple[Tensor, ...]
        visible: tuple[Tensor, ...]
        if single:
            visible = results = (from_array(values if type(values) is ndarray else np.asarray(values)),)
        else:
            results = tuple([from_array(as_array(value)) for value in values])
            visible = results[:visible_count]
        inputs = arguments[0] if variadic else [arguments[position] for position in positions]
        edges: tuple[Edge | None, ...] = ()
        if recording:
            edges = tuple(
                [
                    (value._edge or gradient_edge(value)) if isinstance(value, Tensor) and value._requires_grad else None
                    for value in inputs
                ]
            )
        if edges.count(None) != len(edges):
            node: Node = new(node_class)
            node.next_edges = edges
            node.sequence_nr = next_sequence_nr()
            node.hooks = None
            node.number = 0
            node.needs = needs = tuple([edge is not None for edge in edges])
            node.fits = _fits(inputs, needs) if row.broadcast else None
            node.params = tuple([plain_value(arguments) for plain_value in plain_values])
            node.infos = None
            if differentiable == 1:
                results[0]._requires_grad = True
                results[0]._edge = (node, 0)
            else:
                node.infos = [(value._array.shape, value._array.dtype) for value in results[:differentiable]]
                for number, result in enumerate(results[:differentiable]):
                    result._requires_grad = True
                    result._edge = (node, number)
            node.saved = _save(arguments, results, needs) if saves_anything else nothing_saved
            if events.sink is not None:
                announce(events.sink, node, visible, row.saved_names)
            if activity.blocks:
                pack_saved(node)
        elif events.sink is not None:
            announce_cut(events.sink, recording, inputs, visible)
        return visible[0] if visible_count == 1 else visible

    def _save(arguments: Sequence[Any], results: Sequence[Tensor], needs: Sequence[bool]) -> tuple[Any, ...]:
        saved: list[Any] = []
        for is_output, position, asking in saves:
            needed = joint is not None
            for index in asking:
                needed = needed or needs[index]
            if not is_output:
                value = arguments[position]
                saved += (value, version_of(value) if isinstance(value, Tensor) else 0) if needed else (None, 0)
            elif position < differentiable:
                saved += (save_output(results[position]) if needed else None, position)
            else:
                saved += (results[position] if needed else None, version_of(results[position]))
        return tuple(saved)

    def apply_raw(node: Node, gradient: Any) -> tuple[Any, ...]:
        saved, needs = node.saved, node.needs
        if saved is FREED:
            raise_freed()
        values = unpack_raw(node, saved) if saved is not None else []
        if node.infos is not None:
            gradient = _defined(node, gradient, None if row.undefined_as_none else lambda shape, dtype: np.zeros(shape, dtype))
        if gradient is None:
            return (None,) * len(needs)
        values += node.params
        if joint is not None:
            answers = joint(ARRAYS, gradient, needs, *asked_jointly(values))
        else:
            answers = [
                formulas[number](ARRAYS, gradient, *asked[number](values)) if needed else None
                for number, needed in enumerate(needs)
            ]
        if node.fits is not None:
            return tuple([None if a is None else fit_array(a, fit) for a, fit in zip(answers, node.fits, strict=True)])
        return tuple([a if a is None or type(a) is ndarray else np.asarray(a) for a in answers])

    def apply_recorded(node: Any, gradient: Any) -> tuple[Any, ...]:
        saved, needs = node.saved, node.needs
        if saved is FREED:
            raise_freed()
        values = unpack_tensors(node, saved) if saved is not None else []
        if node.infos is not None:
            zeros = None if row.undefined_as_none else lambda shape, dtype: from_array(np.zeros(shape, dtype))
            gradient = _defined(node, gradient, zeros)
        if gradient is None:
            return (None,) * len(needs)
        values += node.params
        if joint is not None:
            answers = list(joint(TENSORS, gradient, needs, *asked_jointly(values)))
        else:
            answers = [
                formulas[number](TENSORS, gradient, *asked[number](values)) if needed else None
                for number, needed in enumerate(needs)
            ]
        if node.fits is not None:
            return tuple([None if a is None else fit_tensor(a, fit) for a, fit in zip(answers, node.fits, strict=True)])
        return tuple(answers)

    return operator, apply_raw, apply_recorded


def _fits(inputs: Sequence[Any], needs: Sequence[bool]) -> tuple[Fit | None, ...]:
    return tuple(
        [(value._array.shape, value._array.dtype) if needed else None for value, needed in zip(inputs, needs, strict=True)]
    )


def _defined(node: Any, gradient: Any, zeros: Callable[..., Any] | None) -> Any:
    """The gradients of several outputs as formulas want them: a tuple, where ``zeros`` (if given) stand for undefined ones."""
    if gradient is None or all(part is None for part in gradient):
        return None
    if zeros is None:
        return gradient
    return tuple([zeros(*info) if part is None else part for part, info in zip(gradient, node.infos, strict=True)])
