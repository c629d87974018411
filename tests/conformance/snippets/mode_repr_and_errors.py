"""How the modes print, and odd arguments."""

import torch
from _helpers import attempt

print(type(torch.no_grad()).__name__, torch.is_grad_enabled())
attempt(lambda: torch.set_grad_enabled())
with torch.set_grad_enabled(mode=False):
    print(torch.is_grad_enabled())
x = torch.ones(1, requires_grad=True)
with torch.no_grad():
    y = x * 2
    z = torch.ones(1, requires_grad=True)
    w = x.detach().requires_grad_()
    print(y.requires_grad, z.requires_grad, w.requires_grad, (z * w).requires_grad)
attempt(y.backward)
with torch.no_grad():
    attempt((x * 2).backward)
