"""autograd.grad returns what backward would accumulate, and accumulates nothing."""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x**3).sum()
print(torch.autograd.grad(y, x))
print(x.grad)
