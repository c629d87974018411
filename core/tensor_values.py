"""The values of a tensor as something else: arrays, numbers, lists. A tensor with history leaves the graph there."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from . import errors
from .events import Array, CutKind
from .grad_mode import thread_state
from .tensor_base import TensorBase


class TensorValues(TensorBase):
    """The conversions of :class:`.tensor.Tensor` to Python and NumPy."""

    __slots__ = ()

    _requires_grad: Any

    if TYPE_CHECKING:  # said by Tensor

        def _tell_cut(self, how: CutKind) -> None: ...

    def numpy(self, *, force: bool = False) -> Array:
        """The values as an array that shares the tensor's memory. Raises ``RuntimeError`` on a tensor that requires grad."""
        if self._requires_grad and (force or thread_state.grad_enabled):
            if not force:
                raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
            self._tell_cut("numpy")
        return self._array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    def item(self) -> Any:
        """The only element as a Python number."""
        if self._array.size != 1:
            raise RuntimeError(f"a Tensor with {self._array.size} elements cannot be converted to Scalar")
        if self._requires_grad:
            self._tell_cut("item")
        return self._array.item()

    def tolist(self) -> Any:
        """The values as nested lists of Python numbers."""
        if self._requires_grad:
            self._tell_cut("item")
        return self._array.tolist()

    def _number_for(self, convert: Any) -> Any:
        if self._array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        if self._requires_grad and convert is not bool and thread_state.grad_enabled:
            warnings.warn(
                errors.CONVERTED_WITH_GRAD,
                UserWarning,
                stacklevel=3,
            )
        return convert(self.item())

    def __float__(self) -> float:
        return float(self._number_for(float))

    def __int__(self) -> int:
        return int(self._number_for(int))

    def __bool__(self) -> bool:
        size = self._array.size
        if size != 1:
            amount = "no values" if size == 0 else "more than one value"
            raise RuntimeError(f"Boolean value of Tensor with {amount} is ambiguous")
        return bool(self._array.item())

    def __index__(self) -> int:
        if self._array.size != 1 or self._array.dtype.kind == "f":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self._array.item())


TensorValues.__module__ = "torch._C"
