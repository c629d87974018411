"""A saved tensor changed in place: backward refuses, and says which."""

import torch
from _helpers import attempt

x = torch.ones(2, 3, requires_grad=True)
y = x * 2
z = y * y
y.add_(1)
attempt(lambda: z.sum().backward())
