"""Indices that do not fit."""

import torch
from _helpers import attempt

x = torch.arange(12.0).reshape(3, 4)
for key in (3, (0, 4), (0, 0, 0), 1.5, slice(None, None, -1), slice(0, 2, 0), [0, 5], ([0, 1], [0, 1, 2])):
    attempt(lambda key=key: x[key])
for key in (torch.tensor([0.0, 1.0]), torch.tensor([True, False]), (slice(None), torch.tensor([True, False]))):
    attempt(lambda key=key: x[key])
attempt(lambda: torch.tensor(1.0)[0])
attempt(lambda: x.select(0, 4))
attempt(lambda: x.narrow(1, 2, 3))
