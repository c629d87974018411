"""The remainder has the divisor's sign, fmod the dividend's."""

import torch
from _helpers import attempt

x = torch.tensor([5.5, -5.5, 3.0, -3.0], requires_grad=True)
y = torch.tensor([3.0, 3.0, -2.0, -2.0], requires_grad=True)
print(torch.remainder(x, y), torch.fmod(x, y))
print(x % 2, torch.fmod(x, 2), 7 % y)
(torch.remainder(x, y) * 2 + torch.fmod(x, y)).sum().backward()
print(x.grad, y.grad)
whole = torch.tensor([5, -5])
print(whole % 3, torch.fmod(whole, 3), torch.remainder(whole, 2.5))
attempt(lambda: whole % 0)
attempt(lambda: torch.fmod(whole, 0))
