"""A function that answers differently each time."""

import torch
from _helpers import attempt


class Noisy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * (2 + torch.rand_like(grad_output) * 1e-4)


x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
attempt(lambda: torch.autograd.gradcheck(Noisy.apply, x, atol=1e-2) and None)
