"""gradcheck tells when a backward does not take undefined gradients."""

import torch
from _helpers import attempt


class Picky(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    @staticmethod
    def backward(ctx, first, second):
        if first is None or second is None:
            return torch.ones(2, dtype=torch.float64)
        return first * 2 + second * 3


x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
attempt(lambda: torch.autograd.gradcheck(Picky.apply, x))
print(torch.autograd.gradcheck(Picky.apply, x, check_undefined_grad=False))
