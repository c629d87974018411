"""A leaf used often, an intermediate value used often."""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
total = sum(y * i for i in range(5)) + x * x
total.sum().backward()
print(x.grad)
z = torch.tensor(1.5, requires_grad=True)
(z * z * z + z).backward()
print(z.grad)
w = torch.ones(2, 2, requires_grad=True)
(w @ w + w.t() * w).sum().backward()
print(w.grad)
