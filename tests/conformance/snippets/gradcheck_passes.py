"""gradcheck agrees with right derivatives, and says where wrong ones differ."""

import torch

x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(lambda x: (x * x.sin()).sum(), (x,)))
print(torch.autograd.gradgradcheck(lambda x: (x * x.sin()).sum(), (x,)))
print(torch.autograd.gradcheck(lambda x: x.detach() * x, (x,), raise_exception=False))
