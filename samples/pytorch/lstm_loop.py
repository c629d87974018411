"""A recurrent cell in a loop: the same parameters are used at every time step.

In the window: the graph is one long chain; each parameter is drawn beside every use. Step through the pass and watch the
gradient shrink on its way back through time.
"""

import torch
from torch import nn

torch.manual_seed(0)
cell, readout = nn.LSTMCell(1, 8), nn.Linear(8, 1)
series = torch.sin(torch.linspace(0, 6, 13)).reshape(13, 1, 1)

hidden = torch.zeros(1, 8), torch.zeros(1, 8)
for value in series[:-1]:
    hidden = cell(value, hidden)
loss = (readout(hidden[0]) - series[-1]).square().mean()
loss.backward()
nn.utils.clip_grad_norm_([*cell.parameters(), *readout.parameters()], 1.0)
print(f"loss {loss.item():.4f}, gradient of the recurrent weights {cell.weight_hh.grad.norm():.6f}")
