"""Leaves made under no_grad, results made from them outside."""

import torch

with torch.no_grad():
    w = torch.zeros(2, requires_grad=True)
    v = w + 1
    w += 1
print(w, w.is_leaf, w._version, v.requires_grad)
(w * v).sum().backward()
print(w.grad)
with torch.no_grad():
    w -= 0.5 * w.grad
w.grad.zero_()
print(w, w.grad, w.grad._version)
