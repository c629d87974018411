"""A tensor made under no_grad is a leaf that requires nothing."""

import torch

x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    y = x * 2
    z = torch.ones(2, requires_grad=True)
print(y, y.is_leaf, z)
