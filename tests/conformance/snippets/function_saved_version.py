"""What a Function saved is checked like any other saved tensor."""

import torch
from _helpers import attempt


class Keep(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        result = x * 2
        ctx.save_for_backward(x, result)
        return result

    @staticmethod
    def backward(ctx, grad_output):
        x, result = ctx.saved_tensors
        return grad_output + 0 * x * result


x = torch.ones(2, requires_grad=True)
middle = x * 1
y = Keep.apply(middle)
with torch.no_grad():
    middle.add_(1)
attempt(y.sum().backward)
z = Keep.apply(x)
z.data.add_(1)
attempt(lambda: z.sum().backward())
w = Keep.apply(x)
w.add_(1)
attempt(lambda: w.sum().backward())
