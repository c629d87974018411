"""Tensor hooks replace gradients, on a leaf and in the middle; several in the order of registration."""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 3
y.register_hook(lambda g: print("y first", g) or g * 2)
y.register_hook(lambda g: print("y second", g))
y.register_hook(lambda g: print("y third", g) or g + 1)
x.register_hook(lambda g: print("x", g) or -g)
y.sum().backward()
print(x.grad)
(y_gradient,) = torch.autograd.grad((x * 2).sum(), x)
print(y_gradient)
