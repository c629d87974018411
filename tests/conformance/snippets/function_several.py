"""Several inputs and outputs, constants, and None for what needs no gradient."""

import torch


class Scaled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor, w):
        ctx.factor = factor
        ctx.save_for_backward(x, w)
        return x * factor, x * w

    @staticmethod
    def backward(ctx, grad_first, grad_second):
        x, w = ctx.saved_tensors
        print(ctx.needs_input_grad)
        return grad_first * ctx.factor + grad_second * w, None, grad_second * x


x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor([3.0, 4.0])
a, b = Scaled.apply(x, 10, w)
print(a, b)
(a + b).sum().backward()
print(x.grad)
