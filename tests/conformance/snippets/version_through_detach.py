"""detach shares the counter: the error is found."""

import torch
from _helpers import attempt

a = torch.ones(2, requires_grad=True)
b = torch.full((2,), 0.5, requires_grad=True)
c = (a * b).sum()
a.detach().zero_()
print(a._version, a)
attempt(c.backward)
