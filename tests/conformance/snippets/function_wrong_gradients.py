"""Too many, too few, of the wrong kind, size or dtype."""

import torch
from _helpers import attempt


class Wrong(torch.autograd.Function):
    answer = None

    @staticmethod
    def forward(ctx, x, factor):
        return x * factor

    @staticmethod
    def backward(ctx, grad_output):
        return Wrong.answer(grad_output)


x = torch.ones(2, requires_grad=True)
for answer in (
    lambda g: g,
    lambda g: (g, g),
    lambda g: (g, None, None),
    lambda g: (g, None, g),
    lambda g: (3.0, None),
    lambda g: [g, None],
    lambda g: (None, None),
    lambda g: (g.double(), None),
    lambda g: (g.sum(), None),
    lambda g: (torch.ones(3, 2), None),
    lambda g: (torch.ones(5), None),
    lambda g: (torch.ones(2, dtype=torch.int64), None),
):
    Wrong.answer = answer
    x.grad = None
    attempt(lambda: Wrong.apply(x, 2).sum().backward())
    print(x.grad)
