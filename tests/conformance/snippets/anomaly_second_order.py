"""A NaN in a double backward: also where the first backward was called from."""

import warnings

import torch
from _helpers import attempt

x = torch.zeros(1, requires_grad=True)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    with torch.autograd.set_detect_anomaly(True):
        y = (x**1.5).sum()
        (first,) = torch.autograd.grad(y, x, create_graph=True)
        attempt(lambda: (first * 0).sum().backward())
for warning in caught:  # without the frames of the library
    lines = str(warning.message).splitlines()
    print(lines[:3] if not lines[0] else lines[:1])
    print([line for line in lines if "anomaly_second_order.py" in line])
