"""Reading .grad of a non-leaf warns."""

import torch

x = torch.ones(2, requires_grad=True)
h = x * 3
h.sum().backward()
print(h.grad)
print(x.grad)
