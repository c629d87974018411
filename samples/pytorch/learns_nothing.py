"""A training that runs and teaches the model next to nothing: four mistakes, none of them an error.

In the window: the bar at the top tells the worst of them, Problems has all; a click leads to the node, one on the source column
to the line. The hidden layers are in a list, which is why the optimizer does not know them; the loss compares every prediction
with every target; the mean of the losses keeps the graph of each; the gradients are clipped after the step.
"""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.hidden = [nn.Linear(3, width), nn.Linear(width, width)]  # nn.ModuleList([...]) would make them parameters
        self.out = nn.Linear(width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        return self.out(x)


torch.manual_seed(0)
x = torch.randn(32, 3)
y = x @ torch.tensor([1.0, -2.0, 0.5])
model = Net(16)
optimizer = torch.optim.SGD(model.parameters(), 0.1)
total = torch.zeros(())
for _ in range(5):
    loss = (model(x) - y).square().mean()  # (32, 1) - (32,) is (32, 32): y.unsqueeze(1) is meant
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # belongs before the step
    total = total + loss  # loss.item()
print(f"mean loss {float(total.detach()) / 5:.4f}")
