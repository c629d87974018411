"""requires_grad set after creation, in three ways."""

import torch
from _helpers import attempt

a = torch.ones(2)
a.requires_grad = True
b = torch.ones(2).requires_grad_()
c = torch.ones(2).requires_grad_(True).requires_grad_(False)
print(a, b, c)
d = a * 2
attempt(lambda: setattr(d, "requires_grad", False))
attempt(lambda: setattr(d, "requires_grad", True))
print(d)
