"""Elements that several places share cannot be written to one by one."""

import torch
from _helpers import attempt

x = torch.zeros(3)
wide = x.expand(2, 3)
attempt(lambda: wide.add_(1))
attempt(lambda: wide.copy_(torch.ones(2, 3)))
attempt(lambda: wide.mul_(torch.ones(2, 3)))
print(wide.fill_(2), x)
print(wide[0].add_(1), x)
print(wide.zero_(), wide.stride(), wide.is_contiguous())
print(x.expand(3).add_(4), x)
