"""A tensor made in forward and saved, neither input nor output."""

import torch


class Sigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        inner = (-x).exp()
        ctx.save_for_backward(inner)
        ctx.other = inner * 2
        return 1 / (1 + inner)

    @staticmethod
    def backward(ctx, grad_output):
        (inner,) = ctx.saved_tensors
        print(inner.requires_grad, ctx.other.requires_grad)
        return grad_output * inner / (1 + inner) ** 2


x = torch.tensor([0.5, -0.5], requires_grad=True)
y = Sigmoid.apply(x)
y.sum().backward()
print(y, x.grad)
print(torch.autograd.grad(Sigmoid.apply(x).sum(), x, create_graph=True)[0].requires_grad)
