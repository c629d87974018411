"""Nested modes restore what was before, also after exceptions."""

import torch

states = []
with torch.no_grad():
    states.append(torch.is_grad_enabled())
    with torch.enable_grad():
        states.append(torch.is_grad_enabled())
        with torch.set_grad_enabled(False):
            states.append(torch.is_grad_enabled())
        states.append(torch.is_grad_enabled())
        try:
            with torch.no_grad():
                raise ValueError
        except ValueError:
            states.append(torch.is_grad_enabled())
    states.append(torch.is_grad_enabled())
states.append(torch.is_grad_enabled())
print(states)
context = torch.set_grad_enabled(False)
print(torch.is_grad_enabled())
torch.set_grad_enabled(True)
print(torch.is_grad_enabled(), torch.autograd.grad_mode.no_grad is torch.no_grad)
