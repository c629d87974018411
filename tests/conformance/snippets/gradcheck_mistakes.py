"""gradcheck finds wrong derivatives, and its arguments."""

import torch
from _helpers import attempt

gradcheck = torch.autograd.gradcheck


class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * 3


x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
attempt(lambda: gradcheck(Wrong.apply, (x,)))
print(gradcheck(Wrong.apply, (x,), raise_exception=False))
print(gradcheck(torch.exp, x), gradcheck(lambda a: a * 1.00001, x, atol=1e-3))
attempt(lambda: gradcheck(torch.exp, torch.ones(2)))
attempt(lambda: gradcheck(lambda a: a.long(), x))
