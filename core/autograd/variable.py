"""``torch.autograd.Variable``: what tensors with gradients were called before PyTorch 0.4. Calling it gives a Tensor."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..dtypes import get_default_dtype
from ..tensor import Tensor, from_array


class _VariableType(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)

    def __call__(cls, data: Any = None, requires_grad: bool = False, volatile: Any = None) -> Tensor:
        """A tensor without history that shares memory and version with ``data``, with that flag."""
        if volatile is not None:
            message = "volatile was removed and now has no effect. Use `with torch.no_grad():` instead."
            warnings.warn(message, UserWarning, stacklevel=2)
        if data is None:
            return from_array(np.empty(0, get_default_dtype().np))
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        return data.detach().requires_grad_(bool(requires_grad))


class Variable(metaclass=_VariableType):
    """Every tensor is an instance."""
