"""create_graph in backward leaves a gradient with a history."""

import torch

x = torch.tensor([2.0], requires_grad=True)
y = x**3
(g,) = torch.autograd.grad(y, x, create_graph=True)
penalty = (g**2).sum()
penalty.backward()
print(g, x.grad)
