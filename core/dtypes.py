"""Data types, sizes, devices and type promotion, as PyTorch has them.

Three small value classes (:class:`dtype`, :class:`Size`, :class:`device`), the default dtype, and PyTorch's promotion rules as
plain functions on NumPy dtypes. Tensors hold NumPy arrays: NumPy's dtype is what the engine works with, :class:`dtype` its face.

The promotion rules differ from NumPy's (NEP 50) in one point that shows everywhere: operands fall into three classes, tensors with
dimensions, 0-d tensors and Python scalars, and a weaker class changes the result's dtype only when it brings a higher *category*
(bool < integer < floating point). See :func:`result_type`.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable
from math import prod
from typing import Any, SupportsIndex, overload

import numpy as np
from numpy.typing import NDArray

NumpyDtype = np.dtype[Any]
Scalar = builtins.bool | builtins.int | builtins.float


# ----------------------------------------------------------------------------------------------------------------- dtype
class dtype:  # noqa: N801  (named as in torch)
    """A tensor's element type. The instances are the module's constants (``float32``, ``int64``, …); compare them with ``is``.

    ``np`` is the NumPy dtype, ``cpp_name`` the name PyTorch's error messages use (``"Float"``), ``tensor_type`` what
    ``Tensor.type()`` answers (``"torch.FloatTensor"``).
    """

    __slots__ = ("cpp_name", "is_floating_point", "is_signed", "itemsize", "name", "np", "tensor_type")

    is_complex = False

    def __init__(self, name: str, cpp_name: str) -> None:
        self.name = name
        self.cpp_name = cpp_name
        self.tensor_type = f"torch.{cpp_name}Tensor"
        self.np: NumpyDtype = np.dtype(name)
        self.itemsize = self.np.itemsize
        self.is_floating_point = self.np.kind == "f"
        self.is_signed = self.np.kind in "fi"

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


_ALL = tuple(
    dtype(name, cpp_name)
    for name, cpp_name in (
        ("float16", "Half"),
        ("float32", "Float"),
        ("float64", "Double"),
        ("uint8", "Byte"),
        ("int8", "Char"),
        ("int16", "Short"),
        ("int32", "Int"),
        ("int64", "Long"),
        ("bool", "Bool"),
    )
)
_BY_NUMPY: dict[NumpyDtype, dtype] = {one.np: one for one in _ALL}
_BY_PYTHON_TYPE: dict[Any, str] = {builtins.float: "float64", builtins.int: "int64", builtins.bool: "bool"}


def from_numpy_dtype(numpy_dtype: NumpyDtype) -> dtype:
    """The :class:`dtype` of a NumPy dtype. Raises ``TypeError``, worded as in torch, for one that has no counterpart."""
    try:
        return _BY_NUMPY[numpy_dtype]
    except KeyError:
        pass
    native = _BY_NUMPY.get(numpy_dtype.newbyteorder("="))  # equal kinds of another byte order, or long against long long
    if native is not None:
        return native
    supported = ", ".join(one.name for one in _ALL)
    raise TypeError(
        f"can't convert np.ndarray of type {numpy_dtype.type.__module__}.{numpy_dtype.type.__name__}. "
        f"The only supported types are: {supported}."
    )


def as_dtype(value: Any) -> dtype:
    """Make a :class:`dtype` of a dtype, a NumPy dtype or scalar type, or Python's ``float``, ``int``, ``bool``."""
    if isinstance(value, dtype):
        return value
    if isinstance(value, type) and value in _BY_PYTHON_TYPE:
        return _BY_NUMPY[np.dtype(_BY_PYTHON_TYPE[value])]
    if isinstance(value, np.dtype) or (isinstance(value, type) and issubclass(value, np.generic)):
        return from_numpy_dtype(np.dtype(value))
    raise TypeError(f"dtype must be torch.dtype, not {type(value).__name__}")


# --------------------------------------------------------------------------------------------------------- default dtype
class _Default:
    """The process-wide default floating-point dtype (an attribute, so that readers see the present one)."""

    dtype: dtype = _BY_NUMPY[np.dtype("float32")]


def get_default_dtype() -> dtype:
    """The dtype of floating-point tensors for which none was given: float32 unless changed."""
    return _Default.dtype


def set_default_dtype(d: Any) -> None:
    """Set the default dtype. Raises ``TypeError`` for anything but a floating-point :class:`dtype`."""
    if not isinstance(d, dtype):
        raise TypeError("invalid dtype object: only floating-point types are supported as the default type")
    if not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    _Default.dtype = d


# ------------------------------------------------------------------------------------------------------------- promotion
_BOOL, _INTEGER, _FLOAT = range(3)
_CATEGORY = {"b": _BOOL, "i": _INTEGER, "u": _INTEGER, "f": _FLOAT}
_INT64 = np.dtype(np.int64)
_NUMPY_BOOL = np.dtype(np.bool_)


def category(numpy_dtype: NumpyDtype) -> builtins.int:
    """0 for bool, 1 for integers, 2 for floating point."""
    return _CATEGORY[numpy_dtype.kind]


def promote_types(a: NumpyDtype, b: NumpyDtype) -> NumpyDtype:
    """The smallest dtype that holds both, by torch's lattice: a float beats any integer and keeps its own width."""
    if a == b:
        return a
    category_a, category_b = category(a), category(b)
    if category_a == category_b:
        return np.promote_types(a, b)
    return a if category_a > category_b else b


def scalar_dtype(value: Scalar) -> NumpyDtype:
    """The dtype a Python scalar counts as: bool, int64 or the default floating-point dtype."""
    if isinstance(value, (builtins.bool, np.bool_)):
        return _NUMPY_BOOL
    if isinstance(value, (builtins.int, np.integer)):
        return _INT64
    return _Default.dtype.np


def _combine(stronger: NumpyDtype | None, weaker: NumpyDtype | None) -> NumpyDtype | None:
    """The dtype of two operand classes together: the stronger one's, unless the weaker brings a higher category."""
    if stronger is None or weaker is None:
        return stronger if weaker is None else weaker
    stronger_category = category(stronger)
    if stronger_category == _FLOAT:
        return stronger
    if stronger_category == _BOOL or category(weaker) == _FLOAT:
        return promote_types(stronger, weaker)
    return stronger


def result_type(*operands: NDArray[Any] | np.generic | Scalar) -> NumpyDtype:
    """The dtype PyTorch computes an operation on these operands in.

    Arrays with dimensions are strongest, 0-d arrays and NumPy scalars come next, Python scalars last:
    ``float32[3] * float64[]`` is float32, ``int32[3] + int64[]`` int32, ``int32[3] + 1.5`` the default dtype.
    The rule is ``at::native::result_type`` of PyTorch.
    """
    with_dimensions: NumpyDtype | None = None
    zero_dim: NumpyDtype | None = None
    python: NumpyDtype | None = None
    for operand in operands:
        if not isinstance(operand, (np.ndarray, np.generic)):
            own = scalar_dtype(operand)
            python = own if python is None else promote_types(python, own)
        elif operand.ndim:
            own = operand.dtype
            with_dimensions = own if with_dimensions is None else promote_types(with_dimensions, own)
        else:
            own = operand.dtype
            zero_dim = own if zero_dim is None else promote_types(zero_dim, own)
    result = _combine(with_dimensions, _combine(zero_dim, python))
    if result is None:
        raise ValueError("result_type() needs at least one operand")
    return result


def float_result_type(*operands: NDArray[Any] | np.generic | Scalar) -> NumpyDtype:
    """As :func:`result_type`, for operations that leave the integers (true division, ``exp``, …): the default dtype for those."""
    result = result_type(*operands)
    return result if result.kind == "f" else _Default.dtype.np


def sum_result_type(numpy_dtype: NumpyDtype) -> NumpyDtype:
    """The dtype ``sum``, ``prod`` and ``cumsum`` accumulate in: int64 for bool and all integers."""
    return numpy_dtype if numpy_dtype.kind == "f" else _INT64


def can_cast(from_: NumpyDtype, to: NumpyDtype) -> builtins.bool:
    """Whether an in-place operation may store a ``from_`` result in a ``to`` tensor: not into a lower category."""
    return category(from_) <= category(to)


# ------------------------------------------------------------------------------------------------------------------ Size
class Size(tuple[builtins.int, ...]):
    """A tensor's shape: a tuple of ints that prints as ``torch.Size([2, 3])`` and stays a Size when sliced or added to."""

    __slots__ = ()

    def __new__(cls, sizes: Iterable[SupportsIndex] = ()) -> Size:
        """Raises ``TypeError`` when an item is not an integer."""
        items = []
        for position, item in enumerate(sizes):
            try:
                items.append(item.__index__())
            except AttributeError:
                raise TypeError(f"torch.Size() takes an iterable of 'int' (item {position} is '{type(item).__name__}')") from None
        return tuple.__new__(cls, items)

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def numel(self) -> builtins.int:
        """The number of elements of a tensor of this shape."""
        return prod(self)

    @overload
    def __getitem__(self, index: SupportsIndex) -> builtins.int: ...
    @overload
    def __getitem__(self, index: slice) -> Size: ...
    def __getitem__(self, index: Any) -> builtins.int | Size:
        part = tuple.__getitem__(self, index)
        return tuple.__new__(Size, part) if isinstance(index, slice) else part

    def __add__(self, other: Any) -> Size:
        if not isinstance(other, tuple):
            raise TypeError(f"can only concatenate tuple (not {type(other).__name__}) to torch.Size")
        return tuple.__new__(Size, tuple(self) + other)

    def __radd__(self, other: tuple[builtins.int, ...]) -> Size:
        if not isinstance(other, tuple):
            return NotImplemented
        return tuple.__new__(Size, other + tuple(self))

    def __mul__(self, times: SupportsIndex) -> Size:
        return tuple.__new__(Size, tuple(self) * times)

    __rmul__ = __mul__

    def __reduce__(self) -> tuple[type[Size], tuple[tuple[builtins.int, ...]]]:
        return Size, (tuple(self),)


# ---------------------------------------------------------------------------------------------------------------- device
_DEVICE_TYPES = (
    "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, "
    "privateuseone"
)
_DEVICE_STRING = re.compile(r"([a-z]+)(?::(0|[1-9]\d*))?")


class device:  # noqa: N801  (named as in torch)
    """Where a tensor lives. There is one place, the CPU; the class is here so that programs written for PyTorch run unchanged.

    Raises ``RuntimeError`` for a string that names no device and ``NotImplementedError`` for a device other than the CPU.
    """

    __slots__ = ("index", "type")

    type: str
    index: builtins.int | None

    def __init__(self, type: str | device, index: builtins.int | None = None) -> None:
        if isinstance(type, device):
            self.type, self.index = type.type, type.index
            return
        match = _DEVICE_STRING.fullmatch(type)
        if match is None:
            raise RuntimeError(f"Invalid device string: '{type}'")
        name, written_index = match.groups()
        if name not in _DEVICE_TYPES.split(", "):
            raise RuntimeError(f"Expected one of {_DEVICE_TYPES} device type at start of device string: {name}")
        if written_index is not None and index is not None:
            raise RuntimeError(f"type (string) must not include an index because index was passed explicitly: {type}")
        if name != "cpu":
            raise NotImplementedError(
                f"device '{type}': gradtrace.core computes on the CPU only; use 'cpu', or run the program on PyTorch"
            )
        self.type = name
        self.index = builtins.int(written_index) if written_index is not None else index

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{index})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> builtins.bool:
        if not isinstance(other, device):
            return NotImplemented
        return (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> builtins.int:
        return hash((self.type, self.index))


# ------------------------------------------------------------------------------------------------------------- constants
# Last in the file, because some of the names hide Python's own.
float16, float32, float64, uint8, int8, int16, int32, int64, bool = _ALL
half, float, double = float16, float32, float64
short, int, long = int16, int32, int64


C_NAMES = {
    "float16": "c10::Half",
    "float32": "float",
    "float64": "double",
    "int64": "long int",
    "int32": "int",
    "int16": "short int",
    "int8": "signed char",
    "uint8": "unsigned char",
    "bool": "bool",
}
"""The dtypes' names in C++, as some messages have them."""
