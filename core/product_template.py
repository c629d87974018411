"""The template of operators with several tensors and one result, where nothing is broadcast: matrix products, layers, losses.

It does what the general one in :mod:`.templates` does, with less on the way: what is saved for which needs is worked out once, and
the edges of a node say by themselves which gradients are needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from . import events
from .activity import activity
from .announce import announce, announce_cut
from .backends import ARRAYS, TENSORS
from .blanks import new
from .describing import picker, plain_value
from .grad_mode import thread_state
from .node import FREED, Edge, Node, gradient_edge, next_sequence_nr
from .numpy_calls import from_core
from .saved import raise_freed, save_output, unpack_raw, unpack_tensors
from .saved_hooks import pack_saved
from .storage import InferenceCounter
from .tensor import Tensor

if TYPE_CHECKING:
    from .registry import Operator

Function = Callable[..., Any]
Built = tuple[Function, Function, Function]

_RESULT = -1
"""Stands for the result among the positions of what is saved."""


def _saved_positions(row: Operator, needs: int) -> list[int | None]:
    """For each saved name, the position of its argument, or ``_RESULT``; None where no derivative that mentions it is needed.

    ``needs`` has a bit for each derivative.
    """
    formulas = [formula for number, formula in enumerate(row.derivatives.values()) if needs >> number & 1]
    mentioned = {name for formula in formulas for name in row.mentioned_by(formula)}
    return [
        None if name not in mentioned else _RESULT if name == "result" else row.parameters.index(name) for name in row.saved_names
    ]


def build_product(row: Operator, node_class: type[Node]) -> Built:
    """Several tensors among the arguments, one result."""
    kernel, defaults, saved_names = from_core(row.kernel), row.defaults, row.saved_names
    positions = [row.parameters.index(name) for name in row.derivatives]
    bits = [(1 << number, position) for number, position in enumerate(positions)]
    argument_count = len(row.parameters)
    formulas = list(row.derivatives.values())
    sources = (*row.saved_names, *row.plain_names)
    picks = [picker([sources.index(name) for name in row.mentioned_by(formula)]) for formula in formulas]
    steps = list(zip(formulas, picks, strict=True))
    plain_values = [plain_value(row, name) for name in row.plain_names]
    saved_by_needs: dict[int, list[int | None]] = {}

    def operator(*arguments: Any) -> Tensor:
        recording = thread_state.grad_enabled
        if len(arguments) != argument_count:
            arguments += defaults[len(arguments) :]
        values = kernel(*[value._array if isinstance(value, Tensor) else value for value in arguments])
        result: Tensor = new(Tensor)
        result._array = values if type(values) is ndarray else np.asarray(values)
        result._counter = result._meta = None
        result._number = 0
        edges: list[Edge | None] = []
        needs = 0
        if recording:
            for bit, position in bits:
                value = arguments[position]
                if isinstance(value, Tensor):
                    operand: Tensor = value
                    if operand._requires_grad:
                        edges.append(operand._edge or gradient_edge(operand))
                        needs |= bit
                    else:
                        edges.append(None)
                else:
                    edges.append(None)
        if needs:
            node: Node = new(node_class)
            node.next_edges = tuple(edges)
            node.sequence_nr = next_sequence_nr()
            node.hooks = None
            node.number = 0
            node.params = tuple([plain(arguments) for plain in plain_values])
            result._requires_grad = True
            result._edge = (node, 0)
            node.saved = _saved(arguments, result, needs) if saved_names else None
            if events.sink is not None:
                announce(events.sink, node, (result,), saved_names)
            if activity.blocks:
                pack_saved(node)
        else:
            result._requires_grad = False
            result._edge = None
            if activity.inference and thread_state.inference:
                result._counter = InferenceCounter()
            if events.sink is not None:
                announce_cut(events.sink, recording, [arguments[position] for position in positions], (result,))
        return result

    def _saved(arguments: Sequence[Any], result: Tensor, needs: int) -> tuple[Any, ...]:
        wanted = saved_by_needs.get(needs)
        if wanted is None:
            wanted = saved_by_needs[needs] = _saved_positions(row, needs)
        saved: list[Any] = []
        for position in wanted:
            if position is None:
                saved += (None, 0)
            elif position == _RESULT:
                saved += (save_output(result), 0)
            else:
                value = arguments[position]
                counter = value._counter if isinstance(value, Tensor) else None
                saved += (value, 0 if counter is None else counter.version)
        return tuple(saved)

    def apply_raw(node: Node, gradient: Any) -> tuple[Any, ...]:
        saved = node.saved
        if saved is FREED:
            raise_freed()
        values = unpack_raw(node, saved) if saved is not None else []
        edges = node.next_edges
        if gradient is None:
            return (None,) * len(edges)
        values += node.params
        answers: list[Any] = []
        for (formula, pick), edge in zip(steps, edges):  # noqa: B905  (strict costs time here)
            if edge is None:
                answers.append(None)
            else:
                answer = formula(ARRAYS, gradient, *pick(values))
                answers.append(answer if type(answer) is ndarray else np.asarray(answer))
        return tuple(answers)

    def apply_recorded(node: Any, gradient: Any) -> tuple[Any, ...]:
        saved = node.saved
        if saved is FREED:
            raise_freed()
        values = unpack_tensors(node, saved) if saved is not None else []
        edges = node.next_edges
        if gradient is None:
            return (None,) * len(edges)
        values += node.params
        return tuple(
            [
                None if edge is None else formula(TENSORS, gradient, *pick(values))
                for (formula, pick), edge in zip(steps, edges, strict=True)
            ]
        )

    return operator, apply_raw, apply_recorded
