"""Gradients switched off for the validation, and not on again.

gradtrace: Nothing leads from loss back to a parameter. Gradient recording was switched off at grad_left_off.py:19 and
not on again.
"""

import torch
from torch import nn

model = nn.Linear(5, 1)


def train(x: torch.Tensor) -> None:
    loss = model(x).square().mean()
    loss.backward()


def validate(x: torch.Tensor) -> float:
    torch.set_grad_enabled(False)
    return model(x).mean().item()


try:
    for _ in range(2):
        train(torch.randn(3, 5))
        validate(torch.randn(3, 5))
finally:
    torch.set_grad_enabled(True)  # for whoever runs this
