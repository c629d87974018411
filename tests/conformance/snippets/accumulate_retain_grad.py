"""retain_grad keeps the gradient of a tensor in the middle."""

import torch
from _helpers import attempt

x = torch.ones(2, requires_grad=True)
h = x * 3
h.retain_grad()
h.retain_grad()
print(h.retains_grad, x.retains_grad)
(h * h).sum().backward()
print(h.grad, x.grad)
attempt(lambda: torch.ones(2).retain_grad())
