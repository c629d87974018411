"""Views of a leaf that requires grad."""

import torch
from _helpers import attempt

x = torch.ones(4, requires_grad=True)
view = x.view(2, 2)
attempt(lambda: view.mul_(2))
attempt(lambda: view[0].fill_(3))
attempt(lambda: x.__setitem__(0, 1.0))
with torch.no_grad():
    x[0] = 7
    x.view(2, 2)[1].mul_(3)
    x += 1
print(x, x._version, x.is_leaf)
(x * x).sum().backward()
print(x.grad)
