"""check_nan=False: NaN passes, errors are still explained."""

import warnings

import torch
from _helpers import attempt


class Fails(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    def backward(ctx, grad_output):
        raise ValueError("broken")


x = torch.zeros(2, requires_grad=True)
with torch.autograd.detect_anomaly(check_nan=False):
    (x.sqrt() * 0).sum().backward()
    print(x.grad)
    y = Fails.apply(x)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        attempt(y.sum().backward)
lines = str(caught[0].message).splitlines()  # without the frames of the library
print(lines[0], [line for line in lines if "anomaly_without_check.py" in line])
