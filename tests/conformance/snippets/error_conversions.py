"""From tensors to Python."""

import torch
from _helpers import attempt

attempt(lambda: torch.ones(2).item())
attempt(lambda: bool(torch.ones(2)))
attempt(lambda: float(torch.ones(2)))
attempt(lambda: torch.ones(2, requires_grad=True).numpy())
attempt(lambda: len(torch.tensor(1.0)))
attempt(lambda: list(torch.tensor(1.0)))
print(float(torch.tensor(1.5)), int(torch.tensor(2.7)), bool(torch.tensor([0])), torch.tensor([3]).item(), len(torch.ones(4, 2)))
