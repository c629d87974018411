"""No forward, no backward, both spellings of backward, instances, calls."""

import torch
from _helpers import attempt

Function = torch.autograd.Function


class NoBackward(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2


class Both(NoBackward):
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output

    @staticmethod
    def vjp(ctx, grad_output):
        return grad_output


class Vjp(NoBackward):
    @staticmethod
    def vjp(ctx, grad_output):
        return grad_output * 7


x = torch.ones(2, requires_grad=True)
attempt(lambda: Function.apply(x))
attempt(lambda: NoBackward.apply(x).sum().backward())
attempt(lambda: Both.apply(x).sum().backward())
attempt(lambda: Vjp.apply(x).sum().backward())
print(x.grad)
attempt(lambda: type(NoBackward()).__name__)
attempt(lambda: NoBackward()(x))
attempt(lambda: NoBackward.jvp(None))
attempt(lambda: NoBackward.vmap(None, None))
