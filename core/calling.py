"""The functions of the namespace: Tensor's methods, with the spellings of arguments that PyTorch's functions take.

``torch.sum(input=x, axis=0)`` is ``x.sum(0)``; ``out=`` names a tensor that takes the result; a first argument that is no tensor
is a ``TypeError`` worded as PyTorch's, or, for arithmetic, a number.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .dtypes import scalar_dtype
from .out_arguments import into
from .tensor import Tensor, from_array

Function = Callable[..., Any]

OTHER_SPELLINGS = {"axis": "dim", "keepdims": "keepdim"}
RESPELLED = frozenset({*OTHER_SPELLINGS, "input", "out"})

NUMBER_FIRST = frozenset(
    {
        "add",
        "sub",
        "subtract",
        "mul",
        "multiply",
        "div",
        "divide",
        "true_divide",
        "floor_divide",
        "remainder",
        "pow",
        "float_power",
        "xlogy",
    }
)
"""Functions whose first argument may be a number if the second is a tensor."""

SEVERAL_FORMS = frozenset(
    {
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "fmod",
        "remainder",
        "pow",
        "float_power",
        "copysign",
        "clamp",
        "clamp_min",
        "clamp_max",
        "max",
        "min",
        "rsub",
        "sum",
        "mean",
        "prod",
        "round",
        "lerp",
        "any",
        "all",
        "var",
        "std",
        "var_mean",
        "std_mean",
        "median",
        "bitwise_and",
        "bitwise_right_shift",
        "bitwise_left_shift",
        "bitwise_or",
        "bitwise_xor",
        "argmax",
        "cumsum",
        "sort",
        "where",
        "xlogy",
    }
)
"""Functions with overloads: PyTorch complains about the combination of arguments instead of one of them."""

TENSOR_OPERANDS = (
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "hypot",
    "atan2",
    "arctan2",
    "logaddexp",
    "isclose",
    "allclose",
    "equal",
    "logical_and",
    "logical_or",
    "logical_xor",
)
"""Functions of two tensors which take no number."""

WITH_DIMENSIONS = (
    "sum",
    "nansum",
    "mean",
    "nanmean",
    "prod",
    "max",
    "min",
    "amax",
    "amin",
    "aminmax",
    "median",
    "argmax",
    "argmin",
    "all",
    "any",
    "count_nonzero",
    "var",
    "std",
    "logsumexp",
    "cumsum",
    "cumprod",
    "cummax",
    "cummin",
    "logcumsumexp",
    "softmax",
    "log_softmax",
    "sort",
    "argsort",
)
"""Methods that take NumPy's ``axis`` and ``keepdims`` too."""


def _kinds(arguments: Sequence[Any], options: Mapping[str, Any]) -> str:
    """``(Tensor, dim=str)``: how PyTorch's messages list arguments."""
    names = [type(value).__name__ for value in arguments]
    return ", ".join(names + [f"{name}={type(value).__name__}" for name, value in options.items()])


def invalid_combination(name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> TypeError:
    """No form of the function takes these arguments."""
    return TypeError(
        f"{name}() received an invalid combination of arguments - got ({_kinds(arguments, options)}), but expected one of:"
    )


def _not_a_tensor(name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> TypeError:
    if name in SEVERAL_FORMS:
        return invalid_combination(name, arguments, options)
    return TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(arguments[0]).__name__}")


def as_function(name: str, method: Function) -> Function:
    """The function ``torch.<name>`` for a method."""
    if name in TENSOR_OPERANDS:
        method = tensor_operand(name, method, 2)

    @functools.wraps(method)
    def function(*arguments: Any, **options: Any) -> Any:
        if options or not arguments or type(arguments[0]) is not Tensor:
            return _called(name, method, arguments, options)
        return method(*arguments)

    function.__name__ = function.__qualname__ = name
    return function


def tensor_operand(name: str, method: Function, position: int) -> Function:
    """``method``, which accepts numbers, for tensors only."""

    @functools.wraps(method)
    def checked(self: Any, other: Any, *arguments: Any, **options: Any) -> Any:
        if not isinstance(other, Tensor):
            raise TypeError(f"{name}(): argument 'other' (position {position}) must be Tensor, not {type(other).__name__}")
        return method(self, other, *arguments, **options)

    return checked


def with_dimensions(method: Function) -> Function:
    """``method`` with ``axis`` and ``keepdims`` for ``dim`` and ``keepdim``."""

    @functools.wraps(method)
    def respelled(self: Any, *arguments: Any, **options: Any) -> Any:
        if options:
            options = {OTHER_SPELLINGS.get(name, name): value for name, value in options.items()}
        return method(self, *arguments, **options)

    return respelled


def _called(name: str, method: Function, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    out = None
    if not RESPELLED.isdisjoint(options):
        out = options.pop("out", None)
        if "input" in options:
            arguments = (options.pop("input"), *arguments)
        options = {OTHER_SPELLINGS.get(option, option): value for option, value in options.items()}
    if not arguments:
        raise TypeError(f'{name}() missing 1 required positional arguments: "input"')
    if not isinstance(arguments[0], Tensor):
        arguments = _with_number_first(name, arguments, options)
    return method(*arguments, **options) if out is None else into(out, name, method, arguments, options)


def _with_number_first(name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> tuple[Any, ...]:
    """Arithmetic on a number and a tensor: the number as a 0-d tensor, which is as weak in promotion."""
    first, *others = arguments
    other = others[0] if others else options.get("other", options.get("exponent"))
    number = isinstance(first, (bool, int, float))
    if name not in NUMBER_FIRST or not number or not (isinstance(other, Tensor) or name not in SEVERAL_FORMS):
        raise _not_a_tensor(name, arguments, options)
    if name in ("pow", "float_power", "xlogy"):
        return arguments
    return from_array(np.asarray(first, scalar_dtype(first))), *others
