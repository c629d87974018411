"""A tensor used twice: its gradients are added before the node runs."""

import torch

x = torch.tensor([2.0], requires_grad=True)
h = x * 3
calls = []
h.register_hook(lambda grad: calls.append(grad.item()))
y = h.sin() + h * h
y.backward()
print(calls, x.grad)
