"""Tensor hooks that return something else than a fitting tensor."""

import torch
from _helpers import attempt

x = torch.ones(2, requires_grad=True)
for wrong in (5, "text", torch.ones(3), torch.ones(2, dtype=torch.float64), torch.ones(2, dtype=torch.int64), (torch.ones(2),)):

    def hook(gradient, wrong=wrong):
        return wrong

    handle = x.register_hook(hook)
    attempt((x * 2).sum().backward)
    handle.remove()
print(x.grad)
