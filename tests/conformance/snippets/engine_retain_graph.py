"""What a second backward needs: saved tensors, not nodes."""

import torch
from _helpers import attempt

x = torch.tensor([2.0, 3.0], requires_grad=True)
plain = (x + 1).sum() * 2
plain.backward()
plain.backward()
print(x.grad)
y = x * x
z = y.sum()
z.backward(retain_graph=True)
z.backward()
attempt(z.backward)
attempt(lambda: y.grad_fn._saved_self)
(y * 1).sum()
attempt((y + 1).sum().backward)
print(x.grad)
