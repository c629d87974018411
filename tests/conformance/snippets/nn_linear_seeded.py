"""A layer made after manual_seed has the same weights."""

import torch

torch.manual_seed(1)
layer = torch.nn.Linear(3, 2)
print(layer)
print(layer.weight, layer.bias)
y = layer(torch.ones(1, 3))
print(y)
y.sum().backward()
print(layer.weight.grad, layer.bias.grad)
