"""Unpack hooks that return no tensor, pack hooks that write."""

import torch
from _helpers import attempt

hooks = torch.autograd.graph.saved_tensors_hooks
x = torch.ones(2, requires_grad=True)
with hooks(lambda t: t, lambda t: "text"):
    y = x * x
attempt(y.sum().backward)


def writes():
    with hooks(lambda t: t.mul_(2), lambda t: t):
        return (x * 1) ** 2


attempt(writes)


def fails():
    with hooks(lambda t: 1 / 0, lambda t: t):
        return x * x


attempt(fails)
print(x * x)
