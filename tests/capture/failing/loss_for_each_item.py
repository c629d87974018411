"""A loss for each item, not one for all.

gradtrace: loss, the result of NllLossBackward0 (loss_for_each_item.py:11), has shape (5,): take its mean() or sum(), or
give backward() a gradient of that shape.
"""

import torch
from torch import nn

model, criterion = nn.Linear(3, 2), nn.CrossEntropyLoss(reduction="none")
loss = criterion(model(torch.randn(5, 3)), torch.randint(0, 2, (5,)))
loss.backward()
