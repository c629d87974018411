"""What programs ask about dtypes and shapes: ``finfo``, ``iinfo``, ``result_type``, ``broadcast_shapes`` and their like."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dtypes
from .dtypes import Size, as_dtype, from_numpy_dtype, get_default_dtype
from .tensor import Tensor


class finfo:  # noqa: N801  (named as in torch)
    """Limits of a floating-point dtype, the default one if none is given. Raises ``TypeError`` for integers."""

    def __init__(self, type: Any = None) -> None:
        self._dtype = get_default_dtype() if type is None else as_dtype(type)
        if not self._dtype.is_floating_point:
            raise TypeError("torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'")
        limits = np.finfo(self._dtype.np)
        self.bits = int(limits.bits)
        self.eps = float(limits.eps)
        self.max = float(limits.max)
        self.min = float(limits.min)
        self.tiny = self.smallest_normal = float(limits.smallest_normal)
        self.resolution = float(f"1e-{limits.precision}")
        self.dtype = self._dtype.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, finfo) and self._dtype is other._dtype

    def __hash__(self) -> int:
        return hash(self._dtype)

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.tiny:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo:  # noqa: N801
    """Limits of an integer dtype. Raises ``TypeError`` for any other."""

    def __init__(self, type: Any) -> None:
        self._dtype = as_dtype(type)
        if self._dtype.np.kind not in "iu":
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        limits = np.iinfo(self._dtype.np)
        self.bits, self.max, self.min = int(limits.bits), int(limits.max), int(limits.min)
        self.dtype = self._dtype.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, iinfo) and self._dtype is other._dtype

    def __hash__(self) -> int:
        return hash(self._dtype)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


def promote_types(type1: Any, type2: Any) -> dtypes.dtype:
    """The smallest dtype that holds both."""
    return from_numpy_dtype(dtypes.promote_types(as_dtype(type1).np, as_dtype(type2).np))


def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """The dtype of an operation on two tensors or numbers."""
    operands = [value._array if isinstance(value, Tensor) else value for value in (tensor1, tensor2)]
    return from_numpy_dtype(dtypes.result_type(*operands))


def can_cast(from_: Any, to: Any) -> bool:
    """Whether a result of one dtype may be stored in place in a tensor of the other: not into a lower kind of number."""
    return dtypes.can_cast(as_dtype(from_).np, as_dtype(to).np)


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that tensors of these shapes broadcast to. Raises ``RuntimeError`` when they do not."""
    given = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    result: list[int] = [1] * max((len(shape) for shape in given), default=0)
    for position, shape in enumerate(given):
        for place in range(-1, -1 - len(shape), -1):
            if shape[place] in (1, result[place]):
                continue
            if result[place] != 1:
                so_far = [length for shorter in given[:1] for length in shorter]
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {shape[place]} at {place}! Mismatching argument at index "
                    f"{position} had {tuple(shape)}; but expected shape should be broadcastable to {so_far}"
                )
            result[place] = shape[place]
    return Size(result)
