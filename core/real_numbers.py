"""Small questions and identities: parts of numbers that are all real, devices that are all CPUs, layouts that are all dense."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from .inplace import check_and_write
from .memory_format import channels_last, channels_last_3d, strided
from .ops.arithmetic import div, rdiv
from .ops.matmul import matmul
from .tensor import Tensor, from_array


def itself(self: Tensor) -> Tensor:
    """The tensor: it is real, dense, on the CPU and in no pending state."""
    return self


def no(self: Tensor) -> bool:  # noqa: ARG001
    """False for every tensor."""
    return False


def get_device(self: Tensor) -> int:  # noqa: ARG001
    """-1, as for every tensor on the CPU."""
    return -1


def is_set_to(self: Tensor, tensor: Tensor) -> bool:
    """Whether both are the same view of the same memory."""
    return bool(self._array.__array_interface__ == tensor._array.__array_interface__)


def is_same_size(self: Tensor, other: Tensor) -> bool:
    """Whether the shapes are equal."""
    return self._array.shape == other._array.shape


def is_nonzero(self: Tensor) -> bool:
    """Whether the one element is not zero. Raises ``RuntimeError`` for any other number of elements."""
    return bool(self)


def dim_order(self: Tensor) -> tuple[int, ...]:
    """The dimensions from the one with the largest stride to that with the smallest."""
    strides = self._array.strides
    return tuple(sorted(range(len(strides)), key=lambda dim: (-strides[dim], dim)))


def is_contiguous(self: Tensor, memory_format: Any = None) -> bool:
    """Whether the elements lie one after the other in memory, in the order of the dimensions or of ``memory_format``."""
    if memory_format not in (channels_last, channels_last_3d):
        return self._array.flags.c_contiguous
    dimensions = 4 if memory_format is channels_last else 5
    if self._array.ndim != dimensions:
        return False
    return np.moveaxis(self._array, 1, -1).flags.c_contiguous


def sum_to_size(self: Tensor, *size: Any) -> Tensor:
    """The sum that a broadcast from ``size`` to this shape would have to undo."""
    shape = tuple(size[0]) if len(size) == 1 and isinstance(size[0], (tuple, list)) else size
    own = self._array.shape
    extra = len(own) - len(shape)
    if extra < 0 or any(want not in (1, have) for want, have in zip(shape, own[extra:], strict=False)):
        raise RuntimeError(f"size {{{list(shape)}}} is not expandable to size {{{list(own)}}}.")
    result = self
    kept = [dim for dim, want in enumerate(shape, extra) if want == 1 and own[dim] != 1]
    if kept:
        result = result.sum(kept, keepdim=True)
    return result.sum(list(range(extra))) if extra else result


def fill_diagonal_(self: Tensor, fill_value: float, wrap: bool = False) -> Tensor:
    """Fill the diagonal in place. ``wrap``: in a tall matrix it begins again after each square."""
    array = self._array
    if array.ndim < 2:
        raise RuntimeError("dimensions must larger than 1")
    if array.ndim > 2 and len(set(array.shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    filled = array.copy()
    np.fill_diagonal(filled, fill_value, wrap)
    return check_and_write(self, lambda: filled, "fill_diagonal_")


def _to_complex(self: Tensor) -> complex:
    return complex(self.item())


def _reversed(self: Tensor) -> Tensor:
    return self.flip(0) if self._array.ndim else self


def _imag(self: Tensor) -> NoReturn:  # noqa: ARG001
    """There is none. Raises ``RuntimeError``."""
    raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")


def _as_tensor_again(self: Tensor, array: Any, context: Any = None, return_scalar: bool = False) -> Tensor:  # noqa: ARG001
    """What NumPy's functions of a tensor return: a tensor. Bools become uint8, as PyTorch has it still."""
    values = np.asarray(array)
    return from_array(values.astype(np.uint8) if values.dtype.kind == "b" else values)


def _matmul_from_the_right(self: Tensor, other: Any) -> Any:
    return matmul(other, self) if isinstance(other, Tensor) else NotImplemented


def _long(self: Tensor) -> int:
    return int(self)


def _no_deletion(self: Tensor, key: Any) -> NoReturn:  # noqa: ARG001
    raise TypeError("Tensor does not support deleting items")


def is_signed(self: Tensor) -> bool:
    """Whether the dtype has negative numbers."""
    return self._array.dtype.kind in "if"


def _true(self: Tensor) -> bool:  # noqa: ARG001
    return True


METHODS = {
    **dict.fromkeys(("conj", "conj_physical", "resolve_conj", "resolve_neg", "to_dense"), itself),
    **dict.fromkeys(("is_conj", "is_neg", "is_pinned", "is_shared", "is_distributed"), no),
    "get_device": get_device,
    "is_set_to": is_set_to,
    "is_same_size": is_same_size,
    "is_nonzero": is_nonzero,
    "dim_order": dim_order,
    "is_contiguous": is_contiguous,
    "sum_to_size": sum_to_size,
    "fill_diagonal_": fill_diagonal_,
    "__complex__": _to_complex,
    "__reversed__": _reversed,
    "conj_physical_": itself,
    "__array_wrap__": _as_tensor_again,
    "__div__": div,
    "__rdiv__": rdiv,
    "__rmatmul__": _matmul_from_the_right,
    "__long__": _long,
    "__delitem__": _no_deletion,
    "is_signed": is_signed,
    "is_cpu": property(_true),
    "layout": property(lambda self: strided),  # noqa: ARG005
    "name": property(lambda self: None),  # noqa: ARG005
    **{name: property(no) for name in ("is_ipu", "is_xla", "is_mtia", "is_maia")},
    "real": property(itself),
    "imag": property(_imag),
}
"""Methods and properties of Tensor."""

FUNCTIONS = {
    "real": itself,
    "conj": itself,
    "conj_physical": itself,
    "resolve_conj": itself,
    "resolve_neg": itself,
    "is_conj": no,
    "is_neg": no,
    "is_distributed": no,
    "is_signed": is_signed,
    "get_device": get_device,
}
"""The same as functions of ``torch``."""


def attach() -> None:
    """Put them on Tensor."""
    for name, method in METHODS.items():
        setattr(Tensor, name, method)
