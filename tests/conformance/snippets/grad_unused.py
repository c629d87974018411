"""Inputs that the output does not depend on."""

import torch
from _helpers import attempt

x = torch.ones(2, requires_grad=True)
z = torch.ones(2, requires_grad=True)
y = (x * 2).sum()
attempt(lambda: torch.autograd.grad(y, [x, z], retain_graph=True))
print(torch.autograd.grad(y, [x, z], allow_unused=True, retain_graph=True))
print(torch.autograd.grad(y, [x, z], materialize_grads=True))
attempt(lambda: torch.autograd.grad((x * 2).sum(), torch.ones(2)))
