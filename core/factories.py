"""Making tensors of a given shape: filled with a value, ranges, index grids, and the same in the likeness of another tensor."""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import dtypes
from .calling import invalid_combination
from .creation import finished, tensor
from .dtypes import as_dtype, get_default_dtype, scalar_dtype
from .inplace import write
from .tensor import Array, Tensor

DtypeLike = Any
DeviceLike = Any


# -------------------------------------------------------------------------------------------------------------- arguments
def shape_of(given: Sequence[Any], name: str = "size") -> tuple[int, ...]:
    """A shape from ``f(2, 3)`` or ``f((2, 3))``; ``name`` is that of the function, for its messages.

    Raises ``TypeError`` for anything but integers, ``RuntimeError`` for negative ones.
    """
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        given = given[0]
    sizes = []
    for position, size in enumerate(given):
        try:
            sizes.append(operator.index(size))
        except TypeError:
            kind = type(size).__name__
            if position == 0:
                raise TypeError(f"{name}(): argument 'size' (position 1) must be tuple of ints, not {kind}") from None
            raise TypeError(
                f"{name}(): argument 'size' failed to unpack the object at pos {position + 1} with error "
                f'"type must be tuple of ints,but got {kind}"'
            ) from None
    if any(size < 0 for size in sizes):
        raise RuntimeError(f"{name}: Dimension size must be non-negative.")
    return tuple(sizes)


def dtype_of(name: str, dtype: DtypeLike, default: Any = None) -> np.dtype[Any]:
    """The NumPy dtype that ``dtype`` names, or else ``default``, or else the default floating-point dtype."""
    if dtype is None:
        return default if default is not None else get_default_dtype().np
    if isinstance(dtype, str):
        raise TypeError(f"{name}(): argument 'dtype' must be torch.dtype, not str")
    return as_dtype(dtype).np


def delivered(
    name: str,
    array: Array,
    out: Tensor | None,
    dtype: DtypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """``array`` as a new tensor, or written into ``out``, which is resized where it has to be.

    Raises ``RuntimeError`` when ``dtype`` was asked for and ``out`` has another.
    """
    if out is None:
        return finished(array, requires_grad, device)
    if dtype is not None and as_dtype(dtype).np != out._array.dtype:
        raise RuntimeError(f"dtype {as_dtype(dtype).cpp_name} does not match dtype of out parameter ({out.dtype.cpp_name})")
    if out._array.shape != array.shape:
        out.resize_(array.shape)
    write(out, array.astype(out._array.dtype), name)
    return out


def _sizes(name: str, positional: Sequence[Any], size: Any) -> tuple[int, ...]:
    if size is not None:
        positional = (size,)
    elif not positional:
        raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
    return shape_of(positional, name)


# ---------------------------------------------------------------------------------------------------------- one value
def _constant(name: str, value: int, summary: str) -> Callable[..., Tensor]:
    def make(
        *sizes: Any,
        size: Any = None,
        out: Tensor | None = None,
        dtype: DtypeLike = None,
        layout: Any = None,  # noqa: ARG001  (there is one layout, one kind of memory, one memory format)
        device: DeviceLike = None,
        requires_grad: bool = False,
        pin_memory: bool = False,  # noqa: ARG001
        memory_format: Any = None,  # noqa: ARG001
        names: Any = None,  # noqa: ARG001
    ) -> Tensor:
        shape = _sizes(name, sizes, size)
        wanted = dtype_of(name, dtype, out._array.dtype if out is not None and dtype is None else None)
        return delivered(name, np.full(shape, value, wanted), out, dtype, device, requires_grad)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = summary
    return make


zeros = _constant("zeros", 0, "Filled with zeros.")
ones = _constant("ones", 1, "Filled with ones.")
empty = _constant("empty", 0, "Of this shape; the values are zeros here, but do not count on it.")


def full(
    size: Sequence[int],
    fill_value: Any,
    *,
    out: Tensor | None = None,
    dtype: DtypeLike = None,
    layout: Any = None,  # noqa: ARG001
    device: DeviceLike = None,
    requires_grad: bool = False,
    pin_memory: bool = False,  # noqa: ARG001
    names: Any = None,  # noqa: ARG001
) -> Tensor:
    """Filled with a value, whose type decides the dtype."""
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"full(): argument 'size' (position 1) must be tuple of ints, not {type(size).__name__}")
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    inferred = out._array.dtype if out is not None else scalar_dtype(value)
    shape = shape_of((tuple(size),), "full")
    return delivered("full", np.full(shape, value, dtype_of("full", dtype, inferred)), out, dtype, device, requires_grad)


def _like(name: str, value: int, summary: str) -> Callable[..., Tensor]:
    def make(
        input: Tensor,
        *,
        dtype: DtypeLike = None,
        layout: Any = None,  # noqa: ARG001
        device: DeviceLike = None,
        requires_grad: bool = False,
        pin_memory: bool = False,  # noqa: ARG001
        memory_format: Any = None,  # noqa: ARG001
    ) -> Tensor:
        if not isinstance(input, Tensor):
            raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
        array = _in_the_layout_of(input._array, dtype_of(name, dtype, input._array.dtype))
        array.fill(value)
        return finished(array, requires_grad, device)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = summary
    return make


def _in_the_layout_of(like: Array, dtype: np.dtype[Any]) -> Array:
    """An array of this shape whose dimensions lie in memory in the same order, without gaps (PyTorch's ``preserve_format``)."""
    return np.empty_like(like, dtype, order="K", subok=False)


zeros_like = _like("zeros_like", 0, "Zeros in the shape and dtype of ``input``.")
ones_like = _like("ones_like", 1, "Ones in the shape and dtype of ``input``.")
empty_like = _like("empty_like", 0, "A tensor in the shape and dtype of ``input``.")


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: DtypeLike = None,
    layout: Any = None,  # noqa: ARG001
    device: DeviceLike = None,
    requires_grad: bool = False,
    memory_format: Any = None,  # noqa: ARG001
) -> Tensor:
    """One value in the shape and dtype of ``input``."""
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    array = _in_the_layout_of(input._array, dtype_of("full_like", dtype, input._array.dtype))
    array.fill(value)
    return finished(array, requires_grad, device)


# ------------------------------------------------------------------------------------------------------------- as methods
def _new(name: str, value: int, summary: str) -> Callable[..., Tensor]:
    def make(
        self: Tensor,
        *sizes: Any,
        size: Any = None,
        dtype: DtypeLike = None,
        layout: Any = None,  # noqa: ARG001
        device: DeviceLike = None,
        requires_grad: bool = False,
        pin_memory: bool = False,  # noqa: ARG001
    ) -> Tensor:
        shape = _sizes(name, sizes, size)
        return finished(np.full(shape, value, dtype_of(name, dtype, self._array.dtype)), requires_grad, device)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = summary
    return make


new_zeros = _new("new_zeros", 0, "Zeros in the dtype of ``self``.")
new_ones = _new("new_ones", 1, "Ones in the dtype of ``self``.")
new_empty = _new("new_empty", 0, "A tensor in the dtype of ``self``; do not count on its values.")


def new_full(
    self: Tensor,
    size: Sequence[int],
    fill_value: Any,
    *,
    dtype: DtypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    layout: Any = None,  # noqa: ARG001
    pin_memory: bool = False,  # noqa: ARG001
) -> Tensor:
    """One value in the dtype of ``self``."""
    wanted = dtype_of("new_full", dtype, self._array.dtype)
    return finished(np.full(shape_of((tuple(size),), "new_full"), fill_value, wanted), requires_grad, device)


def new_tensor(
    self: Tensor, data: Any, *, dtype: DtypeLike = None, device: DeviceLike = None, requires_grad: bool = False
) -> Tensor:
    """``tensor(data)`` in the dtype of ``self``."""
    return tensor(data, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


def new_empty_strided(
    self: Tensor,
    size: Sequence[int],
    stride: Sequence[int],
    *,
    dtype: DtypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """:func:`empty_strided` in the dtype of ``self``."""
    return empty_strided(size, stride, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


def scalar_tensor(value: Any, *, dtype: DtypeLike = None, device: DeviceLike = None, requires_grad: bool = False) -> Tensor:
    """A 0-d tensor."""
    return tensor(value, dtype=dtype or get_default_dtype(), device=device, requires_grad=requires_grad)


def empty_strided(
    size: Sequence[int],
    stride: Sequence[int],
    *,
    dtype: DtypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    layout: Any = None,  # noqa: ARG001
    pin_memory: bool = False,  # noqa: ARG001
) -> Tensor:
    """A tensor whose elements lie ``stride`` elements apart in each dimension.

    Raises ``RuntimeError`` when ``size`` and ``stride`` differ in length or a stride is negative.
    """
    shape, steps = shape_of((tuple(size),), "empty_strided"), tuple(operator.index(step) for step in stride)
    if len(shape) != len(steps):
        raise RuntimeError(f"mismatch in length of strides and shape. Strides of length {len(steps)}, shape of {len(shape)}")
    if any(step < 0 for step in steps):
        raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {list(steps)}")
    wanted = dtype_of("empty_strided", dtype)
    reach = 0 if 0 in shape else 1 + sum((length - 1) * step for length, step in zip(shape, steps, strict=True))
    memory = np.zeros(reach, wanted)
    bytes_apart = tuple(step * wanted.itemsize for step in steps)
    return finished(np.lib.stride_tricks.as_strided(memory, shape, bytes_apart), requires_grad, device)


# ----------------------------------------------------------------------------------------------------------------- ranges
def eye(
    n: int,
    m: int | None = None,
    *,
    out: Tensor | None = None,
    dtype: DtypeLike = None,
    layout: Any = None,  # noqa: ARG001
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """Ones on the diagonal of ``n`` rows and ``m`` columns."""
    for name, position, count in (("n", 1, n), ("m", 2, n if m is None else m)):
        if not isinstance(count, (int, np.integer, Tensor)):
            raise TypeError(f"eye(): argument '{name}' (position {position}) must be int, not {type(count).__name__}")
        if count < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {count}")
    return delivered("eye", np.eye(n, m, dtype=dtype_of("eye", dtype)), out, dtype, device, requires_grad)


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
    values = first + stride * np.arange(count)
    wanted = dtype_of("arange", dtype, inferred if out is None else out._array.dtype)
    return delivered("arange", values.astype(wanted), out, dtype, device, requires_grad)


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
