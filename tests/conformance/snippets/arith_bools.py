"""Bools add but do not subtract; bitwise and shift operators."""

import torch
from _helpers import attempt

b = torch.tensor([True, False])
print(b + b, b * b, b + 1, b + 1.5, b & ~b, b | True, b ^ b)
attempt(lambda: b - b)
attempt(lambda: torch.sub(torch.ones(2), b))
attempt(lambda: -b)
attempt(lambda: torch.abs(b))
i = torch.tensor([5, 6])
print(i & 3, 3 | i, i ^ 1, ~i, i << 2, i >> 1, 1 << torch.tensor([0, 3]))
attempt(lambda: torch.ones(2) & torch.ones(2))
attempt(lambda: ~torch.ones(2))
attempt(lambda: torch.ones(2) << 1)
i &= 4
print(i)
