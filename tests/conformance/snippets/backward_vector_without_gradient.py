"""No implicit gradient for a vector."""

import torch
from _helpers import attempt

x = torch.ones(2, requires_grad=True)
y = x * 2
attempt(lambda: y.backward())
attempt(lambda: y.backward(torch.ones(3)))
attempt(lambda: torch.ones(2).sum().backward())
