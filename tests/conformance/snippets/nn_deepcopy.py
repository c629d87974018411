"""Copies of leaves, modules and tensors with history."""

import copy

import gradtrace.core as torch

layer = torch.nn.Linear(2, 1, bias=False)
with torch.no_grad():
    layer.weight.fill_(2.0)
layer(torch.ones(1, 2)).sum().backward()
other = copy.deepcopy(layer)
print(other.weight, other.weight.grad)
with torch.no_grad():
    other.weight.zero_()
print(layer.weight, other.weight.requires_grad, type(other.weight).__name__)
copy.deepcopy(layer.weight * 2)
