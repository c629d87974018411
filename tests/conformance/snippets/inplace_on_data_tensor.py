"""A tensor without history takes one on."""

import torch

x = torch.ones(3, requires_grad=True)
buffer = torch.zeros(3)
buffer[1] = x[0] * 2
buffer += x
print(buffer.requires_grad, buffer.is_leaf, buffer)
buffer.sum().backward()
print(x.grad)
