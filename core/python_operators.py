"""What stands behind Python's operators on tensors: ``+``, ``<``, ``x[i]``, ``+=`` and the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import creation
from .ops import arithmetic, filling, getitem, matmul, nondifferentiable, unary
from .tensor import Tensor

Method = Callable[..., Any]


def operator_from(function: Method) -> Method:
    """For Python's operators: an operand that is no tensor or number is not ours to judge."""
    ready_made: Method | None = getattr(function, "python_operator", None)
    if ready_made is not None:
        return ready_made

    def operator(self: Tensor, other: Any) -> Any:
        try:
            return function(self, other)
        except TypeError:
            if isinstance(other, Tensor):
                raise
            return NotImplemented

    operator.__doc__ = function.__doc__
    return operator


def in_place_operator_from(method: Method) -> Method:
    """For ``+=`` and the like, in the same way."""

    def operator(self: Tensor, other: Any) -> Any:
        if isinstance(other, (Tensor, int, float)):
            return method(self, other)
        try:
            return method(self, other)
        except TypeError:
            return NotImplemented

    operator.__doc__ = method.__doc__
    return operator


def _swapped(function: Method) -> Method:
    return lambda self, other: function(other if isinstance(other, Tensor) else creation.as_tensor(other), self)


OPERATORS: dict[str, Method] = {
    "__add__": arithmetic.add,
    "__radd__": arithmetic.add,
    "__sub__": arithmetic.sub,
    "__rsub__": arithmetic.rsub,
    "__mul__": arithmetic.mul,
    "__rmul__": arithmetic.mul,
    "__truediv__": arithmetic.div,
    "__rtruediv__": arithmetic.rdiv,
    "__floordiv__": arithmetic.floor_divide,
    "__mod__": arithmetic.remainder,
    "__pow__": arithmetic.pow,
    "__rpow__": arithmetic.rpow,
    "__matmul__": matmul.matmul,
    "__eq__": nondifferentiable.eq,
    "__ne__": nondifferentiable.ne,
    "__lt__": nondifferentiable.lt,
    "__le__": nondifferentiable.le,
    "__gt__": nondifferentiable.gt,
    "__ge__": nondifferentiable.ge,
    "__and__": nondifferentiable.bitwise_and,
    "__or__": nondifferentiable.bitwise_or,
    "__xor__": nondifferentiable.bitwise_xor,
    "__rand__": nondifferentiable.bitwise_and,
    "__ror__": nondifferentiable.bitwise_or,
    "__rxor__": nondifferentiable.bitwise_xor,
    "__lshift__": nondifferentiable.bitwise_left_shift,
    "__rlshift__": _swapped(nondifferentiable.bitwise_left_shift),
    "__rshift__": nondifferentiable.bitwise_right_shift,
    "__rrshift__": _swapped(nondifferentiable.bitwise_right_shift),
    "__rfloordiv__": _swapped(arithmetic.floor_divide),
    "__rmod__": arithmetic.rmod,
}
UNARY_OPERATORS: dict[str, Method] = {
    "__neg__": unary.neg,
    "__pos__": unary.positive,
    "__abs__": unary.abs,
    "__invert__": nondifferentiable.invert,
    "__getitem__": getitem.getitem,
    "__setitem__": filling.setitem,
    "__contains__": getitem.contains,
}
IN_PLACE_OPERATORS = {
    "__iadd__": "add_",
    "__isub__": "sub_",
    "__imul__": "mul_",
    "__itruediv__": "div_",
    "__ipow__": "pow_",
    "__iand__": "bitwise_and_",
    "__ior__": "bitwise_or_",
    "__ixor__": "bitwise_xor_",
    "__ilshift__": "bitwise_left_shift_",
    "__irshift__": "bitwise_right_shift_",
    "__ifloordiv__": "floor_divide_",
    "__imod__": "remainder_",
}
