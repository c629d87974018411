"""A gradient penalty of gradients without a graph.

gradtrace: Nothing that penalty was computed from requires a gradient. The gradients of grad #1 (penalty_without_graph.py:13) have
no history either: create_graph=True would give them one.
"""

import torch
from torch import nn

critic = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
between = torch.randn(3, 2, requires_grad=True)
score = critic(between).sum()
(slope,) = torch.autograd.grad(score, between)
penalty = (slope.norm(dim=1) - 1).square().mean()
penalty.backward()
