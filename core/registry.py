"""The table of operators: each forward kernel with its derivatives beside it.

::

    @op("MulBackward0", broadcast=True, self=lambda k, g, other: g * other, other=lambda k, g, self: g * self)
    def mul(self, other):
        return np.multiply(self, other)

The kernel works on NumPy arrays. There is one derivative for each differentiable input, named like it. A derivative takes the
back-end ``k``, the gradient ``g`` of the result, and then whatever it needs *by name*: an input (``self``), the result
(``result``, or the names in ``outputs``), another argument of the kernel (``dim``), or the shape or dtype of an input
(``self_shape``, ``self_dtype``; ``self_transposed`` says whether its columns are contiguous). Those names are the list of what the
node saves; an input is saved only if a derivative that mentions it will be needed.

``k`` is one of two back-ends with the same functions: :data:`ARRAYS`, the raw kernels (first derivatives), and :data:`TENSORS`, the
differentiable operators themselves (``create_graph=True``). So every formula is written once, and higher derivatives come for free.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from . import templates
from .backends import ARRAYS, TENSORS
from .node import Node
from .saved import plain_property, raw_saved_property, saved_property

Formula = Callable[..., Any]
Function = Callable[..., Any]


@dataclass
class Operator:
    """One row of the table: what the templates need to know to build the operator and its node class."""

    name: str
    node_name: str
    kernel: Function
    parameters: tuple[str, ...]
    defaults: tuple[Any, ...]
    derivatives: dict[str, Formula]
    joint: Formula | None = None
    broadcast: bool = False
    floats_only: bool = False
    variadic: bool = False
    view: bool = False
    outputs: tuple[str, ...] = ("result",)
    visible: int = 1
    differentiable_outputs: int = 1
    undefined_as_none: bool = False
    keeps_arguments: bool = False
    saved_names: tuple[str, ...] = ()
    plain_names: tuple[str, ...] = ()
    function: Function = field(default=lambda: None)

    def mentioned_by(self, formula: Formula) -> tuple[str, ...]:
        """The names a formula asks for."""
        leading = 3 if formula is self.joint else 2
        return _parameter_names(formula)[leading:]


OPERATORS: dict[str, Operator] = {}
"""Every operator by name: what the tests are generated from."""


def op(
    node_name: str,
    *,
    name: str = "",
    display_name: str = "",
    joint: Formula | None = None,
    tensors: tuple[str, ...] = (),
    broadcast: bool = False,
    floats_only: bool = False,
    variadic: bool = False,
    view: bool = False,
    outputs: tuple[str, ...] = ("result",),
    visible: int = 1,
    differentiable_outputs: int = 1,
    undefined_as_none: bool = False,
    keeps_arguments: bool = False,
    **derivatives: Formula,
) -> Callable[[Function], Function]:
    """Register a kernel with its derivatives; the decorated name becomes the differentiable operator on tensors.

    ``name``: for a kernel that is a NumPy ufunc (its arguments are then ``self`` and ``other``).
    ``display_name``: what ``grad_fn.name()`` says, if not the node's name. ``joint``: one formula ``(k, g, needs, …) -> tuple``
    for all inputs instead of one each. ``tensors``: further tensor arguments that have no derivative (indices, masks).
    ``broadcast``: gradients are summed to the inputs' shapes and cast to their dtypes. ``floats_only``: integers become the
    default dtype first. ``variadic``: the first argument is a list of tensors. ``view``: the result shares memory with ``self``.
    ``outputs``: names of what the kernel returns, the first ``visible`` of which the operator
    returns and the first ``differentiable_outputs`` have gradients (``g`` is then a tuple if there are several, where
    gradients nobody asked for are zeros, or None with ``undefined_as_none``); the others are constants.
    ``keeps_arguments``: the node lets go of its plain values after the backward too, as they are tensors in PyTorch (indices), and
    cannot run again.
    """

    def decorate(kernel: Function) -> Function:
        parameters, defaults = _signature(kernel)
        row = Operator(
            name or kernel.__name__,
            node_name,
            kernel,
            parameters,
            defaults,
            derivatives,
            joint,
            broadcast,
            floats_only,
            variadic,
            view,
            outputs,
            visible,
            differentiable_outputs,
            undefined_as_none,
            keeps_arguments,
        )
        unknown = set(derivatives) - set(parameters)
        if unknown:
            raise TypeError(f"{row.name}: derivative of an argument it does not have: {', '.join(sorted(unknown))}")
        _find_saved_names(row, tensors)
        row.function = _build(row, display_name)
        OPERATORS[row.name] = row
        setattr(ARRAYS, row.name, kernel)
        setattr(TENSORS, row.name, row.function)
        return row.function

    return decorate


def formula_helper(function: Function) -> Function:
    """Register ``function(k, …)``, written in terms of a back-end's functions, as ``k.<name>(…)`` on both back-ends."""
    setattr(ARRAYS, function.__name__, partial(function, ARRAYS))
    setattr(TENSORS, function.__name__, partial(function, TENSORS))
    return function


def register_pair(name: str, on_arrays: Function, on_tensors: Function) -> None:
    """Register a function that derivatives need in two separate versions."""
    setattr(ARRAYS, name, on_arrays)
    setattr(TENSORS, name, on_tensors)


def _parameter_names(function: Function) -> tuple[str, ...]:
    """What a function calls its arguments: read off its code, since making a signature takes many times as long."""
    code = getattr(function, "__code__", None)
    if code is None or code.co_kwonlyargcount or code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        return tuple(inspect.signature(function).parameters)
    names: tuple[str, ...] = code.co_varnames[: code.co_argcount]
    return names


def _signature(kernel: Function) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Names and defaults of a kernel's arguments."""
    if isinstance(kernel, np.ufunc):
        return ("self", "other")[: kernel.nin], ()
    parameters = inspect.signature(kernel).parameters
    return tuple(parameters), tuple(parameter.default for parameter in parameters.values())


def _find_saved_names(row: Operator, other_tensors: tuple[str, ...]) -> None:
    """Sort the names mentioned by the formulas into tensors and plain values."""
    saved: list[str] = []
    plain: list[str] = []
    formulas = [row.joint] if row.joint is not None else list(row.derivatives.values())
    for formula in formulas:
        for name in row.mentioned_by(formula):
            is_tensor = name in row.derivatives or name in other_tensors or name in row.outputs
            known = is_tensor or name in row.parameters or name.rpartition("_")[0] in row.parameters
            if not known:
                raise TypeError(f"{row.name}: a derivative asks for {name!r}, which is neither an argument nor an output")
            target = saved if is_tensor else plain
            if name not in target:
                target.append(name)
    order = {name: position for position, name in enumerate((*row.parameters, *row.outputs))}
    row.saved_names = tuple(sorted(saved, key=order.__getitem__))
    row.plain_names = tuple(plain)


def _build(row: Operator, display_name: str) -> Function:
    """The node class and the operator function of one row."""
    template = templates.choose(row)
    namespace: dict[str, Any] = {"__slots__": template.slots, "__module__": "builtins", "output_count": row.differentiable_outputs}
    if display_name:
        namespace["display_name"] = display_name
    by_name = sorted(enumerate(row.saved_names), key=lambda pair: (pair[1] in row.outputs, pair[1]))
    namespace["pack_order"] = tuple([slot for slot, _ in by_name])
    for slot, name in enumerate(row.saved_names):
        namespace[f"_saved_{name}"] = saved_property(slot)
        namespace[f"_raw_saved_{name}"] = raw_saved_property(slot)
    for index, name in enumerate(row.plain_names):
        public = name.replace("_shape", "_sym_sizes") if name.endswith("_shape") else name
        namespace[f"_saved_{public}"] = plain_property(index)
    node_class = type(row.node_name, (Node,), namespace)
    operator, apply_raw, apply_recorded = template.build(row, node_class)
    node_class.apply_raw = apply_raw  # type: ignore[attr-defined]
    node_class.apply_recorded = apply_recorded  # type: ignore[attr-defined]
    operator.__name__ = operator.__qualname__ = row.name
    operator.__doc__ = row.kernel.__doc__
    operator.__module__ = row.kernel.__module__
    return operator
