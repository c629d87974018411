"""Shapes that do not fit."""

import torch
from _helpers import attempt

a = torch.ones(2, 3)
attempt(lambda: a + torch.ones(4))
attempt(lambda: a @ torch.ones(2, 3))
attempt(lambda: torch.mm(a, torch.ones(3)))
attempt(lambda: torch.cat([a, torch.ones(3, 2)]))
attempt(lambda: torch.stack([a, torch.ones(3, 2)]))
attempt(lambda: a.expand(4, 4))
