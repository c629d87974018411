"""What every tensor can say of itself without the graph: its shape, its dtype, how it lies in memory."""

from __future__ import annotations

from typing import Any

from . import errors
from .descriptors import read_only
from .dtypes import Size, device, dtype, from_numpy_dtype
from .events import Array

_CPU = device("cpu")


class TensorBase:
    """The part of :class:`.tensor.Tensor` that looks at nothing but the array."""

    __slots__ = ()

    _array: Array

    @read_only
    def shape(self) -> Size:
        """The sizes of the dimensions."""
        return tuple.__new__(Size, self._array.shape)

    @read_only
    def dtype(self) -> dtype:
        """The element type."""
        return from_numpy_dtype(self._array.dtype)

    @read_only
    def device(self) -> device:
        """Always the CPU."""
        return _CPU

    @read_only
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    @read_only
    def itemsize(self) -> int:
        """Bytes per element."""
        return self._array.itemsize

    @read_only
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self._array.nbytes

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size of one dimension."""
        if dim is None:
            return self.shape
        self._check_dim(dim)
        return self._array.shape[dim]

    def stride(self, dim: int | None = None) -> Any:
        """Steps between neighbours along each dimension (or one of them), in elements."""
        strides = tuple(step // self._array.itemsize for step in self._array.strides)
        if dim is None:
            return strides
        self._check_dim(dim)
        return strides[dim]

    def dim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    ndimension = dim

    def numel(self) -> int:
        """The number of elements."""
        return self._array.size

    nelement = numel

    def element_size(self) -> int:
        """Bytes per element."""
        return self._array.itemsize

    def is_contiguous(self) -> bool:
        """Whether the elements lie one after the other in memory."""
        return self._array.flags.c_contiguous

    def is_floating_point(self) -> bool:
        """Whether the elements are floating-point numbers."""
        return self._array.dtype.kind == "f"

    def is_complex(self) -> bool:
        """Always False: there are no complex dtypes."""
        return False

    def data_ptr(self) -> int:
        """The address of the first element."""
        return int(self._array.__array_interface__["data"][0])

    def _check_dim(self, dim: int) -> None:
        ndim = self._array.ndim
        if not -ndim <= dim < ndim:
            raise errors.dimension_out_of_range(dim, ndim)


TensorBase.__module__ = "torch._C"
