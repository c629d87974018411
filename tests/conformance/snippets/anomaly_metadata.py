"""Nodes made in anomaly mode remember their stack."""

import torch

x = torch.ones(2, requires_grad=True)
with torch.autograd.set_detect_anomaly(True):
    y = x * 2
    z = x.view(2, 1)
print(list(y.grad_fn.metadata), type(y.grad_fn.metadata["traceback_"][0]))
print(y.grad_fn.metadata["traceback_"][-1].splitlines()[-1], list(z.grad_fn.metadata))
print((x * 2).grad_fn.metadata)
