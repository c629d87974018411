"""The plainest backward."""

import torch

x = torch.tensor(3.0, requires_grad=True)
y = x * x + 2 * x
y.backward()
print(y, x.grad)
