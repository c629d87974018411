"""Gradients given from outside."""

import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x**2
y.backward(torch.tensor([1.0, 0.1, 0.01]), retain_graph=True)
print(x.grad)
y.backward(gradient=torch.ones(3))
print(x.grad)
