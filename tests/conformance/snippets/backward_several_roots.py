"""autograd.backward with several tensors and their gradients."""

import torch
from _helpers import attempt

x = torch.tensor([1.0, 2.0], requires_grad=True)
a = x * 2
b = (x * x).sum()
torch.autograd.backward([a, b], [torch.tensor([1.0, 10.0]), None])
print(x.grad)
attempt(lambda: torch.autograd.backward([x * 2, x.sum()], [torch.ones(2)]))
