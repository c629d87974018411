"""alpha= of add and sub, rounding_mode= of div, and how they are named in the graph."""

import torch
from _helpers import attempt

x = torch.tensor([7.0, -7.0, 2.5], requires_grad=True)
y = torch.tensor([2.0, 2.0, -2.0])
print(torch.add(x, y, alpha=3), torch.sub(x, y, alpha=0.5), torch.rsub(x, y, alpha=2))
for mode in (None, "floor", "trunc"):
    print(mode, torch.div(x, y, rounding_mode=mode))
print(x // y, torch.floor_divide(x, 2), 7 // x)
whole = torch.tensor([7, -7, 3])
print(whole // 2, torch.div(whole, 2, rounding_mode="trunc"), whole / 2)
attempt(lambda: torch.div(x, y, rounding_mode="up"))
attempt(lambda: torch.add(whole, whole, alpha=1.5))
attempt(lambda: whole // 0)
attempt(lambda: (x // y).sum().backward())
torch.add(x, y, alpha=3).sum().backward()
print(x.grad)
