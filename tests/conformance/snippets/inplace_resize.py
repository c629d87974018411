"""resize_ and set_."""

import torch
from _helpers import attempt

x = torch.arange(6.0)
print(x.resize_(2, 2), x.resize_(3), x.resize_((2, 3)))
attempt(lambda: torch.ones(2, requires_grad=True).resize_(3))
y = torch.zeros(2)
print(y.set_(x), y.data_ptr() == x.data_ptr())
y[0] = 9
print(x)
