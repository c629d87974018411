"""Functions that leave the integers."""

import torch
from _helpers import attempt

x = torch.tensor([1, 2, 3])
print(x.exp(), x / 2, x.sum(), x.float().mean(), torch.tensor([True, True]).sum(), x.sqrt())
attempt(lambda: x.mean())
print(x // 2, x % 2, x**2)
