"""Parameters: how they print, and that they are leaves."""

import torch
from _helpers import attempt

p = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
print(p, p.requires_grad, p.is_leaf, isinstance(p, torch.Tensor))
print(p * 2)
print(torch.nn.Parameter(torch.ones(1), requires_grad=False))
attempt(lambda: torch.nn.Parameter(torch.tensor([1])))
