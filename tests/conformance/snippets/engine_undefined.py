"""Undefined gradients: through nodes with several outputs, and Functions that return None."""

import torch


class Stop(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad_output):
        return None


x = torch.arange(6.0).view(2, 3).requires_grad_()
values, indices = x.max(1)
first, second = x.unbind()
second.sum().backward()
print(x.grad)
y = torch.ones(2, requires_grad=True)
z = Stop.apply(y * 3)
z.sum().backward()
print(y.grad)
(Stop.apply(y) + y).sum().backward()
print(y.grad)
print(torch.autograd.grad(Stop.apply(y).sum(), y, allow_unused=True))
y.exp().mul(Stop.apply(y).exp()).sum().backward()
print(y.grad)
var, mean = torch.var_mean(x)
mean.backward()
print(x.grad)
