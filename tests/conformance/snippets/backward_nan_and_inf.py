"""What is not finite flows on."""

import torch

x = torch.tensor([0.0, 1.0, -1.0], requires_grad=True)
for y in (x.sqrt(), x.log(), 1 / x, x.abs().sqrt(), x / x):
    print(y, torch.autograd.grad(y.sum(), x)[0])
z = torch.zeros(2, requires_grad=True)
print(torch.autograd.grad(z.norm(), z))
