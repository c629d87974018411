"""Augmented assignment keeps the object, except where Python says otherwise."""

import torch
from _helpers import attempt

x = torch.ones(2)
alias = x
x += 1
x *= 3
x -= 0.5
x /= 2
x **= 2
print(x, alias is x, x._version)
attempt(lambda: torch.tensor([1, 2]).div_(2))
attempt(lambda: torch.tensor([1, 2]).add_(0.5))
