"""Views made in one mode and written to in another."""

import torch
from _helpers import attempt

x = torch.ones(3, requires_grad=True)
y = x * 2
with torch.no_grad():
    view = y[:2]
    print(view.requires_grad, view.grad_fn)
attempt(lambda: view.mul_(2))
with torch.no_grad():
    view.mul_(2)
print(y, y._version)
base = torch.ones(3)
part = base[:2]
part.mul_(x[:2])
print(base, base.requires_grad, part.grad_fn is not None)
