"""Mixed precision: inside autocast the matrix products run in bfloat16, and casts are nodes of the graph.

In the window: every ToCopyBackward0 is a cast that autocast put in. The results of the products are bfloat16, the parameters and
their gradients float32: the dtype of a node is in the inspector.
"""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.LayerNorm(16), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, labels = torch.randn(32, 4), torch.randint(0, 2, (32,))

for step in range(3):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = model(x)
        loss = nn.functional.cross_entropy(scores.float(), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"step {step}: loss {loss.item():.4f}, computed from {scores.dtype}")
