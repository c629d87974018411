"""Freed buffers: an error where tensors were saved, none where nothing was."""

import torch
from _helpers import attempt

x = torch.ones(2, requires_grad=True)
saved = (x * x).sum()
saved.backward()
attempt(saved.backward)
x.grad = None
unsaved = (x + 1).sum()
unsaved.backward()
attempt(unsaved.backward)
print(x.grad)
