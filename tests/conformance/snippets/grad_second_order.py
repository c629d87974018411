"""Higher derivatives."""

import torch

x = torch.tensor(0.5, requires_grad=True)
y = torch.sin(x) * x**2
for _ in range(3):
    (y,) = torch.autograd.grad(y, x, create_graph=True)
    print(y.item(), y.requires_grad)
