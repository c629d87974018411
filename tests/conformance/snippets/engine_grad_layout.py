"""The memory order of .grad follows that of its leaf."""

import torch

x = torch.ones(2, 3).t().requires_grad_()
(x * 2).sum().backward()
print(x.stride(), x.grad.stride())
y = torch.ones(2, 3, requires_grad=True)
y.t().contiguous().sum().backward()
print(y.stride(), y.grad.stride())
z = torch.ones(4, requires_grad=True)
z.sum().backward()
print(z.grad.stride(), z.grad.is_contiguous())
w = torch.ones(2, 3, requires_grad=True)
w.t().backward(torch.arange(6.0).view(3, 2))
print(w.grad, w.grad.stride())
