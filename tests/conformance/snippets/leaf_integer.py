"""Integers and booleans cannot require gradients."""

import torch
from _helpers import attempt

attempt(lambda: torch.tensor([1], requires_grad=True))
attempt(lambda: torch.ones(2, dtype=torch.bool, requires_grad=True))
attempt(lambda: torch.tensor([1, 2]).requires_grad_())
attempt(lambda: setattr(torch.tensor([1]), "requires_grad", True))
