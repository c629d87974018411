"""where in all forms, masked_scatter, nonzero."""

import torch

x = torch.arange(6.0).reshape(2, 3).requires_grad_()
mask = x.detach() > 2
print(torch.where(mask), torch.where(mask, x, 0.0), torch.where(mask, 1, x), torch.where(mask, 1, 0).dtype, x.where(mask, -x))
print(mask.nonzero(), mask.nonzero(as_tuple=True), torch.argwhere(mask), x.count_nonzero())
s = torch.full((6,), 5.0, requires_grad=True)
y = x.masked_scatter(mask, s)
print(y, torch.autograd.grad((y * y).sum(), (x, s)))
