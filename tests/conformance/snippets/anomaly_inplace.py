"""An in-place error in anomaly mode names the operation that saved the tensor."""

import torch
from _helpers import attempt

x = torch.ones(2, requires_grad=True)
with torch.autograd.set_detect_anomaly(True, check_nan=False):
    y = x * 2
    z = y.exp()
    z.add_(1)
    attempt(z.sum().backward)
    w = x.sigmoid()
    w.mul_(2)
    attempt(w.sum().backward)
