"""The order in which a node's tensors are packed."""

import torch

order = []


def pack(tensor):
    order.append(float(tensor))
    return tensor


a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
    results = [a * b, a / b, a.pow(b), torch.atan2(a, b), a.tanh(), torch.dot(a.view(1), b.view(1))]
print(order)
sum(results).backward()
print(a.grad, b.grad)
