"""Parameter groups, zero_grad in both ways, repr."""

import torch

a = torch.tensor([1.0], requires_grad=True)
b = torch.tensor([1.0], requires_grad=True)
optimizer = torch.optim.SGD([{"params": [a]}, {"params": [b], "lr": 1.0}], lr=0.1)
(a * b).backward()
optimizer.step()
print(a, b)
optimizer.zero_grad(set_to_none=False)
print(a.grad, b.grad)
optimizer.zero_grad()
print(a.grad, b.grad)
print(optimizer)
