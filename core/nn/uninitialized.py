"""Parameters and buffers whose shape is not known yet: what lazy modules have until they see their first input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from .. import events
from ..dtypes import as_dtype, get_default_dtype
from ..identity import tensor_id
from ..tensor import Tensor, from_array
from .parameter import Parameter

_ALLOWED = frozenset(
    """
    size copy_ is_complex is_floating_point half float double char short int long cpu to get_device materialize share_memory_ detach
    requires_grad_ is_inference data_ptr
    """.split()  # noqa: SIM905
)


class Uninitialized(Tensor):
    """A tensor without values; :meth:`materialize` gives it a shape, and then it is one of ``cls_to_become``."""

    __slots__ = ()

    cls_to_become: ClassVar[type[Tensor]]

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:  # noqa: ARG002  (there is one device)
        """Become an ordinary one of this shape; the values (here: zeros) are still to be set."""
        wanted = self._array.dtype if dtype is None else as_dtype(dtype).np
        self._array = np.zeros(tuple(shape), wanted)
        self.__class__ = self.cls_to_become  # type: ignore[assignment]
        if self._requires_grad and events.sink is not None:
            events.sink.leaf_created(tensor_id(self), self._array.shape, self.dtype.name, True)

    @property
    def shape(self) -> Any:
        """Raises ``RuntimeError``: there is none yet."""
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` when "
            "trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the parameters before "
            "accessing their attributes."
        )

    def share_memory_(self) -> None:
        """Raises ``RuntimeError``."""
        raise RuntimeError(
            "Can't share memory on an uninitialized parameter or buffer. Call `forward` to initialize the parameters before "
            "calling `module.share_memory()`."
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            kind: Any = type(self)
            memo[id(self)] = kind(bool(self._requires_grad), dtype=self.dtype)
        return memo[id(self)]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class UninitializedParameter(Uninitialized, Parameter):
    """A parameter that has no shape yet."""

    __slots__ = ()

    cls_to_become = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> UninitializedParameter:  # noqa: ARG004
        """One of this dtype, or of the default dtype."""
        made = _blank(cls, dtype)
        made._requires_grad = requires_grad  # listeners hear of it when it has a shape
        return made  # type: ignore[no-any-return]

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        """Everything was done at creation."""


class UninitializedBuffer(Uninitialized):
    """A buffer that has no shape yet."""

    __slots__ = ()

    cls_to_become = Tensor

    def __new__(cls, requires_grad: bool = False, device: Any = None, dtype: Any = None) -> UninitializedBuffer:  # noqa: ARG004
        """One of this dtype, or of the default dtype."""
        return _blank(cls, dtype)  # type: ignore[no-any-return]

    def __init__(self, requires_grad: bool = False, device: Any = None, dtype: Any = None) -> None:
        """Everything was done at creation."""


UninitializedParameter.__module__ = UninitializedBuffer.__module__ = "torch.nn.parameter"


def _blank(cls: Any, dtype: Any) -> Any:
    wanted = get_default_dtype() if dtype is None else as_dtype(dtype)
    made = object.__new__(cls)
    empty = from_array(np.empty(0, wanted.np))
    for slot in ("_array", "_requires_grad", "_edge", "_counter", "_meta", "_number"):
        setattr(made, slot, getattr(empty, slot))
    return made


def is_lazy(param: Any) -> bool:
    """Whether this is a parameter or buffer without a shape."""
    return isinstance(param, Uninitialized)


def _refused(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    in_python = {
        "norm": "Tensor.norm",
        "split": "Tensor.split",
        "normal_": "normal_",
        "uniform_": "uniform_",
    }  # of nn.init
    shown = f"<method '{name}' of 'torch._C.TensorBase' objects>"
    if name in in_python:
        shown = f"<function {in_python[name]} at {id(method):#x}>"

    def refuse(self: Uninitialized, *arguments: Any, **options: Any) -> Any:  # noqa: ARG001
        raise ValueError(
            f"Attempted to use an uninitialized parameter in {shown}. This error happens when you are using a `LazyModule` or "
            f"explicitly manipulating `torch.nn.parameter.{type(self).__name__}` objects. When using LazyModules Call `forward` "
            "with a dummy batch to initialize the parameters before calling torch functions"
        )

    return refuse


def attach() -> None:
    """Let the methods of Tensor, which are all there by now, refuse a tensor without values."""
    for name in dir(Tensor):
        method = getattr(Tensor, name)
        if not name.startswith("_") and name not in _ALLOWED and callable(method):
            setattr(Uninitialized, name, _refused(name, method))
    for operator, name in {"add": "add", "mul": "mul", "sub": "sub", "truediv": "div", "matmul": "matmul"}.items():
        refuse = _refused(name, getattr(Tensor, name))
        setattr(Uninitialized, f"__{operator}__", refuse)
        setattr(Uninitialized, f"__r{operator}__", refuse)
