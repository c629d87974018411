"""Tensors without elements."""

import torch

print(torch.tensor([]), torch.empty(2, 0), torch.tensor([], dtype=torch.int64), torch.zeros(0, 3, dtype=torch.bool))
