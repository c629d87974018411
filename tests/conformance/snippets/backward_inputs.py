"""Only the inputs asked for get a gradient."""

import torch
from _helpers import attempt

x = torch.ones(2, requires_grad=True)
w = torch.full((2,), 3.0, requires_grad=True)
y = (x * w).sum()
y.backward(inputs=[w])
print(x.grad, w.grad)
attempt(lambda: (x * w).sum().backward(inputs=[]))
