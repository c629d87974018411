"""Gradients add up until they are reset."""

import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
for _ in range(3):
    (w * w).sum().backward()
    print(w.grad)
w.grad = None
(w * w).sum().backward()
print(w.grad)
w.grad.zero_()
print(w.grad)
