"""The forms of max and min, amax, aminmax, argmax and running extrema."""

import torch
from _helpers import attempt

x = torch.tensor([[3.0, 1.0, 3.0], [2.0, 5.0, 5.0]], requires_grad=True)
print(torch.max(x), torch.max(x, 1), torch.min(x, dim=0, keepdim=True), torch.max(x, x * 0 + 2.5))
print(x.amax(1), x.amin((0, 1)), torch.aminmax(x, dim=1), x.argmax(), x.argmin(1), x.cummax(1), x.cummin(0))
for y in (x.max(), x.amax(1), x.max(1).values, torch.aminmax(x).max, x.cummax(1).values):
    x.grad = None
    y.sum().backward()
    print(x.grad)
attempt(lambda: torch.zeros(0).max())
attempt(lambda: torch.zeros(2, 0).max(1))
attempt(lambda: torch.zeros(0).argmax())
attempt(lambda: torch.argmax(torch.tensor([True])))
attempt(lambda: torch.aminmax(torch.zeros(0)))
