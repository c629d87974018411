"""A small residual network on images: convolutions, batch norm, a skip connection.

In the window: each Block is a group with two ways into its AddBackward0; the skip connection is the one that goes around. The
running mean and variance of batch norm are buffers: they change in every step, and no gradient reaches them.
"""

import torch
from torch import nn
from torch.nn import functional


class Block(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
        self.conv2, self.norm2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = functional.relu(self.norm1(self.conv1(x)), inplace=True)
        inner = self.norm2(self.conv2(inner))
        inner += x
        return functional.relu(inner)


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3, padding=1)
        self.blocks = nn.Sequential(Block(4), Block(4))
        self.head = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.blocks(self.stem(x))
        return self.head(x.mean((2, 3)))


torch.manual_seed(0)
images = torch.randn(8, 1, 6, 6)
labels = (images.mean((1, 2, 3)) > 0).long()

net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(3):
    optimizer.zero_grad()
    loss = functional.cross_entropy(net(images), labels)
    loss.backward()
    optimizer.step()
    print(f"step {step}: loss {loss.item():.4f}")
