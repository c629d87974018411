"""Floats: whole, fixed point, scientific, mixed with nan and inf."""

import torch

for values in ([1.0, 2.0], [1.5, 100.25], [1e-5, 1.0], [1e9, 1.0], [0.0, -0.0], [float("nan"), 1.0], [float("inf"), -1.5]):
    print(torch.tensor(values))
print(torch.tensor(3.14159), torch.tensor(1e-8), torch.tensor(12345678.0))
