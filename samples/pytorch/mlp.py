"""A small classifier on PyTorch: two layers, cross-entropy, SGD with momentum.

In the window: the boxes are grouped by module, Net with fc1 and fc2 in it. Every step is a pass of its own; the parameters
carry the names that named_parameters() gives them.
"""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(2, 16)
        self.fc2 = nn.Linear(16, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = torch.tanh(self.fc1(x))
        return self.fc2(hidden)


torch.manual_seed(0)
points = torch.randn(64, 2)
labels = (points[:, 0] * points[:, 1] > 0).long()

net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.5, momentum=0.9)
for step in range(10):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(points), labels)
    loss.backward()
    optimizer.step()
    print(f"step {step}: loss {loss.item():.4f}")
