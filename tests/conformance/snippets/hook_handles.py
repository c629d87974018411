"""Handles: ids, removal by leaving a block, removal twice, after the tensor is gone."""

import torch

x = torch.ones(2, requires_grad=True)
first = x.register_hook(lambda g: print("first"))
second = x.register_hook(lambda g: print("second"))
print(second.id - first.id, type(first))
with first:
    x.sum().backward()
x.sum().backward()
second.remove()
second.remove()
x.sum().backward()
y = x * 2
third = y.register_hook(print)
del y
third.remove()
print(x.grad)
