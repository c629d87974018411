"""A clone of an inference tensor made outside is normal: written to, saved, a leaf of its own."""

import copy

import torch

with torch.inference_mode():
    made = torch.ones(3)
    part = made[:2]
    inner = copy.deepcopy(made)
normal = made.clone()
print(normal.is_inference(), part.clone().is_inference(), inner.is_inference(), copy.deepcopy(made).is_inference())
normal.add_(1)
normal.requires_grad_()
(normal * normal).sum().backward()
print(normal.grad, normal.grad.is_inference())
target = torch.zeros(3)
target.data = made
print(target.is_inference())
target.data = torch.zeros(3)
print(target.is_inference())
