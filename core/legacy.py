"""What older programs still say: ``torch.FloatTensor(2, 3)``, ``x.new(...)``, ``set_default_tensor_type``."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from . import dtypes, typed_storage
from .creation import numbers_in
from .dtypes import dtype, set_default_dtype
from .inplace import bump
from .making import shape_of
from .tensor import Tensor, from_array


def made_from(wanted: dtype, data: tuple[Any, ...]) -> Tensor:
    """A tensor of this dtype with the values of one sequence, array or tensor, or of a shape given by integers (then of zeros)."""
    if len(data) == 1 and isinstance(data[0], (float, bool)):
        raise TypeError(f"new(): data must be a sequence (got {type(data[0]).__name__})")
    if len(data) == 1 and isinstance(data[0], dtypes.Size):
        return from_array(np.zeros(data[0], wanted.np))
    if len(data) == 1 and not isinstance(data[0], (int, np.integer)):
        source = data[0]
        values = source._array if isinstance(source, Tensor) else [numbers_in(item, set()) for item in source]
        return from_array(np.array(values).astype(wanted.np))
    return from_array(np.zeros(shape_of(data, "new") if data else 0, wanted.np))


class _TensorType(type):
    """The class of ``FloatTensor`` and its like: calling one makes a plain Tensor, and ``isinstance`` asks for the dtype."""

    dtype: dtype

    def __call__(cls, *data: Any) -> Tensor:
        return made_from(cls.dtype, data)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype

    def __repr__(cls) -> str:
        return f"<class '{cls.dtype.tensor_type}'>"


TENSOR_TYPES: dict[str, Any] = {
    f"{one.cpp_name}Tensor": _TensorType(f"{one.cpp_name}Tensor", (), {"dtype": one, "__doc__": f"Tensors of {one.name}."})
    for one in dtypes._ALL
}
"""``FloatTensor``, ``LongTensor`` and their like, by name."""


def set_default_tensor_type(t: Any) -> None:
    """Set the default dtype to that of a tensor type or its name (``"torch.DoubleTensor"``)."""
    if isinstance(t, str):
        t = TENSOR_TYPES.get(t.removeprefix("torch."))
    if not isinstance(t, _TensorType):
        raise TypeError("invalid type object: only floating-point types are supported as the default type")
    set_default_dtype(t.dtype)


def typename(obj: Any) -> str:
    """``"torch.FloatTensor"`` for a tensor, else module and name of the type."""
    if isinstance(obj, Tensor):
        return obj.dtype.tensor_type
    kind = obj if isinstance(obj, type) else type(obj)
    return kind.__qualname__ if kind.__module__ in ("", "builtins", "__builtin__") else f"{kind.__module__}.{kind.__qualname__}"


def new_(self: Tensor, *data: Any, device: Any = None) -> Tensor:
    """``x.new(2, 3)``, ``x.new([1, 2])``: a tensor of the dtype of ``self``; nothing given, an empty one."""
    if device is not None:
        dtypes.device(device)
    return made_from(self.dtype, data)


def resize(self: Tensor, *sizes: Any) -> Tensor:
    """The elements in another shape of as many; older than ``reshape``."""
    warnings.warn("non-inplace resize is deprecated", UserWarning, stacklevel=2)
    return self.reshape(*sizes)  # type: ignore[no-any-return]


def _replace_elements(name: str, self: Tensor, function: Any, others: tuple[Tensor, ...] = ()) -> Tensor:
    """Each element becomes what ``function`` makes of it and of those beside it. Raises ``RuntimeError`` with gradients."""
    if self._requires_grad:
        raise RuntimeError(f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead.")
    shape = self._array.shape
    columns = [self._array.ravel().tolist()]
    columns += [np.broadcast_to(other._array, shape).ravel().tolist() for other in others]
    self._array[...] = np.array([function(*row) for row in zip(*columns, strict=True)]).reshape(shape)
    bump(self, name)
    return self


def apply_(self: Tensor, callable: Any) -> Tensor:
    """Replace every element by what a Python function makes of it."""
    return _replace_elements("apply_", self, callable)


def map_(self: Tensor, tensor: Tensor, callable: Any) -> Tensor:
    """Replace every element by what a Python function makes of it and the one beside it in ``tensor``."""
    return _replace_elements("map_", self, callable, (tensor,))


def map2_(self: Tensor, x: Tensor, y: Tensor, callable: Any) -> Tensor:
    """As :func:`map_`, with two tensors beside it."""
    return _replace_elements("map2_", self, callable, (x, y))


METHODS = {
    "new": new_,
    "resize": resize,
    "apply_": apply_,
    "map_": map_,
    "map2_": map2_,
}
"""Methods of Tensor."""


def attach() -> None:
    """Put them on Tensor."""
    for name, method in {**METHODS, **typed_storage.METHODS}.items():
        setattr(Tensor, name, method)
