"""Losses taken out as numbers, and a fresh tensor made of them.

gradtrace: weight has no gradient. The result of MeanBackward0 (losses_as_numbers.py:12) left the graph by item() at
losses_as_numbers.py:12. The same goes for bias.
"""

import torch
from torch import nn

model, losses = nn.Linear(3, 1), []
for _ in range(2):
    losses.append(model(torch.randn(2, 3)).square().mean().item())
total = torch.tensor(losses, requires_grad=True).mean()
total.backward()
for p in model.parameters():
    print(p.grad.abs().mean())
