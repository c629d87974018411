"""What a node keeps for its backward."""

import torch
from _helpers import attempt

x = torch.tensor([2.0], requires_grad=True)
w = torch.tensor([3.0])
y = x * w
print(y.grad_fn._saved_self, y.grad_fn._saved_other)
z = y.exp()
print(z.grad_fn._saved_result)
z.backward()
attempt(lambda: z.grad_fn._saved_result)
