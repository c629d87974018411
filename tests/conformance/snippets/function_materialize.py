"""Undefined gradients arrive as zeros, or as None after set_materialize_grads(False)."""

import torch


class Two(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, materialize):
        ctx.set_materialize_grads(materialize)
        return x * 2, (x * 3).double()

    @staticmethod
    def backward(ctx, first, second):
        print(first, second)
        return first if first is not None else second.float(), None


x = torch.ones(2, requires_grad=True)
for materialize in (True, False):
    Two.apply(x, materialize)[0].sum().backward()
    Two.apply(x, materialize)[1].sum().backward()
    print(x.grad)
