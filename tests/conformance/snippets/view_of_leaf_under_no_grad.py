"""A view of a leaf changed under no_grad."""

import torch

x = torch.ones(3, requires_grad=True)
with torch.no_grad():
    x[1:] *= 2
print(x, x._version)
(x * x).sum().backward()
print(x.grad)
