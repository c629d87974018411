"""once_differentiable: the second derivative is an error."""

import torch
from _helpers import attempt


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad_output):
        print("grad enabled:", torch.is_grad_enabled())
        (x,) = ctx.saved_tensors
        return 2 * x * grad_output


x = torch.tensor([3.0], requires_grad=True)
Square.apply(x).backward()
print(x.grad)
(gradient,) = torch.autograd.grad(Square.apply(x), x, create_graph=True)
print(gradient)
weight = torch.ones(1, requires_grad=True)
(gradient,) = torch.autograd.grad(Square.apply(x), x, weight, create_graph=True)
print(gradient, gradient.grad_fn.name())
attempt(gradient.backward)
