"""detach_ and requires_grad_."""

import torch
from _helpers import attempt

x = torch.ones(3, requires_grad=True)
y = x * 2
print(y.detach_() is y, y.requires_grad, y.is_leaf, y.grad_fn)
attempt(lambda: (x * 2)[:2].detach_())
y.requires_grad_()
(y * 3).sum().backward()
print(y.grad, x.grad)
attempt(lambda: (x * 2).requires_grad_(False))
attempt(lambda: torch.ones(2, dtype=torch.long).requires_grad_())
