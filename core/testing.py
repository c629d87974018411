"""``torch.testing``: ``assert_close``, with PyTorch's tolerances and messages, and ``make_tensor``."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from . import sampling
from .dtypes import as_dtype, result_type
from .tensor import Array, Tensor, from_array

__all__ = ["assert_close", "make_tensor"]

_TOLERANCES = {"float16": (0.001, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}
"""The relative and the absolute tolerance of each dtype; others have to be equal."""

Message = str | Callable[[str], str] | None


def _tolerances(arrays: Sequence[Array], rtol: float | None, atol: float | None) -> tuple[float, float]:
    if (rtol is None) != (atol is None):
        missing = "rtol" if rtol is None else "atol"
        raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}.")
    if rtol is not None and atol is not None:
        return rtol, atol
    each = [_TOLERANCES.get(array.dtype.name, (0.0, 0.0)) for array in arrays]
    return max(one[0] for one in each), max(one[1] for one in each)


def _differences(actual: Array, expected: Array, rtol: float, atol: float, equal_nan: bool) -> tuple[Array, Array, Array]:
    """Which elements match, and by how much the others differ: absolutely and relatively."""
    wide = np.float64 if result_type(actual, expected).kind == "f" else np.int64
    first, second = actual.astype(wide), expected.astype(wide)
    matches = np.isclose(first, second, rtol, atol, equal_nan)
    absolute = np.where(matches, 0, np.abs(first - second))
    relative = np.where(matches, 0.0, np.abs(absolute / np.abs(second)))
    if result_type(actual, expected) != np.float64:
        relative = relative.astype(np.float32)
    return matches, absolute, relative


def _limit(value: float, equal: bool) -> str:
    return "" if equal else f" (up to {value} allowed)"


def _compare_arrays(actual: Array, expected: Array, rtol: float, atol: float, equal_nan: bool) -> None:
    matches, absolute, relative = _differences(actual, expected, rtol, atol, equal_nan)
    if matches.all():
        return
    equal = rtol == 0 and atol == 0
    wrong, total = int(matches.size - matches.sum()), matches.size
    lines = [
        f"Tensor-likes are not {'equal' if equal else 'close'}!",
        "",
        f"Mismatched elements: {wrong} / {total} ({wrong / total:.1%})",
    ]
    for title, values, limit in (("absolute", absolute, atol), ("relative", relative, rtol)):
        flat = values.reshape(-1)
        place = int(np.argmax(np.where(np.isnan(flat), np.inf, flat)))
        where = tuple([int(one) for one in np.unravel_index(place, values.shape)])
        lines.append(f"Greatest {title} difference: {flat[place].item()} at index {where}{_limit(limit, equal)}")
    raise AssertionError("\n".join(lines))


def _compare_numbers(actual: Any, expected: Any, rtol: float, atol: float, equal_nan: bool) -> None:
    first, second = np.asarray(actual), np.asarray(expected)
    if np.isclose(first, second, rtol, atol, equal_nan):
        return
    equal = rtol == 0 and atol == 0
    absolute = abs(actual - expected)
    relative = float(absolute / abs(expected)) if expected else math.inf
    raise AssertionError(
        f"Scalars are not {'equal' if equal else 'close'}!\n\n"
        f"Expected {expected} but got {actual}.\n"
        f"Absolute difference: {absolute}{_limit(atol, equal)}\n"
        f"Relative difference: {relative}{_limit(rtol, equal)}"
    )


def _compare_tensors(actual: Tensor, expected: Tensor, options: Mapping[str, Any]) -> None:
    first, second = actual._array, expected._array
    attributes = [("shape", actual.shape, expected.shape)]
    if options["check_dtype"]:
        attributes.append(("dtype", actual.dtype, expected.dtype))  # type: ignore[arg-type]
    if options["check_stride"]:
        attributes.append(("stride()", actual.stride(), expected.stride()))
    for name, one, other in attributes:
        if one != other:
            raise AssertionError(f"The values for attribute '{name}' do not match: {one} != {other}.")
    rtol, atol = _tolerances((first, second), options["rtol"], options["atol"])
    if first.ndim == 0:
        _compare_numbers(first.item(), second.item(), rtol, atol, options["equal_nan"])
    else:
        _compare_arrays(first, second, rtol, atol, options["equal_nan"])


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool_))


def _compare(actual: Any, expected: Any, where: tuple[Any, ...], options: Mapping[str, Any]) -> None:
    """Raise ``AssertionError`` for the first difference. ``where``: the keys that led here."""
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        missing, extra = expected.keys() - actual.keys(), actual.keys() - expected.keys()
        if missing or extra:
            raise AssertionError(
                "The keys of the mappings do not match:\n"
                f"Missing keys in the actual mapping: {sorted(missing)}\n"
                f"Additional keys in the actual mapping: {sorted(extra)}"
            )
        for key in actual:
            _compare(actual[key], expected[key], (*where, key), options)
        return
    if _is_sequence(actual) and _is_sequence(expected):
        if len(actual) != len(expected):
            raise AssertionError(f"The length of the sequences mismatch: {len(actual)} != {len(expected)}")
        for number, (one, other) in enumerate(zip(actual, expected, strict=True)):
            _compare(one, other, (*where, number), options)
        return
    try:
        _compare_leaves(actual, expected, options)
    except AssertionError as error:
        if not where:
            raise
        path = "".join(f"[{key!r}]" for key in where)
        raise AssertionError(f"{error}\n\nThe failure occurred for item {path}") from None


def _is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _compare_leaves(actual: Any, expected: Any, options: Mapping[str, Any]) -> None:
    if actual is None or expected is None:
        if actual is not expected:
            raise AssertionError(f"None mismatch: {actual} is not {expected}")
        return
    bools = (bool, np.bool_)
    if isinstance(actual, bools) and isinstance(expected, bools):
        if bool(actual) is not bool(expected):
            raise AssertionError(f"Booleans mismatch: {actual} is not {expected}")
        return
    if _is_number(actual) and _is_number(expected):
        if options["check_dtype"] and type(actual) is not type(expected):
            raise AssertionError(f"The (d)types do not match: {type(actual)} != {type(expected)}.")
        rtol, atol = _tolerances((np.asarray(actual), np.asarray(expected)), options["rtol"], options["atol"])
        _compare_numbers(actual, expected, rtol, atol, options["equal_nan"])
        return
    arrays = (Tensor, np.ndarray)
    if not (isinstance(actual, arrays) and isinstance(expected, arrays)):
        raise TypeError(f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.")
    tensors = [one if isinstance(one, Tensor) else from_array(one) for one in (actual, expected)]
    _compare_tensors(tensors[0], tensors[1], options)


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,  # noqa: ARG001  (there is one class of tensors)
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,  # noqa: ARG001  (there is one device)
    check_dtype: bool = True,
    check_layout: bool = True,  # noqa: ARG001
    check_stride: bool = False,
    msg: Message = None,
) -> None:
    """Raise ``AssertionError`` unless two tensors, numbers, or sequences and mappings of them are close.

    Close is ``|actual - expected| <= atol + rtol * |expected|``; tolerances depend on the dtype unless both are given. ``msg``
    replaces the message, or makes another of it.
    """
    options = {"rtol": rtol, "atol": atol, "equal_nan": equal_nan, "check_dtype": check_dtype, "check_stride": check_stride}
    try:
        _compare(actual, expected, (), options)
    except AssertionError as error:
        if msg is None:
            raise
        raise AssertionError(msg(str(error)) if callable(msg) else msg) from None


def make_tensor(
    *shape: Any,
    dtype: Any,
    device: Any = None,
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: Any = None,  # noqa: ARG001  (nothing is put into another order)
) -> Tensor:
    """A tensor of uniform numbers in [low, high): by default [-9, 9), for integers [-9, 10), without a sign from 0."""
    sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], Sequence) else shape
    wanted = as_dtype(dtype)
    kind = wanted.np.kind
    lowest, highest = {"b": (0, 2), "u": (0, 10), "i": (-9, 10), "f": (-9, 9)}[kind]
    low, high = (lowest if low is None else low), (highest if high is None else high)
    if kind == "f":
        result = sampling.rand(sizes, dtype=wanted, device=device) * (high - low) + low
    else:
        result = sampling.randint(math.floor(low), math.ceil(high), sizes, dtype=wanted, device=device)
    if exclude_zero:
        result[result == 0] = 1 if kind != "f" else float(np.finfo(wanted.np).tiny)
    if noncontiguous and result.numel() > 1:
        result = result.repeat_interleave(2, dim=-1)[..., ::2]
    return result.requires_grad_() if requires_grad else result
