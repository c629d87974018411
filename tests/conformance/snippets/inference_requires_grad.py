"""Inference tensors get requires_grad in inference mode only."""

import torch
from _helpers import attempt

with torch.inference_mode():
    made = torch.ones(2)
    leaf = torch.ones(2, requires_grad=True)
    parameter = torch.nn.Parameter(torch.ones(2))
    print(leaf.requires_grad, (leaf * 2).requires_grad, (leaf * 2).is_leaf)
    print(torch.ones(2).requires_grad_())
    print(parameter.is_inference(), torch.nn.Linear(2, 1).weight.is_inference())


def assign(flag):
    made.requires_grad = flag


attempt(lambda: made.requires_grad_())
attempt(lambda: assign(True))
attempt(lambda: assign(False))
attempt(lambda: made.requires_grad_(False))
attempt(lambda: torch.nn.Parameter(made))
attempt(lambda: torch.nn.Parameter(made, requires_grad=False).is_inference())
attempt(lambda: leaf.requires_grad_())
copy = leaf.clone()
print(copy.is_inference(), copy.requires_grad)
