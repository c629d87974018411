"""Switched on for the backward only: no information about the forward."""

import torch
from _helpers import attempt

x = torch.zeros(2, requires_grad=True)
y = (x.sqrt() * 0).sum()
with torch.autograd.set_detect_anomaly(True):
    attempt(y.backward)
print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
torch.autograd.set_detect_anomaly(True, check_nan=False)
print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
torch.autograd.set_detect_anomaly(False)
print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
