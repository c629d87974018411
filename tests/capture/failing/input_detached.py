"""A derivative with respect to something that did not go into the function.

gradtrace: input 1 of grad(), t, is not what the output was computed from. It left the graph by detach() at
input_detached.py:12.
"""

import torch
from torch import nn

net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
x, t = torch.rand(10, 1, requires_grad=True), torch.rand(10, 1, requires_grad=True)
u = net(torch.cat([x, t.detach()], dim=1))
u_x, u_t = torch.autograd.grad(u.sum(), (x, t), create_graph=True)
