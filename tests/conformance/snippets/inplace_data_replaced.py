"""Assigning to .data."""

import torch
from _helpers import attempt

x = torch.ones(3, requires_grad=True)
y = x * x
x.data = torch.tensor([1.0, 2.0, 3.0])
print(x, x._version, x.is_leaf)
y.sum().backward()
print(x.grad)
x.data = torch.zeros(2, 2)
print(x.shape, x.requires_grad)
attempt(lambda: setattr(x, "data", 5))
