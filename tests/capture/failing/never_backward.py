"""No backward at all.

gradtrace: weight has no gradient. No backward has run since MeanBackward0 (never_backward.py:12) was computed from it.
"""

import torch
from torch import nn

model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(2):
    loss = model(torch.randn(4, 3)).square().mean()
    optimizer.step()
    print(model.weight.grad.norm())
