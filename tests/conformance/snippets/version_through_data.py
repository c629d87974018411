""".data has a counter of its own: the error is not found."""

import torch

a = torch.ones(2, requires_grad=True)
b = torch.full((2,), 0.5, requires_grad=True)
c = (a * b).sum()
a.data.zero_()
print(a._version, a)
c.backward()
print(a.grad, b.grad)
