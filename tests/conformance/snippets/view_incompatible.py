"""view raises where it would have to copy, reshape copies."""

import torch
from _helpers import attempt

x = torch.arange(6).reshape(2, 3).t()
attempt(lambda: x.view(6))
print(x.reshape(6))
attempt(lambda: torch.arange(6).view(4, 2))
attempt(lambda: torch.arange(6).reshape(4, -1))
