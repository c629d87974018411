"""retain_grad captures what the tensor's hooks made of the gradient, whenever it was called."""

import torch

x = torch.tensor([2.0], requires_grad=True)
y = x * 3
y.retain_grad()
y.register_hook(lambda g: g * 10)
y.retain_grad()
z = y * 2
z.register_hook(lambda g: g + 1)
z.retain_grad()
z.sum().backward()
print(z.grad, y.grad, x.grad, y.retains_grad, x.retains_grad)
