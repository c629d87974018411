"""A base written to makes the parts that unbind returned unusable."""

import torch
from _helpers import attempt

x = torch.ones(4, requires_grad=True)
base = x * 2
parts = base.unbind()
base.add_(1)
attempt(lambda: parts[0].grad_fn)
attempt(lambda: parts[1] * 2)
base.sum().backward()
print(x.grad)
