"""A loss on predicted classes, not on scores.

gradtrace: Nothing leads from loss back to a parameter. output left the graph by an operation that has no derivative at
argmax_in_loss.py:15.
gradtrace: If that was on purpose: output left the graph by detach() at argmax_in_loss.py:14.
"""

import torch
from torch import nn

model, criterion = nn.Linear(4, 3), nn.MSELoss()
for _ in range(2):
    output = model(torch.randn(8, 4))
    accuracy = (output.detach() > 0).float().mean().item()
    predicted = torch.argmax(output, dim=1).float()
    loss = criterion(predicted, torch.zeros(8))
    loss.backward()
