"""``torch.autograd.Variable``: what tensors with gradients were called before PyTorch 0.4. Calling it gives a Tensor."""

from __future__ import annotations

from typing import Any

from ..tensor import Tensor


class _VariableType(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)

    def __call__(cls, data: Tensor, requires_grad: bool | None = None, volatile: bool | None = None) -> Tensor:  # noqa: ARG002
        """``data`` itself when nothing is asked of it, else an alias with that flag."""
        if requires_grad is None or requires_grad == data.requires_grad:
            return data
        return data.detach().requires_grad_(requires_grad)


class Variable(metaclass=_VariableType):
    """Every tensor is an instance."""
