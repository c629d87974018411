"""A gradient penalty: the gradient of a gradient.

In the window: the first pass is recorded itself (create_graph=True), so that its own operations are nodes; the second pass runs
back through them and through the network.
"""

import torch
from torch import nn

torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
x = torch.randn(4, 3, requires_grad=True)

score = critic(x).sum()
(slope,) = torch.autograd.grad(score, x, create_graph=True)
penalty = (slope.norm(dim=1) - 1).square().mean()
penalty.backward()
print(f"penalty {penalty.item():.4f}, gradient of the first layer {critic[0].weight.grad.norm():.6f}")
