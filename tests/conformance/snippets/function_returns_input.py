"""An input returned as it is becomes a view of itself, which must not be written to."""

import torch
from _helpers import attempt


class Same(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * 10


x = torch.ones(2, requires_grad=True)
y = Same.apply(x)
print(y is x, y, y._is_view(), y._base is x, y.is_leaf, y._version)
y.sum().backward()
print(x.grad)
attempt(lambda: y.add_(1))
z = Same.apply(x * 2)
attempt(lambda: z.mul_(2))
without = torch.ones(2)
same = Same.apply(without)
print(same is without, same._is_view(), same.requires_grad)
