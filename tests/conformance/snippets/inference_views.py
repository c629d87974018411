"""A view of a leaf made in inference mode: what writes to either do."""

import torch
from _helpers import attempt

x = torch.ones(3, requires_grad=True)
y = x * 1
with torch.inference_mode():
    part = y[:2]
    leaf_part = x[:2]
    print(part.requires_grad, part.grad_fn, part._is_view(), part._base is y)
attempt(lambda: part.mul_(2))
attempt(lambda: leaf_part.mul_(2))
print((part * 2).requires_grad, leaf_part.is_leaf)
y.add_(1)
attempt(lambda: part.grad_fn)
with torch.inference_mode():
    made = torch.ones(4)
    part = made[:2]
    print(part._is_view(), part._base)
print(made.view(2, 2)._is_view())
