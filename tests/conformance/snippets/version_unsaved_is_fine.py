"""add saves nothing, so its inputs may change."""

import torch

x = torch.ones(2, requires_grad=True)
h = x * 3
y = h + 1
h.mul_(5)
y.sum().backward()
print(x.grad, h)
