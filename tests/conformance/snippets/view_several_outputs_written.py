"""The parts that split, chunk and unbind return may not be written to."""

import torch
from _helpers import attempt

x = torch.arange(1.0, 7.0, requires_grad=True)
base = x * 1
parts = base.split(3)
attempt(lambda: parts[0].mul_(2))
attempt(lambda: parts[1][1:].zero_())
attempt(lambda: base.view(2, 3).unbind()[1].add_(1))
attempt(lambda: base.chunk(2)[1].fill_(0))
attempt(lambda: base.tensor_split(2)[1].mul_(3))
print(base)
attempt(lambda: parts[0] + 1)
base.sum().backward()
print(x.grad)
