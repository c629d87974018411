"""Differentiating the user's backward, with saved inputs and saved outputs."""

import torch


class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        result = x.exp()
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad_output):
        (result,) = ctx.saved_tensors
        print(result.grad_fn is not None, result.requires_grad)
        return grad_output * result


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return 3 * grad_output * x * x


x = torch.tensor(0.5, requires_grad=True)
for function in (Exp, Cube):
    value = function.apply(x)
    for order in range(3):
        (value,) = torch.autograd.grad(value, x, create_graph=True)
        print(function.__name__, order, value)
