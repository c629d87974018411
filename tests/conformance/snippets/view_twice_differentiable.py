"""A write through a view can be differentiated twice."""

import torch

x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
base = x**2
base[1:3].mul_(x[:2])
base.view(2, 2).t()[0].exp_()
(first,) = torch.autograd.grad(base.sum(), x, create_graph=True)
print(first)
print(torch.autograd.grad(first.sum(), x))
