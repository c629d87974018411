"""The gradient of a tensor in the middle."""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
h = x * 2
y = (h * h).sum()
print(torch.autograd.grad(y, [h, x], retain_graph=True))
print(torch.autograd.grad(y, h))
