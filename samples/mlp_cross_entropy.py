"""A small classifier: two layers, cross-entropy, SGD with momentum.

In the window: the boxes are grouped by module, Net with fc1 and fc2 in it; collapse and expand them. The parameters
carry the names that named_parameters() gives them. Choose another pass to see the gradients shrink while the loss goes
down.
"""

import gradtrace.core as torch


class Net(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = torch.nn.Linear(2, 16)
        self.fc2 = torch.nn.Linear(16, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = torch.tanh(self.fc1(x))
        return self.fc2(hidden)


torch.manual_seed(0)

# Points in the plane; the class says whether both coordinates have the same sign.
points = torch.randn(64, 2)
labels = (points[:, 0] * points[:, 1] > 0).long()

net = Net()
print(net)
criterion = torch.nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.5, momentum=0.9)

for step in range(10):
    optimizer.zero_grad()
    scores = net(points)
    loss = criterion(scores, labels)
    loss.backward()
    optimizer.step()
    right = (scores.argmax(dim=1) == labels).sum().item()
    print(f"step {step}: loss {loss.item():.4f}, {right} of {len(labels)} right")
