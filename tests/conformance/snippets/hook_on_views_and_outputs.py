"""Hooks on one output of a node with several, and on views of a written-to base."""

import torch

x = torch.arange(6.0, requires_grad=True)
first, second = x.chunk(2)
second.register_hook(lambda g: print("second", g) or g * 100)
(first * second).sum().backward()
print(x.grad)
x.grad = None
y = x * 2
part = y[:2]
part.register_hook(lambda g: print("part before", g))
part.mul_(10)
part.register_hook(lambda g: print("part after", g))
(part.sum() + y.sum()).backward()
print(x.grad)
