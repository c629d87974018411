"""A leaf that requires grad must not be changed in place while recording."""

import torch
from _helpers import attempt

x = torch.ones(2, requires_grad=True)
attempt(lambda: x.add_(1))
attempt(lambda: x.__setitem__(0, 1.0))
attempt(lambda: x[0].mul_(2))
with torch.no_grad():
    x.add_(1)
print(x, x._version)
