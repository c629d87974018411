"""Making tensors whose values follow from their positions: ranges, and the indices of a triangle."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from . import dtypes
from .calling import invalid_combination
from .creation import finished
from .dtypes import as_dtype, get_default_dtype
from .making import DeviceLike, DtypeLike, delivered, dtype_of
from .tensor import Array, Tensor


def _number(name: str, value: Any, function: str, position: int) -> Any:
    """A bound of a range: a number, or what a tensor of one element holds."""
    if isinstance(value, Tensor):
        return value.item()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (int, float)):
        return value
    raise TypeError(f"{function}(): argument '{name}' (position {position}) must be Number, not {type(value).__name__}")


def arange(
    *bounds: Any,
    start: Any = 0,
    end: Any = None,
    step: Any = 1,
    out: Tensor | None = None,
    dtype: DtypeLike = None,
    layout: Any = None,  # noqa: ARG001
    device: DeviceLike = None,
    requires_grad: bool = False,
    pin_memory: bool = False,  # noqa: ARG001
) -> Tensor:
    """``arange(end)``, ``arange(start, end)`` or ``arange(start, end, step)``: int64 when all of them are integers."""
    if len(bounds) == 1:
        bounds = (start, bounds[0]) if end is None else (bounds[0], end)
    elif not bounds:
        bounds = (start, end)
    if len(bounds) > 3 or bounds[1] is None:
        raise invalid_combination("arange", bounds, {})
    first, last, stride = (*bounds, step)[:3]
    first = _number("start", first, "arange", 1)
    last = _number("end", last, "arange", 1 if len(bounds) == 1 or first == 0 else 2)
    stride = _number("step", stride, "arange", 3)
    if stride == 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(first) and math.isfinite(last)):
        raise RuntimeError(f"unsupported range: {first} -> {last}")
    if (last - first) * stride < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    floats = any(isinstance(bound, float) for bound in (first, last, stride))
    inferred = get_default_dtype().np if floats else np.dtype(np.int64)
    count = math.ceil((last - first) / stride) if floats else -((first - last) // stride)
    wanted = dtype_of("arange", dtype, inferred if out is None else out._array.dtype)
    return delivered("arange", _steps(first, stride, count, wanted), out, dtype, device, requires_grad)


_LANES = 8  # how many float32 a vector has


def _steps(first: Any, stride: Any, count: int, wanted: np.dtype[Any]) -> Array:
    """``first + stride * i``, rounded as PyTorch's vectors round it: each begins at a rounded value, and counts on from there."""
    numbers = np.arange(count)
    values = first + stride * numbers
    if wanted == np.float32 and isinstance(stride, float):
        whole = count // (2 * _LANES) * 2 * _LANES
        within = numbers[:whole] % _LANES
        starts = (first + stride * (numbers[:whole] - within)).astype(wanted).astype(np.float64)
        values[:whole] = starts + stride * within
    return np.asarray(values.astype(wanted))


def range_(
    start: float = 0, end: float | None = None, step: float = 1, *, dtype: DtypeLike = None, requires_grad: bool = False
) -> Tensor:
    """``arange`` with its end, in the default dtype; older than :func:`arange`."""
    warnings.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with Python's "
        "range builtin. Instead, use torch.arange, which produces values in [start, end).",
        UserWarning,
        stacklevel=2,
    )
    if end is None:
        start, end = 0, start
    count = math.floor((end - start) / step) + 1
    return finished((start + step * np.arange(count)).astype(dtype_of("range", dtype)), requires_grad)


range_.__name__ = range_.__qualname__ = "range"


def _check_steps(name: str, start: Any, end: Any, steps: Any) -> int:
    if not isinstance(steps, (int, np.integer)) or isinstance(steps, bool):
        raise invalid_combination(name, (start, end) if steps is None else (start, end, steps), {})
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    return int(steps)


def _evenly_spaced(start: float, end: float, steps: int, wanted: np.dtype[Any]) -> Array:
    """The first half counted from the start, the second from the end, in the precision of ``wanted``, as PyTorch does."""
    if steps == 1:
        return np.full(1, start, wanted)
    if wanted.kind == "f":
        step = float(wanted.type((wanted.type(end) - wanted.type(start)) / wanted.type(steps - 1))) if steps else 0.0
        first, last = float(wanted.type(start)), float(wanted.type(end))
    else:
        step, first, last = (end - start) / max(steps - 1, 1), start, end
    index = np.arange(steps)
    values: Array = np.where(index < steps // 2, first + step * index, last - step * (steps - 1 - index))
    return values


def linspace(
    start: Any,
    end: Any,
    steps: Any = None,
    *,
    out: Tensor | None = None,
    dtype: DtypeLike = None,
    layout: Any = None,  # noqa: ARG001
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """``steps`` numbers from ``start`` to ``end``."""
    count = _check_steps("linspace", start, end, steps)
    wanted = dtype_of("linspace", dtype, None if out is None else out._array.dtype)
    if wanted.kind == "b":
        raise NotImplementedError("\"linspace_cpu\" not implemented for 'Bool'")
    first, last = (_number("start", start, "linspace", 1), _number("end", end, "linspace", 2))
    values = _evenly_spaced(first, last, count, wanted)
    return delivered("linspace", values.astype(wanted), out, dtype, device, requires_grad)


def logspace(
    start: Any,
    end: Any,
    steps: Any = None,
    base: float = 10.0,
    *,
    out: Tensor | None = None,
    dtype: DtypeLike = None,
    layout: Any = None,  # noqa: ARG001
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """``base`` to the power of ``steps`` evenly spaced exponents from ``start`` to ``end``."""
    count = _check_steps("logspace", start, end, steps)
    wanted = dtype_of("logspace", dtype, None if out is None else out._array.dtype)
    exponents = _evenly_spaced(start, end, count, wanted)
    with np.errstate(all="ignore"):
        values = np.power(float(base), exponents.astype(np.float64))
    return delivered("logspace", values.astype(wanted), out, dtype, device, requires_grad)


def _triangle(name: str, select: Callable[..., Any], summary: str) -> Callable[..., Tensor]:
    def indices(
        row: int,
        col: int,
        offset: int = 0,
        *,
        dtype: DtypeLike = dtypes.int64,
        device: DeviceLike = None,
        layout: Any = None,  # noqa: ARG001
    ) -> Tensor:
        found = np.stack(np.nonzero(select(np.ones((row, col), np.bool_), offset)))
        return finished(found.astype(as_dtype(dtype).np), False, device)

    indices.__name__ = indices.__qualname__ = name
    indices.__doc__ = summary
    return indices


tril_indices = _triangle("tril_indices", np.tril, "Row and column indices of the lower triangle: int64 of shape (2, count).")
triu_indices = _triangle("triu_indices", np.triu, "Row and column indices of the upper triangle: int64 of shape (2, count).")
