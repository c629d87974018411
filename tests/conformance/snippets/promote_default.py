"""The default dtype."""

import torch
from _helpers import attempt

torch.set_default_dtype(torch.float64)
print(torch.tensor([1.0]), torch.ones(1).dtype, (torch.tensor([1]) / 2).dtype)
torch.set_default_dtype(torch.float32)
print(torch.tensor([1.0]), torch.get_default_dtype())
attempt(lambda: torch.set_default_dtype(torch.int64))
