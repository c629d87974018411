"""A gradient has its tensor's dtype."""

import torch

x = torch.ones(2, dtype=torch.float64, requires_grad=True)
y = torch.ones(2, requires_grad=True)
(x * y).sum().backward()
print(x.grad, y.grad)
z = y.double() * 2
print(z)
z.sum().backward()
print(y.grad.dtype)
