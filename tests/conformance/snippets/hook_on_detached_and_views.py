"""Hooks on an alias do not see gradients of the original."""

import torch

x = torch.ones(2, requires_grad=True)
y = x * 2
alias = y.view(2)
alias.register_hook(lambda g: print("alias", g))
y.register_hook(lambda g: print("y", g))
y.sum().backward(retain_graph=True)
alias.sum().backward()
z = y.detach().requires_grad_()
z.register_hook(lambda g: print("z", g))
(z * 2).sum().backward()
print(x.grad, z.grad)
