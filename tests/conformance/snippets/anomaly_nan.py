"""The first NaN is an error that names the function, with the line of the forward call."""

import torch


def forward(x):
    y = x * 0
    return y.sqrt()


x = torch.ones(2, requires_grad=True)
with torch.autograd.detect_anomaly():
    z = forward(x) * 0
    z.sum().backward()
