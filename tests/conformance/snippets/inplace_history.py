"""In-place operations enter the history."""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
y.mul_(3)
y.add_(x)
print(y)
y.sum().backward()
print(x.grad)
