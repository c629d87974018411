"""Dimensions and indices out of range."""

import torch
from _helpers import attempt

a = torch.ones(2, 3)
attempt(lambda: a.sum(dim=2))
attempt(lambda: a.size(5))
attempt(lambda: a[2])
attempt(lambda: a[0, 0, 0])
attempt(lambda: a.transpose(0, 3))
attempt(lambda: a.unsqueeze(4))
