"""A branch that leads nowhere changes nothing."""

import torch

x = torch.tensor([2.0], requires_grad=True)
used = x * 3
unused = x.exp()
used.backward()
print(x.grad, unused)
