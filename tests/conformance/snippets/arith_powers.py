"""Powers of tensors and numbers, their gradients where they are singular, and integer powers."""

import torch
from _helpers import attempt

x = torch.tensor([0.0, 1.0, 2.0, -2.0], requires_grad=True)
for power in (0, 1, 2, 3, 0.5, -1):
    x.grad = None
    y = x**power
    y.sum().backward()
    print(power, y, x.grad)
p = torch.tensor([2.0, 0.0, 3.0, 2.0], requires_grad=True)
z = x**p
print(z, 2**p, torch.pow(2.5, torch.tensor([1, 2])), torch.float_power(torch.tensor([2, 3]), 2))
z.sum().backward()
print(p.grad)
attempt(lambda: torch.tensor([2]) ** -1)
attempt(lambda: torch.tensor([2]).pow_(0.5))
