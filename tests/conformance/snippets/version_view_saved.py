"""A saved tensor is spoilt by a write through any of its views."""

import torch
from _helpers import attempt

x = torch.ones(4, requires_grad=True)
base = x * 2
product = base[:2] * base[2:]
base.view(2, 2)[0, 0] = 9
attempt(lambda: product.sum().backward())
other = x * 2
result = other.exp()
other.t_()
result.sum().backward()
print(x.grad)
again = (x * 2).exp()
again.view(2, 2)[1] += 1
attempt(lambda: again.sum().backward())
