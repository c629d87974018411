"""Another view of a changed base gets a new grad_fn."""

import torch

x = torch.ones(4, requires_grad=True)
base = x * 1
first = base[:2]
second = base[1:]
print(second.grad_fn.name())
first.mul_(3)
print(second.grad_fn.name(), base.grad_fn.name())
second.sum().backward()
print(x.grad)
