"""round, floor, ceil, trunc, frac: values, zero gradients, decimals, integers."""

import torch
from _helpers import attempt

x = torch.tensor([-2.5, -0.5, 0.5, 1.5, 2.5, 1234.567], requires_grad=True)
for name in ("round", "floor", "ceil", "trunc", "frac"):
    x.grad = None
    y = getattr(torch, name)(x)
    y.sum().backward()
    print(name, y, x.grad)
print(torch.round(x, decimals=1), torch.round(x, decimals=-2), torch.round(x, decimals=0))
i = torch.tensor([1, 2])
print(torch.floor(i), torch.round(i), torch.ceil(i).dtype)
attempt(lambda: torch.frac(i))
attempt(lambda: torch.round(i, decimals=1))
print(x.detach().round_(), x.detach().clone().floor_())
