"""Gradients that are views: of expand, of transpose, of slices."""

import torch

x = torch.ones(2, 3, requires_grad=True)
x.sum().backward()
x.grad[0, 0] = 5
print(x.grad)
(x.t() @ torch.ones(2, 1)).sum().backward()
print(x.grad)
y = torch.zeros(4, requires_grad=True)
(y[1:3] * torch.tensor([2.0, 3.0])).sum().backward()
print(y.grad)
(gradient,) = torch.autograd.grad(x.mean(), x)
gradient2 = gradient.clone()
gradient2[0] = 1
print(gradient, gradient2)
