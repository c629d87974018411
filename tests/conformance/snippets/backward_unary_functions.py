"""Derivatives of common functions at a few points."""

import torch

x = torch.tensor([0.25, 0.5, 0.75], requires_grad=True)
for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "abs", "reciprocal", "neg", "square"):
    y = getattr(torch, name)(x)
    print(name, y, torch.autograd.grad(y.sum(), x)[0])
