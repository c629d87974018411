"""The memory behind tensors, for programs that look at it: ``x.untyped_storage()``, ``x.storage()``, ``x.set_(storage)``."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from . import dtypes
from .dtypes import device, dtype, from_numpy_dtype
from .grad_mode import thread_state
from .inplace import bump
from .storage import Storage, counter_of
from .tensor import Array, Tensor, from_array
from .views import check_writable, memory_of

_DEPRECATED = (
    "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage class. This should "
    "only matter to you if you are using storages directly.  To access UntypedStorage directly, use tensor.untyped_storage() "
    "instead of tensor.storage()"
)
_C_NAMES = {"int64": "long int", "int32": "int", "int16": "short int", "int8": "signed char", "uint8": "unsigned char"}
_FORMS = """() received an invalid combination of arguments - got ({}), but expected one of:
 * ()
 * (torch.Storage source)
 * (torch.Storage source, int storage_offset, tuple of ints size, tuple of ints stride = None)
 * (Tensor source)
 * (Tensor source, int storage_offset, tuple of ints size, tuple of ints stride = None)
"""

_warned = False


class UntypedStorage:
    """The bytes of a piece of memory. Two are equal if they are the same memory."""

    dtype = dtypes.uint8
    device = device("cpu")
    is_cuda = False

    def __init__(self, size: int = 0) -> None:
        self._memory: Array = np.zeros(size, self.dtype.np)
        self._identity = Storage()

    @classmethod
    def _over(cls, memory: Array, identity: Storage) -> UntypedStorage:
        self = cls.__new__(cls)
        self._memory, self._identity = memory, identity
        return self

    def data_ptr(self) -> int:
        """The address of the first byte."""
        return int(self._memory.__array_interface__["data"][0])

    def nbytes(self) -> int:
        """The size in bytes."""
        return self._memory.nbytes

    def size(self) -> int:
        """The number of elements (bytes, of an untyped storage)."""
        return self._memory.size

    def __len__(self) -> int:
        return self._memory.size

    def element_size(self) -> int:
        """The bytes of an element."""
        return self._memory.itemsize

    def tolist(self) -> list[Any]:
        """The elements as Python numbers."""
        return list(self._memory.tolist())

    def is_shared(self) -> bool:
        """Whether other processes have the memory, too: no."""
        return False

    is_pinned = is_shared

    def clone(self) -> UntypedStorage:
        """A copy."""
        return self._over(self._memory.copy(), Storage())

    def fill_(self, value: Any) -> UntypedStorage:
        """Fill with a value."""
        self._memory.fill(value)
        return self

    def copy_(self, source: UntypedStorage) -> UntypedStorage:
        """Take over the elements of another storage."""
        self._memory[...] = source._memory
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(self._memory.tolist())

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self._over(self._memory[index], self._identity)
        return self._memory[self._checked(index)].item()

    def _checked(self, index: Any) -> int:
        if not -len(self) <= index < len(self):
            raise IndexError(f"index {index} out of range for storage of size {len(self)}")
        return int(index)

    def __setitem__(self, index: Any, value: Any) -> None:
        self._memory[index if isinstance(index, slice) else self._checked(index)] = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UntypedStorage) and type(other) is type(self) and self.data_ptr() == other.data_ptr()

    def __hash__(self) -> int:
        return self.data_ptr()

    def __repr__(self) -> str:
        elements = "\n ".join(str(element) for element in self)
        return f" {elements}\n[torch.storage.{self._described()} of size {len(self)}]"

    def _described(self) -> str:
        return "UntypedStorage(device=cpu)"


class TypedStorage(UntypedStorage):
    """The elements of a piece of memory, all of one dtype."""

    @property
    def dtype(self) -> dtype:  # type: ignore[override]
        """The element type."""
        return from_numpy_dtype(self._memory.dtype)

    def untyped(self) -> UntypedStorage:
        """The same memory as bytes."""
        return UntypedStorage._over(self._memory.view(np.uint8), self._identity)

    untyped_storage = untyped

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        return super().__getitem__(index)

    def _described(self) -> str:
        return f"TypedStorage(dtype={self.dtype}, device=cpu)"

    def __eq__(self, other: object) -> bool:
        return self is other  # as in PyTorch, where only untyped ones are compared by their memory

    __hash__ = UntypedStorage.__hash__


UntypedStorage.__module__ = TypedStorage.__module__ = "torch.storage"


def _flat(array: Array) -> Array:
    """All of the memory that an array lies in, as elements one after the other."""
    memory = memory_of(array)
    return memory.reshape(-1) if memory.flags.c_contiguous else memory.ravel(order="K")


# --------------------------------------------------------------------------------------------------------------- methods
def storage(self: Tensor) -> TypedStorage:
    """The memory behind the tensor as elements of its dtype. PyTorch warns once that it is to go."""
    global _warned
    if not _warned:
        _warned = True
        warnings.warn(_DEPRECATED, UserWarning, stacklevel=2)
    made = TypedStorage._over(_flat(self._array), counter_of(self).storage)
    assert isinstance(made, TypedStorage)
    return made


def untyped_storage(self: Tensor) -> UntypedStorage:
    """The memory behind the tensor as bytes."""
    flat = _flat(self._array)
    return UntypedStorage._over(flat.view(np.uint8), counter_of(self).storage)


def set_(
    self: Tensor,
    source: Tensor | UntypedStorage | None = None,
    storage_offset: int | None = None,
    size: Sequence[int] | None = None,
    stride: Sequence[int] | None = None,
) -> Tensor:
    """The tensor becomes one of ``source``'s memory: with its shape and strides, or as the further arguments say.

    Without a source it becomes empty. Memory that is too small is copied into a larger piece.
    """
    wanted = self._array.dtype
    given = [one for one in (source, storage_offset, size, stride) if one is not None]
    if not isinstance(source, (Tensor, UntypedStorage, type(None))) or (storage_offset is not None and size is None):
        raise TypeError("set_" + _FORMS.format(", ".join(_kind(one) for one in given)))
    if thread_state.grad_enabled:
        check_writable(self, (source,))
    if source is None:
        source = from_array(np.empty(0, wanted))
    if isinstance(source, Tensor):
        if source._array.dtype != wanted:
            raise RuntimeError(f"Could not set tensor of type {_c_name(source.dtype)} to a tensor of type {_c_name(self.dtype)}")
        array, identity = source._array, counter_of(source).storage
        memory = None if size is None else _flat(array)
    else:
        memory, identity = _as_elements(source, wanted), source._identity
        array = memory
    if memory is not None and size is not None:
        array = _placed(memory, storage_offset or 0, size, stride)
    self._array = array
    bump(self, "set_")
    counter_of(self).storage = identity
    return self


def _as_elements(source: UntypedStorage, wanted: Any) -> Array:
    if isinstance(source, TypedStorage) and source._memory.dtype != wanted:
        raise RuntimeError(
            f"Expected a Storage of type {_c_name(from_numpy_dtype(wanted))} or an UntypedStorage, but got type "
            f"{source.dtype.cpp_name} for argument 1 'storage'"
        )
    whole = source._memory.size * source._memory.itemsize // wanted.itemsize * wanted.itemsize
    return source._memory.view(np.uint8)[:whole].view(wanted)


def _placed(memory: Array, offset: int, size: Sequence[int], stride: Sequence[int] | None) -> Array:
    """A tensor of this geometry over ``memory``."""
    shape: tuple[int, ...] = tuple(size)
    steps = tuple([math.prod(shape[axis + 1 :]) for axis in range(len(shape))]) if stride is None else tuple(stride)
    if len(shape) != len(steps):
        raise RuntimeError(f"unequal size length ({len(shape)}) and stride length ({len(steps)})")
    if any(step < 0 for step in steps):
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(shape)} and strides={list(steps)}")
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    last = offset + sum((count - 1) * step for count, step in zip(shape, steps, strict=True))
    if last >= memory.size and 0 not in shape:
        larger = np.zeros(last + 1, memory.dtype)
        larger[: memory.size] = memory
        memory = larger
    itemsize = memory.itemsize
    return np.ndarray(shape, memory.dtype, memory, offset * itemsize, tuple([step * itemsize for step in steps]))


def _kind(value: Any) -> str:
    if isinstance(value, UntypedStorage):
        return f"torch.storage.{type(value).__name__}"
    return "Tensor" if isinstance(value, Tensor) else type(value).__name__


def _c_name(kind: dtype) -> str:
    return _C_NAMES.get(kind.name, kind.cpp_name.lower())


METHODS = {"storage": storage, "untyped_storage": untyped_storage, "set_": set_}
"""Methods of Tensor."""
