"""Outputs that are used twice, not at all, or by another graph."""

import torch


class Three(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1, x * 2, x * 3

    @staticmethod
    def backward(ctx, *gradients):
        print(gradients)
        return gradients[0] + 2 * gradients[1] + 3 * gradients[2]


x = torch.tensor([1.0], requires_grad=True)
a, b, c = Three.apply(x)
print(a.output_nr, b.output_nr, c.output_nr, a.grad_fn is c.grad_fn)
(a + a * b).backward()
print(x.grad)
c = c.detach()
print(c.requires_grad, c.grad_fn)
