"""Gradients are summed over the dimensions that were broadcast."""

import torch

row = torch.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
column = torch.tensor([[1.0], [2.0]], requires_grad=True)
scalar = torch.tensor(2.0, requires_grad=True)
(row * column * scalar).sum().backward()
print(row.grad, column.grad, scalar.grad)
