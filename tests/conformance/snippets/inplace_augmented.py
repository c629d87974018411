"""Augmented assignment on leaves, views and items."""

import torch
from _helpers import attempt


def add_to(tensor):
    tensor += 1
    return tensor


x = torch.zeros(3, requires_grad=True)
attempt(lambda: add_to(x))
attempt(lambda: add_to(x[:2]))
y = x * 1
y += 1
y[0] -= 3
y[1:] *= 4
y /= 2
y **= 2
print(y, y._version)
y.sum().backward()
print(x.grad)
with torch.no_grad():
    x -= 0.1 * x.grad
    x[1:] += 1
print(x, x._version)
