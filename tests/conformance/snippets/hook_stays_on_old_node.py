"""A hook registered before an in-place operation stays with the value it was registered on."""

import torch

x = torch.tensor([2.0], requires_grad=True)
y = x * 3
y.register_hook(lambda g: print("before", g))
y.retain_grad()
y.mul_(5)
y.register_hook(lambda g: print("after", g))
y.sum().backward()
print(y.grad, x.grad)
