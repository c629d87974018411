"""Gradients through where, masked_fill and clamp."""

import torch

x = torch.tensor([-1.0, 0.5, 2.0], requires_grad=True)
other = torch.zeros(3, requires_grad=True)
for y in (torch.where(x > 0, x, other), x.masked_fill(x > 1, 9.0), x.clamp(min=0), x.clamp(0, 1), torch.minimum(x, other + 1)):
    print(y, torch.autograd.grad(y.sum(), x)[0])
