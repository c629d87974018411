"""In-place operations on the shape alone."""

import torch
from _helpers import attempt

x = torch.arange(6.0).reshape(2, 3)
print(x.t_().shape, x.stride(), x._version)
print(x.unsqueeze_(0).shape, x.transpose_(0, 2).shape, x.squeeze_().shape, x._version)
leaf = torch.ones(2, 3, requires_grad=True)
attempt(lambda: leaf.t_())
y = leaf * 2
print(y.t_().grad_fn, y.unsqueeze_(0).grad_fn, y.squeeze_(0).grad_fn, y._version)
(y * torch.arange(6.0).reshape(3, 2)).sum().backward()
print(leaf.grad)
