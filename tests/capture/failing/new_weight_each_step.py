"""An update that makes a new tensor of the weight.

gradtrace: w has no gradient: it is not a leaf, but the result of SubBackward0 (new_weight_each_step.py:13). Only leaves
get a .grad (or call retain_grad() on it first).
"""

import torch

x, w = torch.randn(6, 3), torch.randn(3, 1, requires_grad=True)
for _ in range(2):
    loss = (x @ w).square().mean()
    loss.backward()
    w = w - 0.1 * (w.grad if w.is_leaf else None)
