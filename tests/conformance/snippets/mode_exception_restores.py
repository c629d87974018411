"""The mode is restored when the block is left by an exception."""

import torch
from _helpers import attempt


def leave():
    with torch.no_grad():
        raise ValueError("out")


attempt(leave)
print(torch.is_grad_enabled())
