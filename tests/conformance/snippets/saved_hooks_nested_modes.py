"""Packing happens in the thread and mode of the forward; pack sees tensors with their history."""

import torch

x = torch.tensor([2.0], requires_grad=True)
seen = []


def pack(tensor):
    seen.append((tensor.requires_grad, tensor.is_leaf, torch.is_grad_enabled()))
    return tensor


with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
    y = x * 3
    z = y * x
    with torch.no_grad():
        z * z
    w = torch.sigmoid(z)
w.backward()
print(sorted(seen), x.grad)
