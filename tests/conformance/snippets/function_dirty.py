"""An in-place Function: on a leaf, a non-leaf, a view, and one that forgets to return its input."""

import torch
from _helpers import attempt


class AddOne(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, give_back=True):
        x.add_(1)
        ctx.mark_dirty(x)
        return x if give_back else x * 1

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * 3, None


leaf = torch.ones(3, requires_grad=True)
attempt(lambda: AddOne.apply(leaf))
leaf = torch.ones(3, requires_grad=True)
middle = leaf * 2
same = AddOne.apply(middle)
print(same is middle, middle, middle._version)
middle.sum().backward()
print(leaf.grad)
base = leaf * 2
part = base[:2]
AddOne.apply(part)
print(part, part._version, base)
base.sum().backward()
print(leaf.grad)
attempt(lambda: AddOne.apply(leaf * 2, False))
