"""A long chain, forwards, backwards and forgotten."""

import torch

x = torch.tensor([1.0], requires_grad=True)
y = x
for _ in range(20000):
    y = y + 1
y.backward()
print(x.grad, y)
del y
