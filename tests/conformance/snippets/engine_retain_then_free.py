"""retain_graph=True, then without; a partly freed graph."""

import torch
from _helpers import attempt

x = torch.tensor([1.0, 2.0], requires_grad=True)
shared = x.exp()
left = (shared * 2).sum()
right = (shared * shared).sum()
left.backward()
attempt(right.backward)
print(x.grad)
fresh = (x.exp() * 3).sum()
fresh.backward(retain_graph=True)
(first,) = torch.autograd.grad(fresh, x)
attempt(lambda: torch.autograd.grad(fresh, x))
print(first, x.grad)
