"""Gradients cleared before they are read.

gradtrace: weight has no gradient. It was set to None at cleared_before_reading.py:16, and no backward has brought
another since.
"""

import torch
from torch import nn

model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(2):
    loss = model(torch.randn(8, 4)).square().sum()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    largest = max(p.grad.abs().max().item() for p in model.parameters())
