"""A wide graph: many branches into one sum."""

import torch

x = torch.linspace(0, 1, 50, requires_grad=True)
parts = [x[i] * i for i in range(50)]
torch.stack(parts).sum().backward()
print(x.grad[:5], x.grad.sum())
x.grad = None
for row in x.view(5, 10).unbind():
    row.sum().backward()
print(x.grad)
