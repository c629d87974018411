"""A layer that forward() does not call.

gradtrace: fc2.weight has no gradient. Nothing was computed from it. The same goes for fc2.bias.
"""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2, self.out = nn.Linear(4, 8), nn.Linear(8, 8), nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(torch.relu(self.fc1(x)))


model = Net()
optimizer = torch.optim.Adam(model.parameters())
for _ in range(2):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(torch.randn(6, 4)), torch.randint(0, 2, (6,)))
    loss.backward()
    total = 0.0
    for p in model.parameters():
        total += p.grad.data.norm(2).item() ** 2
    optimizer.step()
