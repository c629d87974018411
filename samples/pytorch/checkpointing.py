"""Checkpointing: a part of the graph is not kept but computed again during backward.

In the window: the first model has one pass inside another, as CheckpointFunctionBackward calls the engine itself. The second
(use_reentrant=False) has a single pass; what its nodes saved is computed again when the first of them asks for it.
"""

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

torch.manual_seed(0)
x = torch.randn(8, 4)

for reentrant in (True, False):
    first, inner, last = nn.Linear(4, 16), nn.Sequential(nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 16)), nn.Linear(16, 1)
    hidden = checkpoint(inner, first(x), use_reentrant=reentrant)
    loss = last(hidden).square().mean()
    loss.backward()
    print(f"use_reentrant={reentrant}: gradient of the first layer {first.weight.grad.norm():.6f}")
