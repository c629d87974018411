"""Powers: of a tensor, by a tensor, of a number."""

import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
for y in (x**2, x**0.5, x**-1, 2**x, x**x, x.pow(3), torch.pow(x, 0)):
    print(y, torch.autograd.grad(y.sum(), x)[0])
