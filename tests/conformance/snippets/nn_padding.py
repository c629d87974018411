"""Padding of every mode."""

import gradtrace.core as torch

F = torch.nn.functional
x = torch.arange(4.0).reshape(1, 4).requires_grad_()
for mode in ("constant", "reflect", "replicate", "circular"):
    y = F.pad(x, (2, 1), mode=mode)
    print(mode, y)
    (gradient,) = torch.autograd.grad((y * torch.arange(7.0)).sum(), x)
    print(gradient)
try:
    F.pad(x, (4, 0), mode="reflect")
except RuntimeError as error:
    print(error)
