"""Four small batches for one step: gradients add up in .grad and are clipped before the optimizer sees them.

In the window: of every four passes only the first finds .grad empty; in the others the inspector shows what was there before,
what came, and the sum. clip_grad_norm_ then writes each .grad in place, and the optimizer each parameter.
"""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
PARTS = 4

for step in range(2):
    optimizer.zero_grad()
    total = 0.0
    for _part in range(PARTS):
        x = torch.randn(5, 3)
        loss = (model(x) - x.sum(1, keepdim=True)).square().mean() / PARTS
        loss.backward()
        total += loss.item()
    norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.5)
    optimizer.step()
    print(f"step {step}: loss {total:.4f}, gradient norm {norm:.4f} before clipping")
