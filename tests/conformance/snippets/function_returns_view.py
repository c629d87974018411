"""A view of an input: usable, but not to be written to."""

import torch
from _helpers import attempt


class Row(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view(1, -1)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.view(-1) * 5


x = torch.ones(3, requires_grad=True)
y = x * 2
row = Row.apply(y)
print(row, row._is_view(), row._base is y)
row.sum().backward()
print(x.grad)
attempt(lambda: row.add_(1))
