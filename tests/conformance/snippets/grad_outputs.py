"""Weights for the outputs."""

import torch
from _helpers import attempt

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * x
print(torch.autograd.grad(y, x, grad_outputs=torch.tensor([1.0, 0.5]), retain_graph=True))
attempt(lambda: torch.autograd.grad(y, x, retain_graph=True))
attempt(lambda: torch.autograd.grad(y, x, grad_outputs=torch.ones(3)))
