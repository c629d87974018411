"""Operations without a derivative: comparisons, logic, tests, positions. Their results never require grad."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import errors, events
from ..announce import announce_cut
from ..backends import ARRAYS, TENSORS
from ..dtypes import from_numpy_dtype, result_type
from ..grad_mode import thread_state
from ..tensor import Array, Tensor, from_array


def plain(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function of tensors from a kernel on arrays; it is available to derivatives on both back-ends."""

    @functools.wraps(kernel)
    def function(*arguments: Any, **options: Any) -> Any:
        recording = thread_state.grad_enabled
        arrays = [value._array if isinstance(value, Tensor) else value for value in arguments]
        named = {name: value._array if isinstance(value, Tensor) else value for name, value in options.items()}
        result = from_array(np.asarray(kernel(*arrays, **named)))
        if events.sink is not None:
            announce_cut(events.sink, recording, arguments, (result,))
        return result

    setattr(ARRAYS, kernel.__name__, kernel)
    setattr(TENSORS, kernel.__name__, function)
    return function


def _comparison(name: str, ufunc: np.ufunc) -> Callable[..., Any]:
    def compare(self: Array, other: Any) -> Array:
        if not isinstance(other, (np.ndarray, np.generic, bool, int, float)):
            raise TypeError(
                f"{name}() received an invalid combination of arguments - got (Tensor, {type(other).__name__}), but expected one "
                "of:"
            )
        if isinstance(other, np.ndarray) and self.dtype != other.dtype:
            dtype = result_type(self, other)
            self, other = self.astype(dtype), other.astype(dtype)
        try:
            answer: Array = ufunc(self, other)
        except ValueError:
            raise errors.not_broadcastable(self.shape, np.shape(other)) from None
        return answer

    compare.__name__ = compare.__qualname__ = name
    compare.__doc__ = f"``self {_SYMBOLS[name]} other``, element by element."
    return plain(compare)


_SYMBOLS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}

eq = _comparison("eq", np.equal)
ne = _comparison("ne", np.not_equal)
lt = _comparison("lt", np.less)
le = _comparison("le", np.less_equal)
gt = _comparison("gt", np.greater)
ge = _comparison("ge", np.greater_equal)


@plain
def isnan(self: Array) -> Array:
    """Which elements are NaN."""
    return np.isnan(self)


@plain
def isinf(self: Array) -> Array:
    """Which elements are infinite."""
    return np.isinf(self)


@plain
def isfinite(self: Array) -> Array:
    """Which elements are neither NaN nor infinite."""
    return np.isfinite(self)


@plain
def logical_and(self: Array, other: Array) -> Array:
    """Whether both are true (non-zero)."""
    return np.logical_and(self, other)


@plain
def logical_or(self: Array, other: Array) -> Array:
    """Whether one is true (non-zero)."""
    return np.logical_or(self, other)


@plain
def logical_xor(self: Array, other: Array) -> Array:
    """Whether exactly one is true (non-zero)."""
    return np.logical_xor(self, other)


@plain
def logical_not(self: Array) -> Array:
    """Whether it is false (zero)."""
    return np.logical_not(self)


@plain
def bitwise_and(self: Array, other: Array) -> Array:
    """``self & other`` for integers and bools."""
    return _on_bits(np.bitwise_and, "bitwise_and", self, other)


@plain
def bitwise_or(self: Array, other: Array) -> Array:
    """``self | other`` for integers and bools."""
    return _on_bits(np.bitwise_or, "bitwise_or", self, other)


@plain
def bitwise_xor(self: Array, other: Array) -> Array:
    """``self ^ other`` for integers and bools."""
    return _on_bits(np.bitwise_xor, "bitwise_xor", self, other)


@plain
def bitwise_left_shift(self: Array, other: Array) -> Array:
    """``self << other`` for integers."""
    return _on_bits(np.left_shift, "lshift", self, other)


@plain
def bitwise_right_shift(self: Array, other: Array) -> Array:
    """``self >> other`` for integers."""
    return _on_bits(np.right_shift, "rshift", self, other)


def _on_bits(ufunc: np.ufunc, name: str, first: Any, second: Any) -> Array:
    """A bitwise operation in the common dtype. Raises ``NotImplementedError`` for floating point."""
    if not isinstance(second, (np.ndarray, np.generic, bool, int, float)):
        raise TypeError(f"{name}(): argument 'other' (position 2) must be Tensor, not {type(second).__name__}")
    dtype = result_type(first, second)
    if dtype.kind == "f":
        raise NotImplementedError(f"\"{name}_cpu\" not implemented for '{from_numpy_dtype(dtype).cpp_name}'")
    try:
        return ufunc(np.asarray(first, dtype), np.asarray(second, dtype))
    except ValueError:
        raise errors.not_broadcastable(np.shape(first), np.shape(second)) from None


@plain
def bitwise_not(self: Array) -> Array:
    """``~self`` for integers and bools."""
    if self.dtype.kind == "f":
        raise NotImplementedError(f"\"bitwise_not_cpu\" not implemented for '{from_numpy_dtype(self.dtype).cpp_name}'")
    return np.invert(self)


def invert(self: Tensor) -> Any:
    """``~self`` for integers and bools."""
    if self._array.dtype.kind == "f":
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return bitwise_not(self)


@plain
def isclose(self: Array, other: Array, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Array:
    """Which elements differ by at most ``atol + rtol * |other|``."""
    if self.dtype != other.dtype:
        raise RuntimeError(f"{from_numpy_dtype(self.dtype).cpp_name} did not match {from_numpy_dtype(other.dtype).cpp_name}")
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if not tolerance >= 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {tolerance}")
    try:
        return np.isclose(self, other, rtol, atol, equal_nan)
    except ValueError:
        raise errors.not_broadcastable(self.shape, other.shape) from None


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether all elements are close, see :func:`isclose`."""
    return bool(isclose(input, other, rtol, atol, equal_nan).all())


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and elements."""
    return np.array_equal(input._array, other._array)
