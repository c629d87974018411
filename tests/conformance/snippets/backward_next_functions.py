"""The edges of one node: constants have none."""

import torch

x = torch.ones(2, requires_grad=True)
w = torch.ones(2)
for y in (x * w, w * x, x + 1, x - x, torch.where(x > 0, x, w)):
    print(type(y.grad_fn).__name__, [(type(node).__name__, number) for node, number in y.grad_fn.next_functions])
