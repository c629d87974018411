"""What raises the version, and what does not."""

import torch

x = torch.ones(3)
print(x._version)
x.add_(1)
x[0] = 5
print(x._version)
y = x + 1
x.data.mul_(2)
print(x._version, y._version)
x.detach().mul_(2)
print(x._version)
x[1:].zero_()
print(x._version, x[1:]._version)
x = x * 1
print(x._version)
