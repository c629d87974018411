"""Writes through a view of a view of a view."""

import torch

x = torch.arange(24.0).requires_grad_()
base = x * 1
inner = base.view(2, 3, 4)[1].t()[1:3]
print(inner._is_view(), inner._base is base, inner.shape)
inner.mul_(10)
print(base.grad_fn, inner.grad_fn, base._version, inner._version)
(base * torch.arange(24.0)).sum().backward()
print(x.grad)
