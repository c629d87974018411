"""mark_dirty counts as a write: who saved the old value notices."""

import torch


class Zero(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.zero_()

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * 0


x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 1
z = y * y
Zero.apply(y)
z.sum().backward()
