"""In a recorded pass hooks see tensors with a history."""

import torch

x = torch.tensor([2.0], requires_grad=True)
y = x**3
y.register_hook(lambda g: print(g.requires_grad, torch.is_grad_enabled()) or g * x)
(gradient,) = torch.autograd.grad(y, x, create_graph=True)
print(gradient)
gradient.backward()
print(x.grad)
x.grad = None
x.register_hook(lambda g: print("plain", g.requires_grad, torch.is_grad_enabled()))
(x**2).backward()
