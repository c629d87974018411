"""A returned tensor replaces the gradient; a wrong one is refused."""

import torch
from _helpers import attempt

x = torch.tensor([1.0, 2.0], requires_grad=True)
h = x * 3
h.register_hook(lambda grad: grad * 0.5)
h.register_hook(lambda grad: grad + 1)
h.sum().backward()
print(x.grad)
h = x * 3
h.register_hook(lambda grad: 3)
attempt(h.sum().backward)
