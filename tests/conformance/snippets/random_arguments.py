"""Arguments and refusals of the random functions."""

import torch
from _helpers import attempt

attempt(lambda: torch.rand(size=(2,)).shape)
attempt(lambda: torch.rand((2,), out=torch.empty(2)).shape)
attempt(lambda: torch.randint(3, size=(2,)).shape)
attempt(lambda: torch.randint(high=3, size=(2,)).shape)
attempt(lambda: torch.randint(0, 3, (2,), dtype=torch.float32).dtype)
attempt(lambda: torch.randint_like(torch.ones(2), 3).shape)
attempt(lambda: torch.randint(3, 1, (2,)))
attempt(lambda: torch.randn(2, dtype=torch.int64))
attempt(lambda: torch.normal(0.0, 1.0, (2,)).shape)
attempt(lambda: torch.normal(torch.zeros(2, dtype=torch.float64), 1.0).dtype)
attempt(lambda: torch.normal(torch.zeros(2), -1.0))
