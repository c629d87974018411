"""Long vectors wrap, large tensors are summarised."""

import torch

print(torch.arange(40))
print(torch.arange(1200.0).reshape(30, 40))
print(torch.arange(24).reshape(2, 3, 4))
print(torch.zeros(20, 100, requires_grad=True))
