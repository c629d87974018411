"""In-place on a view rewrites the history of its base."""

import torch

x = torch.ones(4, requires_grad=True)
base = x * 1
view = base[:2]
view.mul_(3)
print(base.grad_fn, view.grad_fn)
base.sum().backward()
print(x.grad)
