"""Where the derivative is not unique."""

import torch

x = torch.tensor([1.0, 3.0, 3.0, 0.0], requires_grad=True)
for y in (x.max(), x.amax(), x.abs().sum(), x.relu().sum(), x.clamp(0, 3).sum(), torch.maximum(x, x.flip(0)).sum()):
    print(torch.autograd.grad(y, x)[0])
value, index = x.max(dim=0)
print(value, index, torch.autograd.grad(value, x)[0])
