"""What autograd adds to the text."""

import torch

x = torch.ones(2, requires_grad=True)
print(x)
print(x * 2, x.sum(), x.double(), x[0], x.view(2, 1))
print((x * torch.ones(30, 2)).t())
print(repr(x.grad_fn), str(x.shape), x.dtype, x.device, x.size(), x.size(0))
