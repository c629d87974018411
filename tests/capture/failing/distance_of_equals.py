"""A distance of 0: its slope is infinite. Anomaly mode names the node that got the infinity, not the one that made it.

gradtrace: First NaN/Inf in backward #1: SqrtBackward0 (distance_of_equals.py:12) got finite gradients and gave 4 +Inf
in 4 elements. The slope of sqrt at 0 is infinite: look for zeros in its input.
"""

import torch
from torch import nn

net, x = nn.Linear(3, 3), torch.randn(4, 3)
difference = net(x) - net(x)
distance = difference.pow(2).sum(1).sqrt()
with torch.autograd.set_detect_anomaly(True):
    distance.mean().backward()
