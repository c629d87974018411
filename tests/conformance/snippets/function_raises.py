"""An exception in backward reaches the caller, and the engine works on afterwards."""

import torch
from _helpers import attempt


class Fails(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad_output):
        raise ValueError("not today")


x = torch.ones(2, requires_grad=True)
attempt(lambda: (Fails.apply(x) + x).sum().backward())
print(x.grad, torch.is_grad_enabled())
(x * 3).sum().backward()
print(x.grad)
