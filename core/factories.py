"""Making tensors of a given shape: filled with a value, in the likeness of another tensor, and as methods of one."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .creation import finished, tensor
from .dtypes import get_default_dtype, scalar_dtype
from .making import DeviceLike, DtypeLike, delivered, dtype_of, shape_of, sizes_from
from .tensor import Array, Tensor


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
        shape = sizes_from(name, sizes, size)
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
        shape = sizes_from(name, sizes, size)
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
