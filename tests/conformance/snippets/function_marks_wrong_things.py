"""The ctx methods given something else than tensors."""

import torch
from _helpers import attempt


class Marks(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, method):
        getattr(ctx, method)("no tensor")
        return x * 2

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output, None


x = torch.ones(2, requires_grad=True)
for method in ("save_for_backward", "mark_dirty", "mark_non_differentiable"):
    attempt(lambda: Marks.apply(x, method))
