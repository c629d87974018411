"""A row of a Hessian."""

import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = (x[0] * x[1] ** 2 + x[2].exp() * x[0]).sum()
(g,) = torch.autograd.grad(y, x, create_graph=True)
print(g)
for component in g:
    print(torch.autograd.grad(component, x, retain_graph=True)[0])
