"""A weight that was scaled after asking for a gradient.

gradtrace: weight is the result of MulBackward0 (scaled_after_requires_grad.py:10): make the leaf from it by
detach().requires_grad_(), or do that operation before asking for requires_grad.
"""

import torch
from torch import nn

weight = torch.randn(4, 2, requires_grad=True) * 0.01
optimizer = torch.optim.SGD([weight, nn.Parameter(torch.zeros(2))], lr=0.1)
