"""A function with a derivative of one's own."""

import torch


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return 2 * x * grad_output


x = torch.tensor([1.0, 2.0], requires_grad=True)
y = Square.apply(x)
print(y, y.grad_fn.name())
y.sum().backward()
print(x.grad)
(first,) = torch.autograd.grad(Square.apply(x).sum(), x, create_graph=True)
print(first.requires_grad, torch.autograd.grad(first.sum(), x))
