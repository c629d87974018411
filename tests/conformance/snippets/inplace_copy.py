"""copy_: broadcasting, dtypes, gradients for both sides."""

import torch
from _helpers import attempt

x = torch.arange(3.0, requires_grad=True)
y = torch.tensor(5.0, requires_grad=True, dtype=torch.float64)
a = torch.zeros(2, 3)
print(a.copy_(x), a._version)
print(a.copy_(y))
(a * 2).sum().backward()
print(x.grad, y.grad)
b = torch.zeros(2, dtype=torch.long)
print(b.copy_(torch.tensor([1.7, -1.7])))
attempt(lambda: torch.zeros(2, 3).copy_(torch.zeros(2)))
attempt(lambda: x.copy_(torch.zeros(3)))
