"""A small convolutional network: from the same seed the same numbers."""

import gradtrace.core as torch

torch.manual_seed(1)
nn = torch.nn
model = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 3))
print(model)
x = torch.linspace(-1, 1, 32).reshape(2, 1, 4, 4)
loss = nn.functional.cross_entropy(model(x), torch.tensor([0, 2]))
loss.backward()
print(loss)
print(model[0].weight.grad)
print(model[0].bias.grad)
