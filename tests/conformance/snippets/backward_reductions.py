"""Sums, means and norms."""

import torch

x = torch.tensor([[1.0, -2.0], [3.0, 4.0]], requires_grad=True)
for y in (x.sum(), x.mean(), x.sum(dim=0).prod(), x.norm(), x.mean(dim=1, keepdim=True).sum(), x.var(), x.max()):
    print(y, torch.autograd.grad(y, x)[0])
