"""A view made under no_grad cannot be written to with gradients."""

import torch
from _helpers import attempt

base = torch.ones(4, requires_grad=True) * 1
with torch.no_grad():
    view = base[:2]
print(view.requires_grad, view.is_leaf, view.grad_fn)
attempt(lambda: view.mul_(2))
attempt(lambda: view[:1].mul_(2))
plain = torch.zeros(4)
with torch.no_grad():
    other = plain[1:]
attempt(lambda: other.add_(1))
attempt(lambda: other.add_(base[1:]))
print(plain)
