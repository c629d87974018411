"""Fills of expanded tensors work, with a warning."""

import torch

x = torch.arange(3.0)
wide = x.expand(2, 3)
wide.masked_fill_(wide > 1, 7)
wide.index_fill_(1, torch.tensor([0]), 4)
wide[:, torch.tensor([1])] = 9.0
print(x, wide)
