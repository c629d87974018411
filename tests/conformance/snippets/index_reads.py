"""Indexing in all its forms, and the gradient through it."""

import torch

x = torch.arange(12.0).reshape(3, 4).requires_grad_()
rows, columns = torch.tensor([2, 0]), torch.tensor([1, 1])
for y in (x[0], x[-1, 2], x[:, 1], x[1:, ::2], x[[0, 2]], x[x > 5], x[..., 0], x[None, 0], x[rows, columns]):
    print(y, torch.autograd.grad(y.sum(), x)[0].tolist())
