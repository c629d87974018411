"""All of a model frozen, the new head included.

gradtrace: Nothing that loss was computed from requires a gradient: 0.weight, 0.bias, 2.weight, 2.bias are frozen.
"""

import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
for p in model.parameters():
    p.requires_grad = False
loss = nn.functional.cross_entropy(model(torch.randn(3, 4)), torch.tensor([0, 1, 1]))
loss.backward()
