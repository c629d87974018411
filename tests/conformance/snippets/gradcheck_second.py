"""gradgradcheck."""

import torch

gradgradcheck = torch.autograd.gradgradcheck


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return 2 * x.detach() * grad_output


x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
print(gradgradcheck(torch.exp, x), gradgradcheck(lambda a: a**3, (x,), torch.ones(2, dtype=torch.float64, requires_grad=True)))
print(gradgradcheck(Square.apply, x, raise_exception=False))
print(torch.autograd.gradcheck(Square.apply, x))
