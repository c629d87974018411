"""maximum, fmax, hypot, atan2, copysign, logaddexp: ties, NaN, and numbers refused."""

import torch
from _helpers import attempt

nan = float("nan")
a = torch.tensor([1.0, 2.0, nan, 3.0], requires_grad=True)
b = torch.tensor([1.0, -5.0, 0.0, 4.0], requires_grad=True)
for name in ("maximum", "minimum", "fmax", "fmin", "hypot", "atan2", "copysign", "logaddexp"):
    a.grad = b.grad = None
    y = getattr(torch, name)(a, b)
    y[torch.tensor([0, 1, 3])].sum().backward()
    print(name, y, a.grad, b.grad)
attempt(lambda: torch.maximum(a, 1))
attempt(lambda: torch.hypot(torch.tensor([3]), torch.tensor([4])))
print(torch.copysign(a, -1), torch.atan2(torch.tensor([1]), torch.tensor([2])))
