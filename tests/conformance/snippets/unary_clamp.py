"""clamp with numbers and tensors, at the edges, on NaN, and what promotes."""

import torch
from _helpers import attempt

x = torch.tensor([-1.0, 0.0, 0.5, 1.0, 2.0, float("nan")], requires_grad=True)
low = torch.zeros(6, requires_grad=True)
for y in (x.clamp(0, 1), x.clamp(min=0), x.clamp(max=1), torch.clamp(x, low, 1 + low), x.clamp_min(low), x.clamp_max(0.5)):
    x.grad = low.grad = None
    y.sum().backward()
    print(y, x.grad, low.grad)
print(torch.clamp(torch.tensor([1, 2, 3]), 1.5, 2.5), torch.clamp(torch.tensor([1, 2, 3]), max=2))
attempt(lambda: torch.clamp(x))
