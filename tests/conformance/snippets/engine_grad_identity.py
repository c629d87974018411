"""When .grad stays the same tensor, and when a gradient is shared with what was passed in."""

import torch

x = torch.ones(2, requires_grad=True)
(x * 2).sum().backward()
first = x.grad
(x * 3).sum().backward()
print(x.grad is first, first, first._version)
x.grad = None
weights = torch.tensor([1.0, 2.0])
(x * 1).backward(weights)
print(x.grad is weights, x.grad)
weights.zero_()
print(x.grad)
y = torch.ones(2, requires_grad=True)
z = torch.ones(2, requires_grad=True)
(y + z).sum().backward()
y.grad.add_(1)
print(y.grad, z.grad)
(y + z).backward(torch.ones(2))
z.grad.mul_(2)
print(y.grad, z.grad)
