"""Gradients are summed to the shape of their input and cast to its dtype."""

import torch

half = torch.ones(2, 1, dtype=torch.float64, requires_grad=True)
single = torch.ones(3, requires_grad=True)
number = torch.tensor(2.0, requires_grad=True)
y = half * single + number
print(y.dtype)
y.sum().backward()
print(half.grad, single.grad, number.grad)
(single * torch.arange(3)).sum().backward()
print(single.grad, single.grad.dtype)
