"""The logarithm of a probability that has become 0, found in the forward before any backward ran.

gradtrace: loss has NaN. The first in its graph: LogBackward0 (made at log_of_zero.py:13) took the logarithm of 2 zeros
in 8 elements.
"""

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(3, 2)
probability = torch.sigmoid(net(torch.randn(4, 3)) * 300)
loss = -(probability * torch.log(probability)).mean()
if not torch.isfinite(loss):
    raise RuntimeError("stopping")
loss.backward()
