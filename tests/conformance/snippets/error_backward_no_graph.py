"""backward where there is nothing to go through."""

import torch
from _helpers import attempt

x = torch.ones(2)
attempt(lambda: x.sum().backward())
y = torch.ones(2, requires_grad=True)
attempt(lambda: y.detach().sum().backward())
attempt(lambda: (y > 0).sum().backward())
attempt(lambda: torch.autograd.backward([]))
